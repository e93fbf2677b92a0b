#include "stsr/inference/trained_samples.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/volume/survey.h"

namespace stsr {

namespace {

/// Reads volumes for their fingerprint, and reports them.
class FingerprintReader {
 public:
  FingerprintReader(std::size_t volumes, Progress& progress)
      : volumes_(volumes), progress_(progress) {}

  [[nodiscard]] std::uint64_t read(const Dataset& data, std::size_t variable) {
    const VariableInfo& info = data.variables()[variable];
    SequenceFingerprint all;
    for (std::size_t step = 0; step < info.times.size(); ++step) {
      all.add(data.read(variable, step));
      progress_.report(++done_, volumes_, "volume", info.name);
      if (progress_.stop_requested()) throw Interrupted("reading stopped on request");
    }
    return all.bits();
  }

 private:
  std::size_t volumes_;
  std::size_t done_ = 0;
  Progress& progress_;
};

}  // namespace

std::uint64_t fingerprint_of_values(const Dataset& data, std::size_t variable, Progress& progress) {
  return FingerprintReader(data.variables()[variable].times.size(), progress).read(data, variable);
}

TrainedSamples trained_samples(const std::string& model_path, const Model& model,
                               std::span<const std::size_t> chosen,
                               std::span<const SampleSource> sources, Progress& progress) {
  if (sources.size() != chosen.size())
    throw ShapeError(fmt::format("{} sources for {} variables", sources.size(), chosen.size()));
  TrainedSamples samples;
  samples.readers.resize(model.variables.size());
  std::map<std::string, std::shared_ptr<const Dataset>> opened;
  std::size_t volumes = 0;
  for (const std::size_t variable : chosen) volumes += model.variables[variable].info.times.size();
  FingerprintReader reader(volumes, progress);
  Fingerprint all;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto& [path, name] = sources[i];
    const TrainedVariable& trained = model.variables[chosen[i]];
    std::shared_ptr<const Dataset> data = opened[path];
    if (!data) opened[path] = data = open_dataset(path);
    const std::size_t variable = find_variable(data->variables(), name);
    const std::string difference = sampling_difference(data->variables()[variable], trained.info);
    if (!difference.empty())
      throw ValueError(fmt::format(
          "{}: variable '{}' and what the model was trained on differ in {}; give the coarse data "
          "of the training",
          path, name, difference));
    const std::uint64_t values = reader.read(*data, variable);
    if (trained.fingerprint && *trained.fingerprint != values)
      throw ValueError(fmt::format(
          "{}: variable '{}' holds other values (fingerprint {}) than those that {} was trained on "
          "({}); give the coarse data of the training",
          path, name, fingerprint_text(values), model_path,
          fingerprint_text(*trained.fingerprint)));
    all.add(values);
    samples.readers[chosen[i]] = [data, variable](std::size_t step) {
      return data->read(variable, step);
    };
  }
  samples.fingerprint = all.text();
  return samples;
}

std::vector<SampleSource> remembered_sources(const Model& model,
                                             std::span<const std::size_t> chosen) {
  std::vector<SampleSource> sources;
  for (const std::size_t variable : chosen)
    if (const auto& source = model.variables[variable].source) sources.push_back(*source);
  if (sources.size() != chosen.size()) sources.clear();
  return sources;
}

std::optional<TrainedSamples> remembered_samples(const std::string& model_path, const Model& model,
                                                 std::span<const std::size_t> chosen,
                                                 std::string& reason, Progress& progress) {
  const std::vector<SampleSource> sources = remembered_sources(model, chosen);
  if (sources.empty()) return std::nullopt;
  try {
    return trained_samples(model_path, model, chosen, sources, progress);
  } catch (const FileError& error) {  // gone, or others by now
    reason = error.what();
  } catch (const ValueError& error) {
    reason = error.what();
  }
  return std::nullopt;
}

}  // namespace stsr

#include "coarse_samples.h"

#include <fmt/format.h>

#include <memory>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/volume/survey.h"
#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

std::uint64_t fingerprint_of_values(const Dataset& data, std::size_t variable, bool quiet) {
  const VariableInfo& info = data.variables()[variable];
  SequenceFingerprint all;
  TerminalProgress progress("reading", quiet);
  for (std::size_t step = 0; step < info.times.size(); ++step) {
    all.add(data.read(variable, step));
    progress.report(step + 1, info.times.size(), "volume", info.name);
    progress.check();
  }
  return all.bits();
}

CoarseSamples samples_behind(const std::string& path, const Model& model,
                             std::span<const std::size_t> chosen,
                             const std::vector<std::string>& data, bool quiet) {
  std::vector<std::string> names;
  for (const std::size_t variable : chosen) names.push_back(model.variables[variable].info.name);
  const std::vector<TrainingSource> sources = training_sources(data, names);
  CoarseSamples samples;
  samples.readers.resize(model.variables.size());
  Fingerprint all;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const TrainingSource& source = sources[i];
    const TrainedVariable& trained = model.variables[chosen[i]];
    const std::shared_ptr<const Dataset> set = open_dataset(data[source.data]);
    const std::string difference =
        sampling_difference(set->variables()[source.variable], trained.info);
    if (!difference.empty())
      throw ValueError(fmt::format(
          "{}: variable '{}' and what the model was trained on differ in {}; give the coarse data "
          "of the training",
          data[source.data], source.own_name, difference));
    const std::uint64_t values = fingerprint_of_values(*set, source.variable, quiet);
    if (trained.fingerprint && *trained.fingerprint != values)
      throw ValueError(fmt::format(
          "{}: variable '{}' holds other values (fingerprint {}) than those that {} was trained on "
          "({}); give the coarse data of the training",
          data[source.data], source.own_name, fingerprint_text(values), path,
          fingerprint_text(*trained.fingerprint)));
    all.add(values);
    samples.readers[chosen[i]] = [set, variable = source.variable](std::size_t step) {
      return set->read(variable, step);
    };
  }
  samples.fingerprint = all.text();
  return samples;
}

}  // namespace stsr::app

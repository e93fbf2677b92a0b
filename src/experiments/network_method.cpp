// STSR-INR and CoordNet, as one network for all variables or one for each.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "method.h"
#include "stsr/base/error.h"
#include "stsr/inference/blend.h"
#include "stsr/inference/correcting_writer.h"
#include "stsr/inference/output_variable.h"
#include "stsr/inference/upscaler.h"
#include "stsr/io/config_file.h"
#include "stsr/model/model.h"
#include "stsr/network/engine.h"
#include "stsr/training/presets.h"
#include "stsr/training/trainer.h"
#include "stsr/training/training_log.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// One model file and what it is trained on.
struct Part {
  fs::path path;
  std::vector<ComparedVariable> variables;
};

/// Index of a variable in a model that was trained on it.
std::size_t trained_index(const Model& model, const ComparedVariable& variable) {
  const std::string& name = variable.trained;
  for (std::size_t i = 0; i < model.variables.size(); ++i)
    if (model.variables[i].info.name == name) return i;
  throw ValueError(fmt::format("the model has no variable '{}'; remove it to train anew", name));
}

class NetworkMethod final : public Method {
 public:
  NetworkMethod(const ComparedMethod& entry, std::vector<ComparedVariable> variables,
                const fs::path& folder)
      : entry_(entry), config_(resolve_config(entry.preset, entry.config, entry.set)) {
    if (entry_.epochs) config_.training.epochs = *entry_.epochs;
    if (!entry_.separate) {
      parts_.push_back({folder / "model.stsr", std::move(variables)});
      return;
    }
    for (ComparedVariable& variable : variables)
      parts_.push_back({folder / (variable.file + ".stsr"), {variable}});
  }

  [[nodiscard]] std::string settings() const override {
    return fmt::format("{} minutes {} epochs {} separate {} through {}", write_config(config_),
                       entry_.minutes.value_or(0.0), entry_.epochs.has_value(), entry_.separate,
                       entry_.through_samples);
  }

  TrainingCost train(ComparisonObserver& observer) override;
  [[nodiscard]] bool joint() const override { return !entry_.separate; }
  [[nodiscard]] std::vector<VariableInfo> output_infos(
      std::span<const ComparedVariable> variables) const override {
    return stsr::output_infos(outputs_of(variables, load_model(part_of(variables.front()).path)));
  }
  void write(std::span<const ComparedVariable> variables, DatasetWriter& writer,
             Progress& progress) override;
  [[nodiscard]] BlendedVolumes blend(const ComparedVariable& from, const ComparedVariable& to,
                                     std::size_t count, std::size_t step) const override;
  [[nodiscard]] std::vector<std::string> commands() const override;
  [[nodiscard]] std::vector<fs::path> logs() const override {
    std::vector<fs::path> paths;
    for (const Part& part : parts_) paths.push_back(log_path(part.path));
    return paths;
  }

 private:
  [[nodiscard]] TrainingSummary train_part(const Part& part, ComparisonObserver& observer) const;
  [[nodiscard]] const Part& part_of(const ComparedVariable& variable) const;
  [[nodiscard]] static std::vector<OutputVariable> outputs_of(
      std::span<const ComparedVariable> variables, const Model& model);

  ComparedMethod entry_;
  Config config_;
  std::vector<Part> parts_;
};

TrainingSummary NetworkMethod::train_part(const Part& part, ComparisonObserver& observer) const {
  TrainingRequest request;
  request.config = config_;
  request.output = part.path;
  request.resume = fs::exists(checkpoint_path(part.path));
  if (entry_.minutes) request.time_limit_seconds = *entry_.minutes * 60.0;
  request.time_alone = entry_.minutes && !entry_.epochs;
  for (const ComparedVariable& variable : part.variables)
    request.sequences.push_back(training_sequence(variable));
  const std::string label = entry_.separate
                                ? fmt::format("{} ({})", entry_.name, part.variables.front().key)
                                : entry_.name;
  const auto progress = observer.progress(label + ": training", request.time_limit_seconds);
  return stsr::train(std::move(request), *progress);
}

TrainingCost NetworkMethod::train(ComparisonObserver& observer) {
  TrainingCost cost;
  for (const Part& part : parts_) {
    const TrainingSummary summary = train_part(part, observer);
    cost.seconds += summary.seconds;
    cost.epochs = std::max(cost.epochs, summary.epochs);
    cost.parameters += summary.parameters;
    cost.loss += summary.loss / static_cast<double>(parts_.size());
    cost.model_bytes += static_cast<std::size_t>(fs::file_size(part.path));
    ++cost.models;
  }
  return cost;
}

const Part& NetworkMethod::part_of(const ComparedVariable& variable) const {
  for (const Part& part : parts_)
    for (const ComparedVariable& other : part.variables)
      if (other.key == variable.key) return part;
  throw ValueError(fmt::format("method '{}' was not trained on '{}'", entry_.name, variable.key));
}

std::vector<OutputVariable> NetworkMethod::outputs_of(std::span<const ComparedVariable> variables,
                                                      const Model& model) {
  std::vector<OutputVariable> outputs;
  for (const ComparedVariable& variable : variables) {
    const std::array<std::size_t, 1> one{trained_index(model, variable)};
    outputs.push_back(
        output_variables(model, one, variable.data->output_request(variable.name())).front());
    outputs.back().trained.info.name = variable.name();
  }
  return outputs;
}

/// The engine with the parameters of a model.
std::unique_ptr<Engine> engine_of(const Model& model, Precision precision) {
  auto engine = make_cpu_engine(model.plan(), precision);
  std::copy(model.parameters.begin(), model.parameters.end(), engine->parameters().begin());
  return engine;
}

void NetworkMethod::write(std::span<const ComparedVariable> variables, DatasetWriter& writer,
                          Progress& progress) {
  const Model model = load_model(part_of(variables.front()).path);
  const auto engine = engine_of(model, config_.training.precision);
  const DecoderFactory decoders{
      [&](std::span<const float> latent) { return engine->decoder(latent); },
      model.parameters.size() * sizeof(float)};
  const std::vector<OutputVariable> outputs = outputs_of(variables, model);
  std::optional<CorrectingWriter> corrected;
  if (entry_.through_samples) {
    std::vector<StepReader> samples;
    for (const ComparedVariable& variable : variables)
      samples.emplace_back([&variable](std::size_t step) {
        return variable.data->coarse().read(variable.index, step);
      });
    corrected.emplace(writer, model.blocks, outputs, decoders, std::move(samples));
  }
  DatasetWriter& target = corrected ? *corrected : writer;
  write_outputs(model.blocks, outputs, decoders, target, progress);
}

BlendedVolumes NetworkMethod::blend(const ComparedVariable& from, const ComparedVariable& to,
                                    std::size_t count, std::size_t step) const {
  if (entry_.separate)
    throw ValueError("each variable has its own network, so there is nothing to blend");
  const Model model = load_model(part_of(from).path);
  const auto outputs = blend_series(model, trained_index(model, from), trained_index(model, to),
                                    count, from.data->output_request(from.name()));
  const auto engine = engine_of(model, config_.training.precision);
  BlendedVolumes volumes{outputs.front().grid.grid, {}};
  for (const OutputVariable& output : outputs) {
    const auto decoder = engine->decoder(output.latent);
    const Upscaler upscaler(model.blocks, output.trained, *decoder, output.grid);
    std::vector<float>& values = volumes.values.emplace_back(output.grid.grid.dims.count());
    upscaler.step(output.grid.times.at(step), values);
  }
  return volumes;
}

std::vector<std::string> NetworkMethod::commands() const {
  std::vector<std::string> all;
  for (const Part& part : parts_) {
    std::string text =
        fmt::format("stsr train {} --preset {}", data_arguments(part.variables), entry_.preset);
    if (!entry_.config.empty()) text += fmt::format(" --config {}", entry_.config);
    for (const std::string& one : entry_.set) text += fmt::format(" --set '{}'", one);
    if (entry_.epochs) text += fmt::format(" --epochs {}", *entry_.epochs);
    if (entry_.minutes) text += fmt::format(" --time-limit {}m", *entry_.minutes);
    if (entry_.model_of.empty()) all.push_back(text + fmt::format(" -o {}", part.path.string()));
    const std::vector<OutputArguments> outputs = output_arguments(part.variables);
    for (const OutputArguments& output : outputs) {
      std::string written = fmt::format("stsr upscale {}{}", part.path.string(), output.grid);
      if (outputs.size() > 1) written += fmt::format(" --variables '{}'", output.trained);
      if (entry_.through_samples)
        for (const std::string& path : data_paths(part.variables))
          written += fmt::format(" --through {}", path);
      all.push_back(written + " -o DIR");
    }
  }
  return all;
}

}  // namespace

std::unique_ptr<Method> make_network_method(const ComparedMethod& entry,
                                            std::vector<ComparedVariable> variables,
                                            const fs::path& folder) {
  return std::make_unique<NetworkMethod>(entry, std::move(variables), folder);
}

}  // namespace stsr

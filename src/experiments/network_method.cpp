// STSR-INR and CoordNet, as one network for all variables or one for each.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "method.h"
#include "stsr/base/error.h"
#include "stsr/inference/field_output.h"
#include "stsr/inference/model_field.h"
#include "stsr/inference/network_field.h"
#include "stsr/io/config_file.h"
#include "stsr/training/network_training.h"
#include "stsr/training/presets.h"
#include "stsr/training/training_log.h"
#include "stsr/training/training_session.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// One model file and what it is trained on.
struct Part {
  fs::path path;
  std::vector<ComparedVariable> variables;
};

/// Index of a variable in a field that was trained on it.
std::size_t trained_index(const Field& field, const ComparedVariable& variable) {
  const std::string& name = variable.trained;
  for (std::size_t i = 0; i < field.variables().size(); ++i)
    if (field.variables()[i].name == name) return i;
  throw ValueError(fmt::format("the model has no variable '{}'; remove it to train anew", name));
}

class NetworkMethod final : public Method {
 public:
  NetworkMethod(const ComparedMethod& entry, std::vector<ComparedVariable> variables,
                const fs::path& folder, const ComputeOptions& compute)
      : entry_(entry),
        compute_(compute),
        config_(resolve_config(entry.preset, entry.config, entry.set)) {
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
    return stsr::output_infos(outputs_of(variables, field_of(part_of(variables.front()))));
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
  [[nodiscard]] ComputeOptions compute() const;
  [[nodiscard]] std::shared_ptr<const Field> field_of(const Part& part) const;
  [[nodiscard]] static std::vector<FieldOutput> outputs_of(
      std::span<const ComparedVariable> variables, const std::shared_ptr<const Field>& field);

  ComparedMethod entry_;
  ComputeOptions compute_;
  Config config_;
  std::vector<Part> parts_;
};

TrainingSummary NetworkMethod::train_part(const Part& part, ComparisonObserver& observer) const {
  TrainingRequest request;
  request.config = config_;
  request.output = part.path;
  request.resume = fs::exists(checkpoint_path(part.path));
  if (entry_.minutes) request.time_limit_seconds = *entry_.minutes * 60.0;
  request.until_time_limit = entry_.minutes && !entry_.epochs;
  request.compute = compute_;
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

ComputeOptions NetworkMethod::compute() const {
  ComputeOptions compute = compute_;
  compute.precision = config_.training.precision;
  return compute;
}

std::shared_ptr<const Field> NetworkMethod::field_of(const Part& part) const {
  return open_field(part.path, compute());
}

std::vector<FieldOutput> NetworkMethod::outputs_of(std::span<const ComparedVariable> variables,
                                                   const std::shared_ptr<const Field>& field) {
  std::vector<FieldOutput> outputs;
  for (const ComparedVariable& variable : variables) {
    outputs.push_back(field_output(field, trained_index(*field, variable),
                                   variable.data->output_request(variable.name())));
    outputs.back().name = variable.name();
  }
  return outputs;
}

void NetworkMethod::write(std::span<const ComparedVariable> variables, DatasetWriter& writer,
                          Progress& progress) {
  const Part& part = part_of(variables.front());
  std::shared_ptr<const Field> field = field_of(part);
  if (entry_.through_samples) {
    std::vector<StepReader> samples(field->variables().size());
    for (const ComparedVariable& variable : variables)
      samples[trained_index(*field, variable)] = [&variable](std::size_t step) {
        return variable.data->coarse().read(variable.index, step);
      };
    field = make_field(load_model(part.path), std::move(samples), "", compute());
  }
  write_outputs(outputs_of(variables, field), writer, progress);
}

BlendedVolumes NetworkMethod::blend(const ComparedVariable& from, const ComparedVariable& to,
                                    std::size_t count, std::size_t step) const {
  if (entry_.separate)
    throw ValueError("each variable has its own network, so there is nothing to blend");
  const auto field =
      std::make_shared<const NetworkField>(load_model(part_of(from).path), compute());
  const auto outputs = blend_series(*field, trained_index(*field, from), trained_index(*field, to),
                                    count, from.data->output_request(from.name()));
  BlendedVolumes volumes{outputs.front().grid.grid, {}};
  for (const FieldOutput& output : outputs) {
    std::vector<float>& values = volumes.values.emplace_back(output.grid.grid.dims.count());
    output.field->step(output.variable, output.grid.times.at(step), output.grid, values);
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
                                            const fs::path& folder, const ComputeOptions& compute) {
  return std::make_unique<NetworkMethod>(entry, std::move(variables), folder, compute);
}

}  // namespace stsr

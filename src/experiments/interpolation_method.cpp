// TL: nothing to train.

#include <fmt/format.h>

#include <memory>

#include "method.h"
#include "stsr/base/config_field.h"
#include "stsr/inference/field_output.h"
#include "stsr/inference/interpolated_field.h"

namespace stsr {

namespace {

template <class Enum>
Enum named(const std::string& method, const char* key, const std::string& text) {
  return enum_from_name<Enum>(text, fmt::format("method '{}': {} cannot be", method, key));
}

class InterpolationMethod final : public Method {
 public:
  InterpolationMethod(const ComparedMethod& entry, std::vector<ComparedVariable> variables)
      : entry_(entry),
        config_{named<Registration>(entry.name, "registration", entry.registration),
                named<InterpolationKernel>(entry.name, "kernel", entry.kernel)},
        variables_(std::move(variables)) {}

  [[nodiscard]] std::string settings() const override {
    return entry_.kernel + " " + entry_.registration;
  }
  TrainingCost train(ComparisonObserver& /*observer*/) override { return {}; }
  [[nodiscard]] std::vector<VariableInfo> output_infos(
      std::span<const ComparedVariable> variables) const override {
    return stsr::output_infos(outputs_of(variables));
  }
  void write(std::span<const ComparedVariable> variables, DatasetWriter& writer,
             Progress& progress) override {
    write_outputs(outputs_of(variables), writer, progress);
  }
  [[nodiscard]] std::vector<std::string> commands() const override {
    std::vector<std::string> all;
    for (const OutputArguments& output : output_arguments(variables_))
      all.push_back(
          fmt::format("stsr interpolate {} --kernel {} --registration {}{} --variables '{}' -o DIR",
                      output.data->coarse_path().string(), entry_.kernel, entry_.registration,
                      output.grid, output.own));
    return all;
  }

 private:
  [[nodiscard]] std::vector<FieldOutput> outputs_of(
      std::span<const ComparedVariable> variables) const {
    std::vector<VariableInfo> infos;
    std::vector<StepReader> samples;
    for (const ComparedVariable& variable : variables) {
      infos.push_back(variable.coarse_info());
      samples.emplace_back([variable](std::size_t step) {
        return variable.data->coarse().read(variable.index, step);
      });
    }
    const auto field =
        std::make_shared<const InterpolatedField>(infos, config_, std::move(samples), "");
    std::vector<FieldOutput> outputs;
    for (std::size_t i = 0; i < variables.size(); ++i)
      outputs.push_back(
          field_output(field, i, variables[i].data->output_request(variables[i].name())));
    return outputs;
  }

  ComparedMethod entry_;
  InterpolationConfig config_;
  std::vector<ComparedVariable> variables_;
};

}  // namespace

std::unique_ptr<Method> make_interpolation_method(const ComparedMethod& entry,
                                                  std::vector<ComparedVariable> variables) {
  return std::make_unique<InterpolationMethod>(entry, std::move(variables));
}

}  // namespace stsr

// TL: nothing to train.

#include <fmt/format.h>

#include "method.h"
#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/baselines/interpolated_output.h"

namespace stsr {

namespace {

template <class Enum>
Enum named(const std::string& method, const char* key, const std::string& text) {
  std::vector<std::string> known;
  for (const auto& [value, name] : EnumNames<Enum>::values) {
    if (name == text) return value;
    known.emplace_back(name);
  }
  throw ValueError(
      fmt::format("method '{}': {} cannot be '{}'{}", method, key, text, name_hint(text, known)));
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
    std::vector<VariableInfo> infos;
    for (const ComparedVariable& variable : variables)
      infos.push_back(interpolator(variable).info());
    return infos;
  }
  void write(std::span<const ComparedVariable> variables, DatasetWriter& writer,
             Progress& progress) override {
    std::vector<Interpolator> all;
    for (const ComparedVariable& variable : variables) all.push_back(interpolator(variable));
    write_interpolated(all, writer, progress);
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
  [[nodiscard]] Interpolator interpolator(const ComparedVariable& variable) const {
    const VariableInfo& coarse = variable.coarse_info();
    return {coarse, output_grid(coarse, variable.data->output_request(variable.name())), config_,
            [variable](std::size_t step) {
              return variable.data->coarse().read(variable.index, step);
            }};
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

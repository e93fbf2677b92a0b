#include "stsr/inference/model_field.h"

#include <numeric>
#include <utility>

#include "stsr/base/fingerprint.h"
#include "stsr/inference/interpolating_field.h"
#include "stsr/inference/network_field.h"
#include "stsr/inference/trained_samples.h"

namespace stsr {

std::shared_ptr<const Field> make_field(Model model, const ComputeOptions& compute) {
  if (model.samples.empty()) return std::make_shared<const NetworkField>(model, compute);
  std::vector<StepReader> readers;
  for (std::vector<StoredStep>& steps : model.samples) {
    StepReader& reader = readers.emplace_back();
    if (!steps.empty())
      reader = [steps = std::move(steps)](std::size_t step) {
        const std::span<const float> values = steps.at(step).values;
        return std::vector<float>(values.begin(), values.end());
      };
  }
  model.samples.clear();
  Fingerprint all;
  for (const TrainedVariable& variable : model.variables) all.add(variable.fingerprint.value_or(0));
  return make_field(std::move(model), std::move(readers), all.text(), compute);
}

std::shared_ptr<const Field> make_field(Model model, std::vector<StepReader> samples,
                                        const std::string& fingerprint,
                                        const ComputeOptions& compute) {
  model.samples.clear();
  std::vector<Correction> corrections;
  for (const TrainedVariable& variable : model.variables)
    corrections.push_back(variable.correction.value_or(Correction{}));
  return std::make_shared<const InterpolatingField>(
      std::make_shared<const NetworkField>(model, compute), std::move(samples), fingerprint,
      std::move(corrections));
}

std::shared_ptr<const Field> open_field(const std::filesystem::path& model,
                                        const ComputeOptions& compute) {
  Model loaded = load_model(model);
  if (!loaded.samples.empty() || !loaded.variables.front().correction)
    return make_field(std::move(loaded), compute);
  std::vector<std::size_t> all(loaded.variables.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::string reason;
  auto samples = remembered_samples(model.string(), loaded, all, reason);
  if (!samples) return make_field(std::move(loaded), compute);
  return make_field(std::move(loaded), std::move(samples->readers), samples->fingerprint, compute);
}

}  // namespace stsr

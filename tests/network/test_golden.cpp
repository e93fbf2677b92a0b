// Forward values, loss and every gradient against PyTorch (tests/golden/make_torch_golden.py).

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "golden/torch_golden.h"
#include "network/host_engine.h"

namespace stsr {
namespace {

class NetworkGolden : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    file_ = golden::read(std::string("network_") + GetParam());
    engine_ = std::make_unique<HostEngine>(golden::plan(file_["config"]));
    group_ = file_["group"];
    golden::generate_parameters(file_, engine_->plan(), engine_->parameters());
  }

  nlohmann::json file_;
  std::unique_ptr<HostEngine> engine_;
  std::size_t group_ = 0;
};

/// phi = mu + sigma eps of every group, as the golden file was made.
std::vector<std::vector<float>> latents(const golden::Batch& batch, const HostEngine& engine) {
  const NetworkPlan& plan = engine.plan();
  const std::size_t rows = batch.groups() * batch.group_rows();
  std::vector<float> coordinates(rows * coordinate_count);
  std::vector<float> targets(rows * plan.heads);
  std::vector<std::uint32_t> variables(batch.groups());
  std::vector<float> noise(batch.groups() * plan.latent_length);
  batch.fill(0, batch.groups(), coordinates.data(), targets.data(), variables.data(), noise.data());
  std::vector<std::vector<float>> phi;
  for (std::size_t g = 0; g < batch.groups(); ++g) {
    phi.push_back(latent_vector(plan, engine.parameters(), variables[g]));
    for (std::size_t k = 0; k < plan.latent_length; ++k)
      phi[g][k] += noise[g * plan.latent_length + k];
  }
  return phi;
}

TEST_P(NetworkGolden, ForwardValues) {
  const golden::Batch batch(file_, group_, engine_->plan());
  const std::vector<float> coordinates = golden::floats(file_["coordinates"]);
  const std::size_t heads = engine_->plan().heads;
  std::vector<std::size_t> all(heads);
  std::iota(all.begin(), all.end(), std::size_t{0});

  const auto phi = latents(batch, *engine_);
  std::vector<float> outputs(batch.groups() * group_ * heads);
  for (std::size_t g = 0; g < batch.groups(); ++g)
    engine_->decoder(phi[g])->evaluate(
        std::span(coordinates).subspan(g * group_ * coordinate_count, group_ * coordinate_count),
        all, std::span(outputs).subspan(g * group_ * heads, group_ * heads));
  golden::expect_close(outputs, golden::floats(file_["outputs"]), 1e-5, "outputs");
}

TEST_P(NetworkGolden, ForwardValuesOfChosenHeads) {
  const golden::Batch batch(file_, group_, engine_->plan());
  const std::vector<float> coordinates = golden::floats(file_["coordinates"]);
  const std::vector<float> reference = golden::floats(file_["outputs"]);
  const std::size_t heads = engine_->plan().heads;
  const std::vector<std::size_t> chosen{heads - 1, 0};

  const auto decoder = engine_->decoder(latents(batch, *engine_).front());
  std::vector<float> outputs(group_ * 2);
  decoder->evaluate(std::span(coordinates).first(group_ * coordinate_count), chosen, outputs);
  std::vector<float> expected;
  for (std::size_t row = 0; row < group_; ++row)
    for (const std::size_t head : chosen) expected.push_back(reference[row * heads + head]);
  golden::expect_close(outputs, expected, 1e-5, "outputs of the last and the first head");
}

TEST_P(NetworkGolden, LossAndGradients) {
  const golden::Batch batch(file_, group_, engine_->plan());
  const double loss = engine_->differentiate(batch);
  const double expected_loss = file_["loss"];
  EXPECT_NEAR(loss, expected_loss, 1e-5 * expected_loss);

  const auto& tensors = engine_->plan().layout.tensors();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto& reference = file_["parameters"][i];
    const auto gradient = engine_->gradient().subspan(tensors[i].offset, tensors[i].count);
    const double norm =
        std::sqrt(std::inner_product(gradient.begin(), gradient.end(), gradient.begin(), 0.0));
    const double expected_norm = reference["gradient_norm"];
    EXPECT_NEAR(norm, expected_norm, 1e-4 * expected_norm) << tensors[i].name;

    std::vector<float> kept;
    for (std::size_t k = 0; k < gradient.size();
         k += reference["gradient_stride"].get<std::size_t>())
      kept.push_back(gradient[k]);
    golden::expect_close(kept, golden::floats(reference["gradient"]), 1e-4,
                         "gradient of " + tensors[i].name);
  }
}

TEST_P(NetworkGolden, GradientIsReplacedNotAccumulated) {
  const golden::Batch batch(file_, group_, engine_->plan());
  const double loss = engine_->differentiate(batch);
  const std::vector<float> first(engine_->gradient().begin(), engine_->gradient().end());
  EXPECT_EQ(engine_->differentiate(batch), loss);
  EXPECT_EQ(first, std::vector<float>(engine_->gradient().begin(), engine_->gradient().end()));
}

INSTANTIATE_TEST_SUITE_P(Torch, NetworkGolden,
                         ::testing::Values("residual_sine", "residual_relu",
                                           "residual_concatenation", "residual_one_hot",
                                           "residual_relu_one_head", "residual_long_groups",
                                           "linear_sine", "linear_relu", "linear_many_rows",
                                           "linear_concatenation", "linear_concatenation_one_hot",
                                           "linear_relu_one_hot", "released", "coordnet_one",
                                           "coordnet_three", "coordnet_many_rows", "coordnet_wide",
                                           "coordnet_as_wide", "coordnet_published"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace stsr

// Losses of the first ten steps and Muon's steps against PyTorch
// (tests/golden/make_torch_golden.py).

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "golden/torch_golden.h"
#include "network/host_engine.h"
#include "stsr/network/muon.h"

namespace stsr {
namespace {

OptimiserConfig optimiser_config(const nlohmann::json& file) {
  OptimiserConfig config;
  config.optimiser = golden::enumerator<OptimiserKind>(file["optimiser"]);
  config.learning_rate = file["learning_rate"];
  config.matrix_learning_rate = file["matrix_learning_rate"];
  config.latent_learning_rate = file["latent_learning_rate"];
  config.matrix_decay = file.value("matrix_decay", 0.0);
  config.weight_decay = file["weight_decay"];
  config.kld_weight = file["kld_weight"];
  return config;
}

class TrainingGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(TrainingGolden, TenLosses) {
  const nlohmann::json file = golden::read(std::string("training_") + GetParam());
  HostEngine engine(golden::plan(file["config"]), {}, optimiser_config(file));
  ASSERT_NO_FATAL_FAILURE(golden::generate_parameters(file, engine.plan(), engine.parameters()));
  const NetworkPlan& plan = engine.plan();
  auto mu = engine.parameters().subspan(plan.network_size());
  std::vector<float> mu_change(mu.begin(), mu.end());
  const std::vector<float> expected_mu = golden::floats(file["mu"]);
  ASSERT_EQ(mu.size(), expected_mu.size());

  std::vector<golden::Batch> batches;
  for (const auto& rows : file["batches"]) batches.emplace_back(rows, file["group"], plan);
  std::size_t step = 0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (const golden::Batch& batch : batches) {
      const double loss = engine.train(batch);
      const double expected = file["losses"][step];
      EXPECT_NEAR(loss, expected, 1e-4 * expected) << "step " << step;
      ++step;
    }
    if (plan.config.latent == LatentKind::vad) engine.kld_step();
  }
  ASSERT_EQ(step, file["losses"].size());

  mu = engine.parameters().subspan(plan.network_size());
  // The losses hardly feel how mu moves, so compare its whole way too.
  std::vector<float> expected_change(expected_mu);
  for (std::size_t i = 0; i < mu.size(); ++i) {
    expected_change[i] -= mu_change[i];
    mu_change[i] = mu[i] - mu_change[i];
  }
  golden::expect_close(mu_change, expected_change, 2e-3, "change of latent.mu");
}

INSTANTIATE_TEST_SUITE_P(Torch, TrainingGolden,
                         ::testing::Values("adam_residual", "adam_paper", "adam_decay", "adam_relu",
                                           "adam_concatenation", "adam_kld", "muon_linear",
                                           "muon_residual", "muon_decay", "coordnet_one",
                                           "coordnet_three", "coordnet_muon"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(MuonGolden, ThreeSteps) {
  const nlohmann::json file = golden::read("muon");
  const double rate = file["learning_rate"];
  for (const auto& matrix : file["cases"]) {
    const std::size_t rows = matrix["shape"][0];
    const std::size_t columns = matrix["shape"][1];
    const std::size_t stream = matrix["first_stream"];
    const auto generate = [&](std::size_t offset) {
      std::vector<float> values(rows * columns);
      for (std::size_t k = 0; k < values.size(); ++k)
        values[k] = static_cast<float>(golden::uniform(k, stream + offset));
      return values;
    };
    std::vector<float> weight = generate(0);
    std::vector<float> momentum(weight.size(), 0.0F);
    for (std::size_t step = 0; step < 3; ++step) {
      std::vector<float> change(weight);
      std::vector<float> expected = golden::floats(matrix["weights"][step]);
      muon_step(Kernels(best_instruction_set()), rows, columns, rate, generate(1 + step), momentum,
                weight);
      for (std::size_t k = 0; k < weight.size(); ++k) {
        expected[k] -= change[k];
        change[k] = weight[k] - change[k];
      }
      golden::expect_close(change, expected, 1e-4,
                           "step " + std::to_string(step) + " of " + matrix["shape"].dump());
    }
  }
}

}  // namespace
}  // namespace stsr

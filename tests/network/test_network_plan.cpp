#include <gmock/gmock.h>

#include <cmath>

#include "stsr/base/error.h"
#include "stsr/network/network_plan.h"

namespace stsr {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

NetworkConfig released() {
  NetworkConfig config;
  config.width = 256;
  config.latent_length = 256;
  config.head = HeadKind::residual;
  config.omega_stem = 5.0;
  return config;
}

/// Counts of method section 3.
TEST(NetworkPlan, HasTheReleasedNumberOfParameters) {
  const NetworkPlan plan = plan_network(released(), 1, 8);
  EXPECT_EQ(plan.network_size(), 4'179'592U);
  EXPECT_EQ(plan.layout.size(), 4'179'592U + 256U);
  EXPECT_EQ(plan_network(released(), 4, 1).network_size(), 699'584U + 715'712U + 345'537U);
}

TEST(NetworkPlan, LinearHeadsAddOneRowEach) {
  NetworkConfig config = released();
  config.head = HeadKind::linear;
  EXPECT_EQ(plan_network(config, 1, 8).network_size(), 699'584U + 715'712U + 8U * 257U);
}

TEST(NetworkPlan, TensorsFollowOneAnotherAndTheLatentsAreLast) {
  for (const LatentKind latent : {LatentKind::vad, LatentKind::one_hot}) {
    NetworkConfig config = released();
    config.latent = latent;
    const NetworkPlan plan = plan_network(config, 3, 2);
    std::size_t offset = 0;
    for (const ParameterTensor& tensor : plan.layout.tensors()) {
      EXPECT_EQ(tensor.offset, offset) << tensor.name;
      offset += tensor.count;
    }
    EXPECT_EQ(offset, plan.layout.size());
    EXPECT_EQ(plan.mu.has_value(), latent == LatentKind::vad);
    EXPECT_EQ(plan.layout.tensors().back().name == "latent.mu", plan.mu.has_value());
    EXPECT_EQ(plan.latent_length, latent == LatentKind::vad ? 256U : 3U);
  }
}

TEST(NetworkPlan, InitialValuesFillTheirIntervals) {
  NetworkConfig config = released();
  config.omega_residual = 30.0;
  const NetworkPlan plan = plan_network(config, 2, 1);
  std::vector<float> parameters(plan.layout.size());
  initialise_parameters(plan, 3, parameters);
  const auto expect_uniform = [&](const std::string& name, double bound) {
    const ParameterTensor& tensor = plan.layout.find(name);
    double largest = 0.0;
    double squares = 0.0;
    for (std::size_t i = 0; i < tensor.count; ++i) {
      const double value = parameters[tensor.offset + i];
      largest = std::max(largest, std::abs(value));
      squares += value * value;
    }
    EXPECT_LE(largest, bound * 1.000001) << name;
    EXPECT_GT(largest, bound * 0.9) << name;
    const double deviation = std::sqrt(squares / static_cast<double>(tensor.count));
    EXPECT_NEAR(deviation, bound / std::sqrt(3.0), 0.1 * bound) << name;
  };
  expect_uniform("synthesis.0.weight", std::sqrt(6.0 / 4.0) / 5.0);
  expect_uniform("synthesis.0.bias", 1.0 / std::sqrt(4.0));
  expect_uniform("modulator.0.weight", std::sqrt(6.0 / 256.0) / 5.0);
  expect_uniform("synthesis.4.second.weight", std::sqrt(6.0 / 256.0) / 30.0);
  expect_uniform("head.0.output.weight", 1.0 / 8.0);
  const ParameterTensor& mu = plan.layout.find("latent.mu");
  double squares = 0.0;
  for (std::size_t i = 0; i < mu.count; ++i)
    squares += std::pow(static_cast<double>(parameters[mu.offset + i]), 2);
  EXPECT_NEAR(squares / static_cast<double>(mu.count), 1.0 / 256.0, 0.0008);
}

TEST(NetworkPlan, SeedDecidesTheInitialValues) {
  const NetworkPlan plan = plan_network(released(), 1, 1);
  std::vector<float> a(plan.layout.size());
  std::vector<float> b(a.size());
  initialise_parameters(plan, 1, a);
  initialise_parameters(plan, 1, b);
  EXPECT_EQ(a, b);
  initialise_parameters(plan, 2, b);
  EXPECT_NE(a, b);
}

TEST(NetworkPlan, RefusesValuesOutOfRange) {
  NetworkConfig config;
  config.width = 30;
  EXPECT_THAT([&] { (void)plan_network(config, 1, 1); },
              ThrowsMessage<ValueError>(HasSubstr("network.width must be a multiple of 4")));
  config = {};
  config.omega_head = 0.0;
  EXPECT_THROW((void)plan_network(config, 1, 1), ValueError);
  EXPECT_THROW((void)plan_network({}, 0, 1), ValueError);
  EXPECT_THROW((void)plan_network({}, 1, 0), ValueError);
}

}  // namespace
}  // namespace stsr

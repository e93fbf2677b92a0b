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

NetworkConfig published_coordnet() {
  NetworkConfig config;
  config.architecture = Architecture::coordnet;
  config.width = 256;
  config.residual_blocks = 10;
  config.omega_stem = config.omega_residual = config.omega_head = 30.0;
  return config;
}

/// Counts of method section 7.
TEST(NetworkPlan, CoordNetHasThePublishedNumberOfParameters) {
  const NetworkPlan plan = plan_network(published_coordnet(), 1, 1);
  EXPECT_EQ(plan.layout.size(), 1'486'148U);
  EXPECT_EQ(plan.network_size(), plan.layout.size());
  EXPECT_EQ(plan_network(published_coordnet(), 4, 1).layout.size(), 1'487'708U);
}

TEST(NetworkPlan, CoordNetHasAnOutputAVariableAndNoLatents) {
  const NetworkPlan plan = plan_network(published_coordnet(), 3, 1);
  EXPECT_EQ(plan.heads, 3U);
  EXPECT_EQ(plan.latent_length, 0U);
  EXPECT_FALSE(plan.mu.has_value());
  EXPECT_TRUE(plan.outputs.empty());
  const std::vector<float> parameters(plan.layout.size());
  EXPECT_TRUE(latent_vector(plan, parameters, 2).empty());
  EXPECT_THROW((void)latent_vector(plan, parameters, 3), ValueError);
  EXPECT_THROW((void)latent_vector(plan, std::span(parameters).first(7), 2), ShapeError);
  std::vector<float> few(7);
  EXPECT_THROW(initialise_parameters(plan, 1, few), ShapeError);
}

TEST(NetworkPlan, CoordNetProjectsWhereTheWidthChanges) {
  NetworkConfig config = published_coordnet();
  config.width = 16;  // 4 -> 4 -> 8 -> 16
  config.residual_blocks = 1;
  const auto projected = [&](std::size_t variables) {
    std::string pattern;
    for (const Stage& stage : plan_network(config, variables, 1).trunk.synthesis)
      pattern += stage.projection ? 'p' : '-';
    return pattern;
  };
  EXPECT_EQ(projected(1), "-pp-p");
  EXPECT_EQ(projected(16), "-pp--");
}

TEST(NetworkPlan, CoordNetHasOneBlock) {
  EXPECT_THAT([] { (void)plan_network(published_coordnet(), 1, 8); },
              ThrowsMessage<ValueError>(HasSubstr("blocks.split must be [1, 1, 1], got 8 blocks")));
}

/// Expects the values of a tensor to fill the interval [-bound, bound] evenly.
void expect_uniform(const NetworkPlan& plan, const std::vector<float>& parameters,
                    const std::string& name, double bound) {
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
}

TEST(NetworkPlan, CoordNetStartsAsEverySineNetwork) {
  NetworkConfig config = published_coordnet();
  config.omega_head = 15.0;
  const NetworkPlan plan = plan_network(config, 4, 1);
  std::vector<float> parameters(plan.layout.size());
  initialise_parameters(plan, 3, parameters);
  expect_uniform(plan, parameters, "synthesis.0.projection.weight", std::sqrt(6.0 / 4.0) / 30.0);
  expect_uniform(plan, parameters, "synthesis.1.second.weight", std::sqrt(6.0 / 128.0) / 30.0);
  expect_uniform(plan, parameters, "synthesis.12.second.bias", 1.0 / 16.0);
  expect_uniform(plan, parameters, "output.first.weight", std::sqrt(6.0 / 256.0) / 15.0);
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
  expect_uniform(plan, parameters, "synthesis.0.weight", std::sqrt(6.0 / 4.0) / 5.0);
  expect_uniform(plan, parameters, "synthesis.0.bias", 1.0 / std::sqrt(4.0));
  expect_uniform(plan, parameters, "modulator.0.weight", std::sqrt(6.0 / 256.0) / 5.0);
  expect_uniform(plan, parameters, "synthesis.4.second.weight", std::sqrt(6.0 / 256.0) / 30.0);
  expect_uniform(plan, parameters, "head.0.output.weight", 1.0 / 8.0);
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

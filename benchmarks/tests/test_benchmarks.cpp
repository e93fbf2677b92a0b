// What the figures of the suite stand on: the count of operations, the peak loops, a whole run.

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "../peak/peak.h"
#include "../runs/network_run.h"
#include "../runs/operations.h"
#include "stsr/base/error.h"

namespace stsr {
namespace {

NetworkPlan plan_of(HeadKind head, std::size_t heads = 8) {
  NetworkConfig config;
  config.width = 256;
  config.latent_length = 192;
  config.head = head;
  return plan_network(config, 3, heads);
}

/// All weights of the modulator, or all others.
double weights(const NetworkPlan& plan, bool modulator) {
  double sum = 0.0;
  for (const ParameterTensor& tensor : plan.layout.tensors())
    if (tensor.name.ends_with("weight") &&
        (tensor.name.find("modulator") != std::string::npos) == modulator)
      sum += static_cast<double>(tensor.count);
  return sum;
}

TEST(Operations, AreTheFormulaOfThePerformancePage) {
  const double w = 256;
  const double trunk = w / 4 * w / 2 + w / 2 * w + 2 * 5 * w * w;
  const double head = 2 * w * w + w * w / 2 + w / 2 * w / 4;
  const auto linear = multiply_adds(plan_of(HeadKind::linear));
  EXPECT_EQ(linear.synthesis, 4 * w / 4 + trunk + 8 * w);
  EXPECT_EQ(linear.modulator, 192 * w / 4 + trunk);
  const auto residual = multiply_adds(plan_of(HeadKind::residual));
  EXPECT_EQ(residual.synthesis, 4 * w / 4 + trunk + 8 * (head + w / 4));
  EXPECT_EQ(residual.modulator, 192 * w / 4 + trunk + 8 * head);
}

TEST(Operations, AreTwoAWeight) {
  for (const HeadKind head : {HeadKind::linear, HeadKind::residual}) {
    const NetworkPlan plan = plan_of(head, 3);
    EXPECT_EQ(multiply_adds(plan).synthesis, weights(plan, false));
    EXPECT_EQ(multiply_adds(plan).modulator, weights(plan, true));
    EXPECT_EQ(inference_operations(plan, 10), 20 * weights(plan, false));
    EXPECT_EQ(training_operations(plan, 128, 64),
              6 * (128 * weights(plan, false) + 2 * weights(plan, true)));
  }
}

TEST(Operations, OfACoordNetAreTwoAWeightToo) {
  NetworkConfig config;
  config.architecture = Architecture::coordnet;
  config.width = 64;
  const NetworkPlan plan = plan_network(config, 3, 1);
  EXPECT_EQ(multiply_adds(plan).synthesis, weights(plan, false));
  EXPECT_EQ(multiply_adds(plan).modulator, 0.0);
}

TEST(Peak, WiderInstructionSetsAreListedLaterAndAllRun) {
  const auto loops = available_peak_loops();
  ASSERT_FALSE(loops.empty());
  EXPECT_EQ(loops.front().instruction_set, "portable");
  for (const PeakLoop& loop : loops) {
    EXPECT_GT(measure_peak(loop, 1, 1, 1e-4), 1e6) << loop.instruction_set;
    EXPECT_TRUE(std::isfinite(loop.run(100'000))) << loop.instruction_set;
  }
}

TEST(NetworkRun, MeasuresBothPasses) {
  for (const auto architecture : {Architecture::stsr_inr, Architecture::coordnet})
    for (const auto pass : {NetworkRun::Pass::training, NetworkRun::Pass::inference}) {
      NetworkRun run;
      run.pass = pass;
      run.network.architecture = architecture;
      run.network.width = 8;
      run.network.latent_length = 8;
      run.heads = architecture == Architecture::coordnet ? 1 : 2;
      run.rows = 64;
      run.group_rows = 32;
      run.seconds = 0.0;
      const NetworkTimes times = measure(run);
      EXPECT_EQ(times.steps, 3U);
      EXPECT_GT(times.fastest, 0.0);
      EXPECT_LE(times.fastest, times.median);
      EXPECT_LE(times.median, times.slowest);
      EXPECT_GT(times.operations, 0.0);
    }
}

TEST(NetworkRun, RefusesBatchesThatAreNotWholeGroups) {
  NetworkRun run;
  run.rows = 100;
  run.group_rows = 64;
  EXPECT_THROW((void)measure(run), ValueError);
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "inference/fake_network.h"
#include "stsr/base/error.h"
#include "stsr/inference/blend.h"

namespace stsr {
namespace {

/// Three variables with latents (1, 0), (0, 2), (4, 4).
Model three_variables() {
  Model model;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.network.latent_length = 2;
  model.variables = {reduced_variable("a", {5, 5, 5}, {2, 2, 2}, 2, 0.0, 10.0),
                     reduced_variable("b", {5, 5, 5}, {2, 2, 2}, 2, 100.0, 200.0),
                     reduced_variable("c", {7, 5, 5}, {2, 2, 2}, 2, -1.0, 1.0)};
  const NetworkPlan plan = model.plan();
  model.parameters.assign(plan.layout.size(), 0.0F);
  const std::vector<float> mu{1, 0, 0, 2, 4, 4};
  std::copy(mu.begin(), mu.end(),
            model.parameters.begin() + static_cast<std::ptrdiff_t>(plan.mu.value()));
  return model;
}

std::string refusal(const Model& model, const std::vector<double>& weights) {
  try {
    (void)blend(model, weights, "mix", {});
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(Blend, MixesLatentsAndRanges) {
  Model model = three_variables();
  model.variables[0].info.unit = "K";
  model.variables[1].info.unit = "K";
  const OutputVariable mix = blend(model, std::vector{0.75, 0.25, 0.0}, "mix", {});
  EXPECT_THAT(mix.latent, testing::ElementsAre(0.75F, 0.5F));
  EXPECT_EQ(mix.info().name, "mix");
  EXPECT_EQ(mix.info().unit, "K");
  EXPECT_EQ(mix.info().grid.dims, (Dims{5, 5, 5}));
  EXPECT_EQ(mix.trained.ranges.at(0.3), (ValueRange{25.0, 57.5}));
  model.variables[1].info.unit = "Pa";
  EXPECT_EQ(blend(model, std::vector{0.5, 0.5, 0.0}, "mix", {}).info().unit, "");
}

TEST(Blend, MixesPerStepRangesStepByStep) {
  Model model = three_variables();
  model.variables[0].ranges = {RangeMode::per_step, {0.0, 1.0}, {{0, 2}, {4, 8}}};
  model.variables[1].ranges = {RangeMode::per_step, {0.0, 1.0}, {{10, 20}, {0, 0}}};
  const OutputVariable mix = blend(model, std::vector{0.5, 0.5, 0.0}, "mix", {});
  EXPECT_EQ(mix.trained.ranges.at(0.0), (ValueRange{5.0, 11.0}));
  EXPECT_EQ(mix.trained.ranges.at(0.5), (ValueRange{3.5, 7.5}));
  model.variables[1].ranges = {RangeMode::global, {}, {{0, 1}}};
  EXPECT_THAT(refusal(model, {0.5, 0.5, 0.0}), testing::HasSubstr("value range"));
}

TEST(Blend, IsMissingWhereAnyOfThemIs) {
  Model model = three_variables();
  model.variables[0].missing.steps = {{1, 0, 0, 0}};
  model.variables[1].missing.steps = {{0, 2, 0, 0}, {0, 0, 4, 0}};
  const std::vector<std::vector<std::uint8_t>> both{{1, 2, 0, 0}, {1, 0, 4, 0}};
  EXPECT_EQ(blend(model, std::vector{0.5, 0.5, 0.0}, "mix", {}).trained.missing.steps, both);
  EXPECT_EQ(blend(model, std::vector{0.0, 1.0, 0.0}, "mix", {}).trained.missing.steps,
            model.variables[1].missing.steps);
}

TEST(Blend, RefusesVariablesThatDifferNamingBoth) {
  Model model = three_variables();
  EXPECT_THAT(refusal(model, {0.5, 0.0, 0.5}),
              testing::AllOf(testing::HasSubstr("'a' and 'c'"),
                             testing::HasSubstr("3 x 3 x 3 and 4 x 3 x 3")));
  model.variables[1].info.times = {0.0, 2.0};
  EXPECT_THAT(refusal(model, {0.5, 0.5, 0.0}), testing::HasSubstr("kept times, 1 and 2 at step 1"));
  EXPECT_EQ(refusal(model, {0.0, 0.0, 1.0}), "");
}

TEST(Blend, RefusesWeightsThatAreNoMixture) {
  const Model model = three_variables();
  EXPECT_THAT(refusal(model, {0.5, 0.5}), testing::HasSubstr("needs 3 weights, got 2"));
  EXPECT_THAT(refusal(model, {0.5, 0.4, 0.0}), testing::HasSubstr("add up to 1"));
  EXPECT_THAT(refusal(model, {1.5, -0.5, 0.0}), testing::HasSubstr("at least 0, got -0.5"));
  EXPECT_THAT(refusal(model, {std::numeric_limits<double>::quiet_NaN(), 1.0, 0.0}),
              testing::HasSubstr("at least 0"));
}

TEST(Blend, RefusesACoordNet) {
  Model model = three_variables();
  model.network.architecture = Architecture::coordnet;
  EXPECT_THAT(refusal(model, {0.5, 0.5, 0.0}), testing::HasSubstr("no latent vectors"));
}

TEST(BlendSeries, RunsFromOneVariableToTheOther) {
  const Model model = three_variables();
  const auto series = blend_series(model, 0, 1, 5, {});
  ASSERT_EQ(series.size(), 5U);
  EXPECT_EQ(series[0].info().name, "a_b_000");
  EXPECT_EQ(series[4].info().name, "a_b_004");
  EXPECT_THAT(series[0].latent, testing::ElementsAre(1.0F, 0.0F));
  EXPECT_THAT(series[1].latent, testing::ElementsAre(0.75F, 0.5F));
  EXPECT_THAT(series[4].latent, testing::ElementsAre(0.0F, 2.0F));
  EXPECT_EQ(series[4].trained.ranges.at(0.0), (ValueRange{100.0, 200.0}));
  EXPECT_EQ(blend_series(model, 1, 1, 2, {})[0].latent, blend_series(model, 0, 1, 2, {})[1].latent);
  EXPECT_THROW((void)blend_series(model, 0, 3, 2, {}), ValueError);
  EXPECT_THROW((void)blend_series(model, 0, 1, 1, {}), ValueError);
}

}  // namespace
}  // namespace stsr

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "inference/fake_network.h"
#include "stsr/base/error.h"
#include "stsr/inference/field_output.h"
#include "stsr/inference/network_field.h"

namespace stsr {
namespace {

/// Three variables with latents 1, 3, 4; what the decoder gives is phi / 8 + t / 16.
struct ThreeVariables {
  std::vector<TrainedVariable> variables{
      reduced_variable("a", {5, 5, 5}, {2, 2, 2}, 2, 0.0, 10.0),
      reduced_variable("b", {5, 5, 5}, {2, 2, 2}, 2, 100.0, 200.0),
      reduced_variable("c", {7, 5, 5}, {2, 2, 2}, 2, -1.0, 1.0)};
  [[nodiscard]] std::shared_ptr<const NetworkField> field() const {
    return fake_field({BlockMode::shared_faces, {2, 2, 2}}, variables, {1.0F, 3.0F, 4.0F},
                      [](std::span<const float> latent) {
                        return std::make_shared<FakeDecoder>(
                            [phi = latent[0]](std::span<const float> c, std::size_t) {
                              return phi / 8.0F + c[0] / 16.0F;
                            });
                      });
  }
  [[nodiscard]] std::string refusal(const std::vector<double>& weights) const {
    try {
      (void)field()->mixture(weights, "mix");
    } catch (const ValueError& error) {
      return error.what();
    }
    return "";
  }
};

/// The values of a field's first variable on the grid before the reduction.
std::vector<float> volume_of(const Field& field, double time) {
  const OutputGrid grid = output_grid(field.variables()[0], {});
  std::vector<float> values(grid.grid.dims.count());
  field.step(0, time, grid, values);
  return values;
}

TEST(Mixture, MixesLatentsAndRanges) {
  ThreeVariables three;
  three.variables[0].info.unit = "K";
  three.variables[1].info.unit = "K";
  const auto mix = three.field()->mixture(std::vector{0.75, 0.25, 0.0}, "mix");
  EXPECT_EQ(mix->variables()[0].name, "mix");
  EXPECT_EQ(mix->variables()[0].unit, "K");
  // phi = 1.5; range 25 to 57.5; at the first time t = -1.
  const double u = 1.5 / 8.0 - 1.0 / 16.0;
  EXPECT_THAT(volume_of(*mix, 0.0),
              testing::Each(testing::FloatEq(static_cast<float>(25.0 + 0.5 * (u + 1.0) * 32.5))));
  three.variables[1].info.unit = "Pa";
  EXPECT_EQ(three.field()->mixture(std::vector{0.5, 0.5, 0.0}, "mix")->variables()[0].unit, "");
}

TEST(Mixture, MixesPerStepRangesStepByStep) {
  ThreeVariables three;
  three.variables[0].ranges = {RangeMode::per_step, {0.0, 1.0}, {{0, 2}, {4, 8}}};
  three.variables[1].ranges = {RangeMode::per_step, {0.0, 1.0}, {{10, 20}, {0, 0}}};
  const auto mix = three.field()->mixture(std::vector{0.5, 0.5, 0.0}, "mix");
  const auto value = [](double low, double high, double t) {
    return testing::Each(testing::FloatEq(
        static_cast<float>(low + 0.5 * (2.0 / 8.0 + t / 16.0 + 1.0) * (high - low))));
  };
  EXPECT_THAT(volume_of(*mix, 0.0), value(5.0, 11.0, -1.0));
  EXPECT_THAT(volume_of(*mix, 0.5), value(3.5, 7.5, 0.0));
  three.variables[1].ranges = {RangeMode::global, {}, {{0, 1}}};
  EXPECT_THAT(three.refusal({0.5, 0.5, 0.0}), testing::HasSubstr("value range"));
}

TEST(Mixture, IsMissingWhereAnyOfThemIs) {
  ThreeVariables three;
  three.variables[0].missing.steps = {{1, 0, 0, 0}};                // sample 0
  three.variables[1].missing.steps = {{0, 2, 0, 0}, {0, 0, 4, 0}};  // samples 9 and 18
  const auto missing = [&](const std::vector<double>& weights, double time) {
    const auto mix = three.field()->mixture(weights, "mix");
    const VariableInfo& info = mix->variables()[0];
    std::vector<float> values(27);
    mix->step(0, time, output_grid(info, {.dims = info.grid.dims}), values);
    std::vector<std::size_t> samples;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (std::isnan(values[i])) samples.push_back(i);
    return samples;
  };
  EXPECT_THAT(missing({0.5, 0.5, 0.0}, 0.0), testing::ElementsAre(0, 9));
  EXPECT_THAT(missing({0.5, 0.5, 0.0}, 1.0), testing::ElementsAre(0, 18));
  EXPECT_THAT(missing({0.0, 1.0, 0.0}, 0.0), testing::ElementsAre(9));
}

TEST(Mixture, RefusesVariablesThatDifferNamingBoth) {
  ThreeVariables three;
  EXPECT_THAT(three.refusal({0.5, 0.0, 0.5}),
              testing::AllOf(testing::HasSubstr("'a' and 'c'"),
                             testing::HasSubstr("3 x 3 x 3 and 4 x 3 x 3")));
  three.variables[1].info.times = {0.0, 2.0};
  EXPECT_THAT(three.refusal({0.5, 0.5, 0.0}), testing::HasSubstr("kept times, 1 and 2 at step 1"));
  EXPECT_EQ(three.refusal({0.0, 0.0, 1.0}), "");
}

TEST(Mixture, RefusesWeightsThatAreNoMixture) {
  const ThreeVariables three;
  EXPECT_THAT(three.refusal({0.5, 0.5}), testing::HasSubstr("needs 3 weights, got 2"));
  EXPECT_THAT(three.refusal({0.5, 0.4, 0.0}), testing::HasSubstr("add up to 1"));
  EXPECT_THAT(three.refusal({1.5, -0.5, 0.0}), testing::HasSubstr("at least 0, got -0.5"));
  EXPECT_THAT(three.refusal({std::numeric_limits<double>::quiet_NaN(), 1.0, 0.0}),
              testing::HasSubstr("at least 0"));
}

TEST(BlendSeries, RunsFromOneVariableToTheOther) {
  const auto field = ThreeVariables().field();
  const auto series = blend_series(*field, 0, 1, 5, {});
  ASSERT_EQ(series.size(), 5U);
  EXPECT_EQ(series[0].info().name, "a_b_000");
  EXPECT_EQ(series[4].info().name, "a_b_004");
  EXPECT_EQ(series[0].info().grid.dims, (Dims{5, 5, 5}));
  const auto value = [&](std::size_t i) { return volume_of(*series[i].field, 1.0).front(); };
  EXPECT_FLOAT_EQ(value(0), 0.5F * (1.0F / 8 + 1.0F / 16 + 1.0F) * 10.0F);
  EXPECT_FLOAT_EQ(value(4), 100.0F + 0.5F * (3.0F / 8 + 1.0F / 16 + 1.0F) * 100.0F);
  EXPECT_FLOAT_EQ(value(2), 50.0F + 0.5F * (2.0F / 8 + 1.0F / 16 + 1.0F) * 55.0F);
  EXPECT_THROW((void)blend_series(*field, 0, 3, 2, {}), ValueError);
  EXPECT_THROW((void)blend_series(*field, 0, 1, 1, {}), ValueError);
}

/// A real network, and its variables of different grids.
Model random_model(const BlockConfig& blocks) {
  Model model;
  model.network.width = 16;
  model.network.residual_blocks = 1;
  model.network.latent_length = 4;
  model.blocks = blocks;
  model.variables = {reduced_variable("a", {13, 9, 7}, {2, 3, 1}, 3, -2.0, 5.0),
                     reduced_variable("b", {8, 12, 5}, {1, 2, 2}, 2, 10.0, 11.0)};
  model.variables[0].info.grid.origin = {4.0, -3.0, 100.0};
  model.variables[0].info.grid.spacing = {0.5, 2.0, 0.125};
  const NetworkPlan plan = model.plan();
  model.parameters.resize(plan.layout.size());
  initialise_parameters(plan, 3, model.parameters);
  return model;
}

TEST(NetworkField, PointsHaveTheValuesOfTheGrid) {
  const std::vector<BlockConfig> all{{BlockMode::shared_faces, {2, 2, 2}},
                                     {BlockMode::shared_faces, {3, 1, 2}},
                                     {BlockMode::paper, {2, 2, 1}}};
  for (const BlockConfig& blocks : all) {
    Model model = random_model(blocks);
    model.variables[0].missing.steps.assign(1, std::vector<std::uint8_t>(19, 0));  // 7 x 3 x 7
    model.variables[0].missing.steps[0][2] = 1U << 3U;
    const NetworkField field(model);
    for (std::size_t variable = 0; variable < 2; ++variable) {
      const VariableInfo& info = field.variables()[variable];
      const OutputGrid grid = output_grid(info, {.dims = Dims{11, 6, 9}});
      std::vector<float> volume(grid.grid.dims.count());
      field.step(variable, 0.7, grid, volume);
      // In an order that has nothing to do with the blocks.
      std::vector<Point> points;
      std::vector<std::size_t> samples;
      for (std::size_t k = 0; k < volume.size(); ++k) {
        const std::size_t i = k * 7919 % volume.size();
        samples.push_back(i);
        points.push_back({0.7, grid.grid.position(2, static_cast<double>(i / 66)),
                          grid.grid.position(1, static_cast<double>(i / 11 % 6)),
                          grid.grid.position(0, static_cast<double>(i % 11))});
      }
      std::vector<float> values(points.size());
      field.evaluate(points, variable, values);
      std::size_t missing = 0;
      for (std::size_t k = 0; k < values.size(); ++k) {
        missing += std::isnan(values[k]) ? 1 : 0;
        if (std::isnan(volume[samples[k]])) {
          EXPECT_TRUE(std::isnan(values[k])) << samples[k];
        } else {
          EXPECT_NEAR(values[k], volume[samples[k]], 2e-5) << samples[k];
        }
      }
      EXPECT_EQ(missing > 0, variable == 0);
    }
  }
}

TEST(NetworkField, PointsOutsideOfTheDataAreMissingAndTimesAreExtrapolated) {
  const NetworkField field(random_model({BlockMode::shared_faces, {2, 2, 2}}));
  // x: 4 to 4 + 6 * 0.5; y: -3 to -3 + 8/3 * 2; z: 100 to 100 + 6 * 0.125.
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::pair<Point, bool>> cases{
      {{0.5, 100.3, 0.0, 4.0}, true},   {{0.5, 100.3, 0.0, 7.0}, true},
      {{0.5, 100.3, 0.0, 3.99}, false}, {{0.5, 100.3, 0.0, 7.01}, false},
      {{0.5, 99.9, 0.0, 5.0}, false},   {{0.5, 100.75, -3.0, 5.0}, true},
      {{0.5, 100.3, 2.3, 5.0}, true},   {{0.5, 100.3, 2.4, 5.0}, false},
      {{-3.0, 100.3, 0.0, 5.0}, true},  {{9.0, 100.3, 0.0, 5.0}, true},
      {{nan, 100.3, 0.0, 5.0}, false},  {{0.5, nan, 0.0, 5.0}, false}};
  std::vector<Point> points;
  for (const auto& [point, inside] : cases) points.push_back(point);
  std::vector<float> values(points.size());
  field.evaluate(points, 0, values);
  for (std::size_t i = 0; i < cases.size(); ++i)
    EXPECT_EQ(!std::isnan(values[i]), cases[i].second) << i;
}

TEST(NetworkField, RefusesWhatIsNotThere) {
  const NetworkField field(random_model({BlockMode::shared_faces, {2, 2, 2}}));
  std::vector<float> values(2);
  const std::vector<Point> points(2);
  EXPECT_THROW(field.evaluate(points, 2, values), ValueError);
  EXPECT_THROW(field.evaluate(points, 0, std::span(values).first(1)), ShapeError);
  const OutputGrid grid = output_grid(field.variables()[0], {});
  EXPECT_THROW(field.step(0, 0.0, grid, values), ShapeError);
  std::vector<float> volume(grid.grid.dims.count());
  EXPECT_THROW(field.step(2, 0.0, grid, volume), ValueError);
  EXPECT_THROW((void)field.pieces(2, grid, 10), ValueError);
  for (const double time :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    EXPECT_THROW(field.step(0, time, grid, volume), ValueError) << time;
}

TEST(NetworkField, SharesItsWeightsWithItsMixtures) {
  const ThreeVariables three;
  const auto evaluator = std::make_shared<FakeEvaluator>([](std::span<const float>) {
    return std::make_shared<FakeDecoder>([](std::span<const float>, std::size_t) { return 0.0F; });
  });
  const NetworkField field(
      fake_model({BlockMode::shared_faces, {1, 1, 1}}, three.variables, {1, 2, 3}), evaluator);
  EXPECT_EQ(evaluator->made, 3);
  const auto mix = field.mixture(std::vector{0.5, 0.5, 0.0}, "mix");
  EXPECT_EQ(evaluator->made, 4);
  EXPECT_NE(mix->fingerprint(), field.fingerprint());
  EXPECT_NE(mix->fingerprint(), field.mixture(std::vector{0.4, 0.6, 0.0}, "mix")->fingerprint());
}

TEST(NetworkField, AVariableOfACoordNetIsTheOutputOfItsNumber) {
  Model model;
  model.network.architecture = Architecture::coordnet;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.blocks.split = {1, 1, 1};
  for (const double low : {0.0, 10.0, 20.0})
    model.variables.push_back(
        reduced_variable(fmt::format("at {}", low), {5, 4, 3}, {2, 1, 1}, 2, low, low + 2.0));
  model.parameters.resize(model.plan().layout.size());
  initialise_parameters(model.plan(), 4, model.parameters);
  const NetworkField field(model);
  EXPECT_TRUE(field.evaluated_together(0, 2));
  EXPECT_THROW((void)field.mixture(std::vector{0.5, 0.5, 0.0}, "mix"), ValueError);

  // The sample in the middle of x and y, at the far end of z and of time.
  const std::vector<float> place{1.0F, 1.0F, -1.0F / 3.0F, 0.0F};
  const std::vector<std::size_t> heads{0, 1, 2};
  std::vector<float> values(3);
  make_cpu_evaluator(model.plan(), model.parameters)->decoder({})->evaluate(place, heads, values);
  EXPECT_NE(values[0], values[2]);
  const OutputGrid grid = output_grid(field.variables()[0], {});
  std::vector<float> volumes(2 * 60);
  field.sample(std::vector<std::size_t>{2, 0}, 1.0, grid, GridSelection::all({5, 4, 3}), volumes);
  const std::size_t sample = (2 * 4 + 1) * 5 + 2;
  EXPECT_NEAR(volumes[sample], 21.0F + values[2], 1e-5F);
  EXPECT_NEAR(volumes[60 + sample], 1.0F + values[0], 1e-5F);
  const std::vector<Point> point{{1.0, 2.0, 1.0, 2.0}};
  std::vector<float> value(1);
  field.evaluate(point, 2, value);
  EXPECT_NEAR(value[0], 21.0F + values[2], 1e-5F);
}

}  // namespace
}  // namespace stsr

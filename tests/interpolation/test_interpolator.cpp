#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/interpolation/interpolator.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

/// A coarse variable in memory whose reads are counted.
struct Memory {
  VariableInfo info;
  std::vector<std::vector<float>> steps;
  std::vector<std::size_t> reads = {};

  [[nodiscard]] StepReader reader() {
    return [this](std::size_t step) {
      reads.push_back(step);
      return steps.at(step);
    };
  }
};

Memory random_memory(Dims dims, std::vector<double> times) {
  Memory memory{{"p", "Pa", {dims, {1, 1, 1}, {0, 0, 0}}, std::move(times), {}}, {}};
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (std::size_t t = 0; t < memory.info.times.size(); ++t) {
    memory.steps.emplace_back(dims.count());
    for (float& value : memory.steps.back()) value = normal(random);
  }
  return memory;
}

TEST(Interpolator, AgreesWithScipy) {
  std::ifstream file(std::string(STSR_GOLDEN_DIR) + "/interpolation.json");
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_EQ(cases.size(), 12U);
  for (const auto& c : cases) {
    SCOPED_TRACE(c["name"].get<std::string>());
    Memory coarse{
        {"p", "", {{c["dims"][0], c["dims"][1], c["dims"][2]}, {1, 1, 1}, {0, 0, 0}}, {0.0}, {}},
        {c["values"].get<std::vector<float>>()}};
    OutputGrid output;
    output.positions = c["positions"].get<std::array<std::vector<double>, 3>>();
    output.grid.dims = {output.positions[0].size(), output.positions[1].size(),
                        output.positions[2].size()};
    output.grid.spacing = c["spacing"].get<std::array<double, 3>>();
    output.times = {0.0};
    Interpolator interpolator(
        coarse.info, output,
        {enum_from_name<Registration>(c["registration"].get<std::string>(), "registration"),
         enum_from_name<InterpolationKernel>(c["kernel"].get<std::string>(), "kernel")},
        coarse.reader());
    const std::vector<float> values = interpolator.step(0);
    const auto expected = c["expected"].get<std::vector<double>>();
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(values[i], expected[i], 1e-6) << "value " << i;
  }
}

TEST(Interpolator, KeptSamplesComeBackAndTheLastStepIsHeld) {
  VariableInfo fine{"p", "Pa", {{11, 9, 5}, {1, 1, 1}, {0, 0, 0}}, {0, 1, 2, 3, 4, 5}, {}};
  Memory coarse = random_memory({6, 5, 3}, {0, 2, 4});
  coarse.info = reduce_info(fine, {2, 2, 2}, 1);
  for (const auto kernel : {InterpolationKernel::linear, InterpolationKernel::catmull_rom,
                            InterpolationKernel::b_spline}) {
    Interpolator interpolator(coarse.info, output_grid(coarse.info, {}),
                              {Registration::aligned, kernel}, coarse.reader());
    EXPECT_EQ(interpolator.info().times, fine.times);
    EXPECT_EQ(interpolator.info().grid, fine.grid);
    for (std::size_t t = 0; t < 3; ++t) {
      const Volume volume{fine.grid, interpolator.step(2 * t)};
      const std::vector<float> back = reduce_volume(volume, {2, 2, 2}).values;
      for (std::size_t i = 0; i < back.size(); ++i) EXPECT_NEAR(back[i], coarse.steps[t][i], 1e-6);
    }
    EXPECT_EQ(interpolator.step(5), interpolator.step(4));
    const std::vector<float> before = interpolator.step(0);
    const std::vector<float> between = interpolator.step(1);
    const std::vector<float> after = interpolator.step(2);
    for (std::size_t i = 0; i < between.size(); ++i)
      EXPECT_NEAR(between[i], 0.5 * (before[i] + after[i]), 1e-6);
  }
}

TEST(Interpolator, BlendsByTimeNotByIndex) {
  Memory coarse{{"p", "", {{1, 1, 1}, {1, 1, 1}, {0, 0, 0}}, {0.0, 1.0, 11.0}, {}},
                {{0.0F}, {10.0F}, {20.0F}}};
  Interpolator interpolator(
      coarse.info,
      output_grid(coarse.info, {.times = {{-5.0, 0.25, 3.5, 11.0, 99.0}}, .extrapolate = true}), {},
      coarse.reader());
  std::vector<float> values;
  for (std::size_t t = 0; t < 5; ++t) values.push_back(interpolator.step(t).front());
  EXPECT_THAT(values, testing::Pointwise(testing::FloatEq(), {0.0F, 2.5F, 12.5F, 20.0F, 20.0F}));
}

TEST(Interpolator, HalfPixelIsWhatImageResizersDo) {
  Memory coarse{{"p", "", {{20, 1, 1}, {0.5, 1, 1}, {3.0, 0, 0}}, {0.0}, {}},
                {{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4}}};
  const InterpolationConfig config{Registration::half_pixel, InterpolationKernel::b_spline};
  Interpolator interpolator(
      coarse.info, output_grid(coarse.info, {.space = {{2.0, 2.0, 2.0}}, .half_pixel = true}),
      config, coarse.reader());
  const Grid grid = interpolator.info().grid;
  EXPECT_EQ(grid.dims, (Dims{40, 1, 1}));
  EXPECT_EQ(grid.spacing[0], 0.25);
  EXPECT_EQ(grid.origin[0], 3.0 - 0.125);  // a quarter of a cell before the first sample
  // scipy.ndimage.zoom(values, 2, order=3, mode="nearest", grid_mode=True)[14:26]: far from the
  // border, at which the splines of the two differ.
  const std::vector<float> expected{4.759864F, 6.499612F, 5.769536F, 4.242664F,
                                    3.161991F, 3.170356F, 4.254376F, 5.779037F,
                                    7.304882F, 8.604121F, 9.197971F, 8.413855F};
  const std::vector<float> values = interpolator.step(0);
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(values[14 + i], expected[i], 2e-3) << i;
}

TEST(Interpolator, ReadsEveryCoarseStepOnceInOrder) {
  Memory coarse = random_memory({4, 4, 4}, {0, 1, 2, 3, 4});
  Interpolator interpolator(coarse.info, output_grid(coarse.info, {.time = 3.0}), {},
                            coarse.reader());
  for (std::size_t t = 0; t < interpolator.info().times.size(); ++t) (void)interpolator.step(t);
  EXPECT_THAT(coarse.reads, testing::ElementsAre(0, 1, 2, 3, 4));
}

TEST(Interpolator, GivesTheSameBitsForAnyThreadCount) {
  Memory coarse = random_memory({9, 8, 7}, {0, 1});
  const OutputGrid output = output_grid(coarse.info, {.space = {{1.7, 2.3, 3.1}}, .time = 1.0});
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 5}) {
    set_thread_count(threads);
    Interpolator interpolator(coarse.info, output, {}, coarse.reader());
    results.push_back(interpolator.step(1));
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

TEST(Interpolator, IsMissingOnlyWhereTheNearestSampleIs) {
  Memory coarse = random_memory({6, 1, 1}, {0, 1});
  coarse.steps[0] = {1, 1, nan_value, 1, 1, 1};
  coarse.steps[1] = {3, 3, 3, 3, 3, nan_value};
  Interpolator interpolator(
      coarse.info, output_grid(coarse.info, {.dims = Dims{21, 1, 1}, .times = {{0.0, 0.5, 1.0}}}),
      {}, coarse.reader());
  const std::array<float, 3> expected{1.0F, 2.0F, 3.0F};
  for (std::size_t t = 0; t < 3; ++t) {
    const std::vector<float> values = interpolator.step(t);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double position = static_cast<double>(i) / 4.0;
      const bool first_missing = position >= 1.5 && position < 2.5 && t < 2;
      const bool second_missing = position >= 4.5 && t > 0;
      if (first_missing || second_missing)
        EXPECT_TRUE(std::isnan(values[i])) << position << " at " << t;
      else
        EXPECT_FLOAT_EQ(values[i], expected[t]) << position << " at " << t;
    }
  }
}

TEST(Interpolator, SaysWhatIsWrong) {
  Memory coarse = random_memory({3, 3, 3}, {0, 1});
  coarse.steps[1].pop_back();
  Interpolator interpolator(coarse.info, output_grid(coarse.info, {}), {}, coarse.reader());
  EXPECT_THROW((void)interpolator.step(2), ValueError);
  EXPECT_NO_THROW((void)interpolator.step(0));
  try {
    (void)interpolator.step(1);
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("time step 1: 26 values for 3 x 3 x 3"));
  }
  VariableInfo empty = coarse.info;
  empty.times.clear();
  EXPECT_THROW(Interpolator(empty, OutputGrid{}, {}, coarse.reader()), ValueError);
}

}  // namespace
}  // namespace stsr

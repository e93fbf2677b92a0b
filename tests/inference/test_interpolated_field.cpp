// TL as a field: what its points give is what its grids give, which test_interpolator.cpp holds
// against scipy.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/inference/interpolated_field.h"

namespace stsr {
namespace {

VariableInfo coarse_variable() {
  VariableInfo info;
  info.name = "v";
  info.grid = {{7, 5, 4}, {0.5, 2.0, 1.0}, {-1.0, 10.0, 0.25}};
  info.times = {0.0, 1.0, 4.0, 5.0};
  return info;
}

std::vector<float> values_of(std::size_t step) {
  std::vector<float> values(140);
  RandomStream{11, RandomUse::tests, step}.fill_uniform(values, -1.0F, 1.0F);
  if (step == 2) values[33] = std::numeric_limits<float>::quiet_NaN();
  return values;
}

InterpolatedField field(InterpolationKernel kernel = InterpolationKernel::b_spline) {
  return {{coarse_variable()}, {.kernel = kernel}, {values_of}, "values"};
}

TEST(InterpolatedField, PointsHaveTheValuesOfTheGrid) {
  for (const auto& [kernel, name] : EnumNames<InterpolationKernel>::values) {
    const InterpolatedField tl = field(kernel);
    const OutputGrid grid = output_grid(tl.variables()[0], {.dims = Dims{9, 6, 5}});
    // All times at once, so that points of different intervals mix.
    std::vector<Point> points;
    std::vector<float> expected;
    for (const double time : {0.0, 0.3, 4.0, 2.5, 4.9, 5.0, 7.0, -1.0}) {
      std::vector<float> volume(grid.grid.dims.count());
      tl.step(0, time, grid, volume);
      expected.insert(expected.end(), volume.begin(), volume.end());
      for (std::size_t i = 0; i < volume.size(); ++i)
        points.push_back({time, grid.grid.position(2, static_cast<double>(i / 54)),
                          grid.grid.position(1, static_cast<double>(i / 9 % 6)),
                          grid.grid.position(0, static_cast<double>(i % 9))});
    }
    std::vector<float> values(points.size());
    tl.evaluate(points, 0, values);
    std::size_t missing = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      missing += std::isnan(expected[i]) ? 1 : 0;
      ASSERT_EQ(std::isnan(values[i]), std::isnan(expected[i])) << name << ' ' << i;
      if (!std::isnan(expected[i])) {
        ASSERT_NEAR(values[i], expected[i], 1e-6) << name << ' ' << i;
      }
    }
    EXPECT_GT(missing, 0U);
  }
}

TEST(InterpolatedField, ThePieceDoesNotMatter) {
  const InterpolatedField tl = field();
  const OutputGrid grid = output_grid(tl.variables()[0], {.dims = Dims{9, 6, 5}});
  std::vector<float> whole(270);
  tl.step(0, 2.5, grid, whole);
  for (const std::size_t size : {1U, 20U, 100U, 1000U}) {
    std::size_t seen = 0;
    for (const GridSelection& piece : tl.pieces(0, grid, size)) {
      std::vector<float> part(piece.dims().count());
      EXPECT_LE(part.size(), std::max<std::size_t>(size, 9));
      tl.step(0, 2.5, grid, piece, part);
      auto value = part.begin();
      for (const std::size_t z : piece.indices[2])
        for (const std::size_t y : piece.indices[1])
          for (const std::size_t x : piece.indices[0]) {
            const float expected = whole[(z * 6 + y) * 9 + x];
            ASSERT_TRUE(*value == expected || (std::isnan(*value) && std::isnan(expected)));
            ++value;
            ++seen;
          }
    }
    EXPECT_EQ(seen, whole.size());
  }
}

TEST(InterpolatedField, OutsideOfTheDataNothingIsThere) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Point> points{{0.5, 1.0, 12.0, 0.0}, {0.5, 1.0, 12.0, 2.1},
                                  {0.5, 1.0, 9.9, 0.0},  {0.5, 3.3, 12.0, 0.0},
                                  {nan, 1.0, 12.0, 0.0}, {0.5, 1.0, nan, 0.0}};
  std::vector<float> values(points.size());
  field().evaluate(points, 0, values);
  EXPECT_TRUE(std::isfinite(values[0]));
  for (std::size_t i = 1; i < values.size(); ++i) EXPECT_TRUE(std::isnan(values[i])) << i;
}

TEST(InterpolatedField, RefusesWhatItHasNoValuesFor) {
  const InterpolatedField tl = field();
  const OutputGrid grid = output_grid(tl.variables()[0], {});
  std::vector<float> volume(grid.grid.dims.count());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(tl.step(0, nan, grid, volume), ValueError);
  EXPECT_THROW((void)tl.pieces(1, grid, 10), ValueError);
  const InterpolatedField resized({coarse_variable()}, {.registration = Registration::half_pixel},
                                  {values_of}, "values");
  EXPECT_NO_THROW(resized.step(0, 0.5, grid, volume));
  std::vector<float> value(1);
  EXPECT_THROW(resized.evaluate(std::vector<Point>{{0.5, 1.0, 12.0, 0.0}}, 0, value), ValueError);
}

TEST(InterpolatedField, NeedsSamplesOfEveryVariable) {
  EXPECT_THROW(InterpolatedField({coarse_variable()}, {}, {}, ""), ShapeError);
  const InterpolatedField short_step({coarse_variable()}, {},
                                     {[](std::size_t) { return std::vector<float>(139); }}, "");
  std::vector<float> value(1);
  EXPECT_THROW(short_step.evaluate(std::vector<Point>{{0.5, 1.0, 12.0, 0.0}}, 0, value),
               ShapeError);
}

}  // namespace
}  // namespace stsr

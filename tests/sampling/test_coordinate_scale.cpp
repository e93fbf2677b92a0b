#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "stsr/sampling/coordinate_scale.h"

namespace stsr {
namespace {

constexpr double pi = std::numbers::pi;

/// Whole periods of a sine along x, along y, and in time; constant along z.
Sequence waves(double periods_x, double periods_y, double periods_t) {
  Sequence sequence;
  sequence.info.name = "v";
  sequence.info.grid.dims = {48, 36, 6};
  for (std::size_t t = 0; t < 24; ++t) {
    sequence.info.times.push_back(0.5 * static_cast<double>(t));
    std::vector<float>& values = sequence.steps.emplace_back();
    for (std::size_t z = 0; z < 6; ++z)
      for (std::size_t y = 0; y < 36; ++y)
        for (std::size_t x = 0; x < 48; ++x)
          values.push_back(static_cast<float>(
              100.0 + std::sin(2.0 * pi * periods_x * static_cast<double>(x) / 48.0) +
              std::sin(2.0 * pi * periods_y * static_cast<double>(y) / 36.0) +
              std::sin(2.0 * pi * periods_t * static_cast<double>(t) / 24.0)));
  }
  return sequence;
}

const BlockConfig eight_blocks{BlockMode::shared_faces, {2, 2, 2}};

CoordinateScale scale_of(const Sequence& sequence, const BlockConfig& blocks = eight_blocks) {
  const std::vector<StoredSequence> all{sequence};
  return coordinate_scale(all, blocks);
}

/// Variation per unit of a coordinate that spans `intervals` samples in [-1, 1], of a sine that has
/// a third of the variance.
double expected(double periods, double samples, double intervals) {
  return std::sqrt(1.0 / 3.0) * 2.0 * std::sin(pi * periods / samples) * intervals / 2.0;
}

TEST(CoordinateScale, FollowsTheWavenumberAlongEachAxis) {
  const CoordinateScale scale = scale_of(waves(3.0, 1.0, 2.0));
  // 2 blocks an axis: 24 and 18 intervals; the time span has 23.
  const double x = expected(3.0, 48.0, 24.0);
  const double y = expected(1.0, 36.0, 18.0);
  const double t = expected(2.0, 24.0, 23.0);
  EXPECT_NEAR(scale.space[1] / scale.space[0], y / x, 0.03 * y / x);
  EXPECT_NEAR(scale.time / scale.space[0], t / x, 0.03 * t / x);
  ASSERT_GT(t, x);
  EXPECT_NEAR(scale.time, 1.0, 1e-12) << "the fastest";
  EXPECT_NEAR(scale.space[2], 0.02, 1e-12) << "nothing varies along z";
}

TEST(CoordinateScale, LeavesAtMostFiveRadiansAUnit) {
  BlockConfig whole;
  whole.split = {1, 1, 1};
  const CoordinateScale scale = scale_of(waves(8.0, 1.0, 1.0), whole);
  const double x = expected(8.0, 48.0, 47.0);
  ASSERT_GT(x, 5.0);
  EXPECT_NEAR(scale.space[0], x / 5.0, 0.03 * x / 5.0);
}

TEST(CoordinateScale, CountsTimeInItsOwnUnitAndTheWholeSpan) {
  Sequence kept = waves(1.0, 1.0, 2.0);
  const double before = scale_of(kept).time;
  for (double& time : kept.info.times) time *= 7.0;
  EXPECT_NEAR(scale_of(kept).time, before, 1e-9);
}

TEST(CoordinateScale, IsThatOfValuesThatArePresent) {
  Sequence holes = waves(3.0, 1.0, 2.0);
  const CoordinateScale whole = scale_of(holes);
  for (auto& step : holes.steps)
    for (std::size_t i = 0; i < step.size(); i += 9)
      step[i] = std::numeric_limits<float>::quiet_NaN();
  const CoordinateScale scale = scale_of(holes);
  EXPECT_NEAR(scale.space[1], whole.space[1], 0.03 * whole.space[1]);
  EXPECT_NEAR(scale.time, whole.time, 0.03 * whole.time);
}

TEST(CoordinateScale, IsOneWhereNothingVaries) {
  Sequence constant = waves(1.0, 1.0, 1.0);
  for (auto& step : constant.steps) step.assign(step.size(), 4.0F);
  const CoordinateScale scale = scale_of(constant);
  EXPECT_EQ(scale.space, (std::array<double, 3>{1.0, 1.0, 1.0}));
  EXPECT_EQ(scale.time, 1.0);
}

TEST(CoordinateScale, IsTheRootMeanSquareOverVariables) {
  const Sequence fast = waves(3.0, 1.0, 2.0);
  Sequence constant = fast;
  for (auto& step : constant.steps) step.assign(step.size(), 4.0F);
  const std::vector<StoredSequence> both{fast, constant};
  const CoordinateScale scale = coordinate_scale(both, eight_blocks);
  const CoordinateScale alone = scale_of(fast);
  EXPECT_NEAR(scale.space[1], alone.space[1], 1e-12) << "the same shape";
}

}  // namespace
}  // namespace stsr

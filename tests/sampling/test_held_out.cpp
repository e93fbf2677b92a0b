#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "stsr/sampling/held_out.h"

namespace stsr {
namespace {

Sequence sequence_of(const Dims& dims, std::size_t steps) {
  Sequence sequence;
  sequence.info.name = "v";
  sequence.info.grid.dims = dims;
  for (std::size_t t = 0; t < steps; ++t) {
    sequence.info.times.push_back(static_cast<double>(t));
    std::vector<float>& values = sequence.steps.emplace_back();
    for (std::size_t i = 0; i < dims.count(); ++i)
      values.push_back(std::sin(0.3F * static_cast<float>(i % 97) + static_cast<float>(t)));
  }
  return sequence;
}

double share_of(const MissingMap& map, const VariableInfo& info) {
  std::size_t marked = 0;
  for (std::size_t t = 0; t < info.times.size(); ++t)
    for (std::size_t i = 0; i < info.grid.dims.count(); ++i) marked += map.missing(t, i) ? 1 : 0;
  return static_cast<double>(marked) /
         static_cast<double>(info.times.size() * info.grid.dims.count());
}

TEST(HeldOut, EveryTileHasOnePlaneAtAllTimes) {
  const Sequence data = sequence_of({36, 24, 13}, 5);
  const HeldOut held = hold_out(data, 1);
  ASSERT_EQ(held.planes.size(), 3U * 2U * 1U);
  std::array<int, 3> axes{};
  for (const HeldOut::Plane& plane : held.planes) {
    ++axes[plane.axis];
    EXPECT_EQ(plane.high[plane.axis], plane.low[plane.axis] + 1);
    EXPECT_GE(plane.low[plane.axis], 2U);
    EXPECT_LE(plane.high[plane.axis] + 2, data.info.grid.dims[plane.axis]);
    EXPECT_EQ(plane.share, 1.0);
  }
  EXPECT_EQ(axes, (std::array<int, 3>{2, 2, 2})) << "the axes take turns";
  const MissingMap map = held.map(data.info);
  for (const HeldOut::Plane& plane : held.planes)
    for (std::size_t t = 0; t < 5; ++t)
      EXPECT_TRUE(map.missing(t, (plane.low[2] * 24 + plane.low[1]) * 36 + plane.low[0]));
  EXPECT_GT(share_of(map, data.info), 1.0 / 12.0);
  EXPECT_LT(share_of(map, data.info), 1.0 / 12.0 + 0.06 + 0.01);
}

TEST(HeldOut, ThePlaneIsOneOfMeanError) {
  // All error of interpolation lies at x = 6, so that no plane has the mean error but that of
  // x = 6 has the most; the nearest to the mean is one without.
  Sequence data = sequence_of({12, 12, 12}, 1);
  for (std::size_t i = 0; i < data.steps[0].size(); ++i)
    data.steps[0][i] = i % 12 == 6 ? 1.0F : 0.0F;
  const HeldOut held = hold_out(data, 1);
  ASSERT_EQ(held.planes.size(), 1U);
  EXPECT_EQ(held.planes[0].axis, 0U);
  EXPECT_NE(held.planes[0].low[0], 6U);
}

TEST(HeldOut, CubesLieWhereTimeHasNeighbours) {
  const Sequence data = sequence_of({40, 30, 20}, 9);
  const HeldOut held = hold_out(data, 1);
  ASSERT_FALSE(held.cubes.empty());
  for (const HeldOut::Cube& cube : held.cubes) {
    EXPECT_GE(cube.step, 1U);
    EXPECT_LE(cube.step, 7U);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      EXPECT_EQ(cube.high[axis] - cube.low[axis], 16U);
      EXPECT_LE(cube.high[axis], data.info.grid.dims[axis]);
    }
    EXPECT_TRUE(held.map(data.info).missing(cube.step,
                                            (cube.low[2] * 30 + cube.low[1]) * 40 + cube.low[0]));
  }
  const HeldOut other = hold_out(data, 2);
  EXPECT_NE(held.map(data.info), other.map(data.info)) << "another seed";
  EXPECT_EQ(held.map(data.info), hold_out(data, 1).map(data.info));
}

TEST(HeldOut, TheLastPlaneWherePlacesLieBeyondIt) {
  // 24 of 48 samples: the last fine one lies half a sample beyond the last coarse one.
  Sequence fine = sequence_of({48, 48, 48}, 1);
  Sequence data = sequence_of({24, 24, 24}, 1);
  data.info = reduce_info(fine.info, {2, 2, 2}, 0);
  const HeldOut held = hold_out(data, 1);
  std::size_t last = 0;
  for (const HeldOut::Plane& plane : held.planes)
    if (plane.last(data.info.grid.dims)) {
      ++last;
      EXPECT_EQ(plane.low[plane.axis], 23U);
      // One place at a distance of 1/2, beside the 12 between the samples of a tile.
      EXPECT_NEAR(plane.share, 0.25 / 12.0, 1e-12);
    }
  EXPECT_GT(last, 0U);
}

TEST(HeldOut, NoPlanesAcrossAnAxisThatWasNotReduced) {
  const auto axes_of = [](const std::array<std::size_t, 3>& space) {
    Sequence data = sequence_of({24, 24, 13}, 1);
    data.info =
        reduce_info(sequence_of({24 * space[0], 24 * space[1], 13 * space[2]}, 1).info, space, 0);
    std::array<int, 3> axes{};
    for (const HeldOut::Plane& plane : hold_out(data, 1).planes) ++axes[plane.axis];
    return axes;
  };
  const auto two = axes_of({2, 2, 1});
  EXPECT_GT(two[0], 0);
  EXPECT_GT(two[1], 0);
  EXPECT_EQ(two[2], 0);
  const auto none = axes_of({1, 1, 1});
  EXPECT_GT(none[2], 0) << "there is nothing else to hold out";
}

TEST(HeldOut, SmallDataHaveNone) {
  const Sequence data = sequence_of({6, 5, 1}, 2);
  const HeldOut held = hold_out(data, 1);
  EXPECT_TRUE(held.planes.empty());
  EXPECT_TRUE(held.cubes.empty());
  EXPECT_FALSE(held.map(data.info).any());
}

}  // namespace
}  // namespace stsr

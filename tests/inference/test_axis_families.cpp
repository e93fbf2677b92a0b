#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "axis_families.h"

namespace stsr {
namespace {

std::vector<AxisFamily> families_of(const AxisPartition& axis,
                                    const std::vector<double>& positions) {
  std::vector<std::size_t> chosen(positions.size());
  std::iota(chosen.begin(), chosen.end(), 0U);
  return axis_families(axis, positions, chosen);
}

std::vector<double> spaced(std::size_t count, double step) {
  std::vector<double> positions;
  for (std::size_t i = 0; i < count; ++i) positions.push_back(static_cast<double>(i) * step);
  return positions;
}

std::vector<int> times_written(const std::vector<AxisFamily>& families, std::size_t outputs) {
  std::vector<int> count(outputs, 0);
  for (const AxisFamily& family : families) {
    EXPECT_EQ(family.outputs.size(), family.coordinates.size() * family.blocks.size());
    for (const std::size_t output : family.outputs) ++count.at(output);
  }
  return count;
}

TEST(AxisFamilies, IntegerScaleSharesEveryCoordinateButTheEnds) {
  const AxisPartition axis(BlockMode::shared_faces, 9, 2, 1);  // B = 4
  const auto families = families_of(axis, spaced(18, 0.5));    // 0, 0.5, ..., 8.5
  EXPECT_THAT(times_written(families, 18), testing::Each(1));
  ASSERT_EQ(families.size(), 2U);
  EXPECT_THAT(families[0].blocks, testing::ElementsAre(0, 1));
  EXPECT_THAT(families[0].coordinates,
              testing::ElementsAre(-1.0F, -0.75F, -0.5F, -0.25F, 0.0F, 0.25F, 0.5F, 0.75F));
  EXPECT_THAT(std::vector(families[0].outputs.begin(), families[0].outputs.begin() + 4),
              testing::ElementsAre(0, 8, 1, 9));
  EXPECT_THAT(families[1].blocks, testing::ElementsAre(1));
  EXPECT_THAT(families[1].coordinates, testing::ElementsAre(1.0F, 1.25F));
  EXPECT_THAT(families[1].outputs, testing::ElementsAre(16, 17));
}

TEST(AxisFamilies, OtherScalesKeepEveryOutputOnceWithItsOwner) {
  for (const BlockMode mode : {BlockMode::shared_faces, BlockMode::paper})
    for (const double step : {1.0 / 3.0, 0.4, 1.0 / 1.75, 0.0371, 1.0, 1.9})
      for (const std::size_t blocks : {1U, 2U, 4U, 8U}) {
        const AxisPartition axis(mode, 23, blocks, 2);
        const auto positions = spaced(static_cast<std::size_t>(22.0 / step) + 1, step);
        const auto families = families_of(axis, positions);
        EXPECT_THAT(times_written(families, positions.size()), testing::Each(1));
        for (const AxisFamily& family : families)
          for (std::size_t i = 0; i < family.outputs.size(); ++i) {
            const std::size_t block = family.blocks[i % family.blocks.size()];
            const double position = positions[family.outputs[i]];
            EXPECT_EQ(axis.owner(position), block);
            EXPECT_NEAR(axis.local(position, block), family.coordinates[i / family.blocks.size()],
                        1e-6);
          }
      }
}

TEST(AxisFamilies, PositionsOffByRoundingShareARow) {
  const AxisPartition axis(BlockMode::shared_faces, 101, 4, 1);
  std::vector<double> positions = spaced(301, 1.0 / 3.0);
  for (std::size_t i = 0; i < positions.size(); ++i) positions[i] += (i % 2 == 0 ? 1e-12 : -1e-12);
  const auto families = families_of(axis, positions);
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].coordinates.size(), 75U);  // 25 intervals of 3, in all four blocks
  EXPECT_EQ(families[1].coordinates.size(), 1U);   // the end
}

TEST(AxisFamilies, OutputsAtOnePlaceAreKeptApart) {
  const AxisPartition axis(BlockMode::shared_faces, 5, 2, 1);
  const auto families = families_of(axis, {1.0, 1.0, 3.0});
  EXPECT_THAT(times_written(families, 3), testing::Each(1));
  ASSERT_EQ(families.size(), 2U);
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/sampling/partition.h"

namespace stsr {
namespace {

VariableInfo info_of(Dims dims, std::size_t scale = 1) {
  VariableInfo info;
  info.name = "v";
  info.grid.dims = dims;
  info.times = {0.0};
  if (scale > 1) {
    info.reduction = Reduction{
        {scale, scale, scale}, 0, {dims.x * scale, dims.y * scale, dims.z * scale}, {0.0}};
  }
  return info;
}

/// Number of a sample from 1, 0 for padding; as the golden script numbers them.
std::uint64_t label(const Partition& partition, const Dims& dims, std::size_t head,
                    const std::array<std::size_t, 3>& local) {
  const auto& block = partition.blocks(head);
  std::array<std::size_t, 3> at{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto sample = partition.axis(axis).sample(block[axis], local[axis]);
    if (!sample) return 0;
    at[axis] = *sample;
  }
  return (at[2] * dims.y + at[1]) * dims.x + at[0] + 1;
}

std::uint64_t checksum(const Partition& partition, const Dims& dims, std::size_t head) {
  const Dims local = partition.local_dims();
  std::uint64_t sum = 0;
  std::uint64_t position = 0;
  for (std::size_t z = 0; z < local.z; ++z)
    for (std::size_t y = 0; y < local.y; ++y)
      for (std::size_t x = 0; x < local.x; ++x, ++position)
        sum += label(partition, dims, head, {x, y, z}) *
               ((position * 1000003U + 12345U) & 0xFFFFFFFFU);
  return sum;
}

TEST(Partition, PaperModeEqualsArraysCutByNumpy) {
  std::ifstream golden(STSR_GOLDEN_DIR "/partition.txt");
  ASSERT_TRUE(golden) << "tests/golden/partition.txt";
  std::string word;
  int cases = 0;
  while (golden >> word) {
    ASSERT_EQ(word, "case");
    Dims dims;
    Dims local;
    BlockConfig config{BlockMode::paper, {}};
    std::size_t scale = 0;
    golden >> dims.x >> dims.y >> dims.z >> config.split[0] >> config.split[1] >> config.split[2];
    golden >> scale >> local.x >> local.y >> local.z;
    const Partition partition(config, info_of(dims, scale));
    SCOPED_TRACE(testing::Message()
                 << dims.x << "x" << dims.y << "x" << dims.z << " heads " << partition.heads());
    ASSERT_EQ(partition.local_dims(), local);
    ASSERT_EQ(partition.rows_per_step(), local.count());
    for (std::size_t i = 0; i < local.x; ++i) {
      double expected = 0.0;
      golden >> expected;
      EXPECT_NEAR(partition.axis(0).coordinate(static_cast<double>(i)), expected, 1e-15);
    }
    for (std::size_t head = 0; head < config.heads(); ++head) {
      std::uint64_t expected = 0;
      golden >> expected;
      EXPECT_EQ(checksum(partition, dims, head), expected) << "head " << head;
    }
    ++cases;
  }
  EXPECT_EQ(cases, 15);
}

/// How many (block, local index) pairs hold each sample of an axis.
std::vector<int> uses(const AxisPartition& axis) {
  std::vector<int> count(axis.samples(), 0);
  for (std::size_t block = 0; block < axis.blocks(); ++block)
    for (std::size_t i = 0; i < axis.local_samples(); ++i)
      if (const auto sample = axis.sample(block, i)) ++count.at(*sample);
  return count;
}

TEST(Partition, PaperModeHoldsEverySampleOnce) {
  for (std::size_t samples = 1; samples <= 70; ++samples)
    for (const std::size_t blocks : {1U, 2U, 4U, 8U, 16U})
      EXPECT_THAT(uses(AxisPartition(BlockMode::paper, samples, blocks, 2)), testing::Each(1))
          << samples << " samples, " << blocks << " blocks";
}

TEST(Partition, SharedFacesHoldInnerFacesTwiceAndTheRestOnce) {
  for (std::size_t samples = 1; samples <= 70; ++samples)
    for (std::size_t blocks = 1; blocks <= 12; ++blocks) {
      const AxisPartition axis(BlockMode::shared_faces, samples, blocks, 1);
      const std::size_t intervals = axis.local_samples() - 1;
      const std::vector<int> count = uses(axis);
      for (std::size_t p = 0; p < samples; ++p) {
        const bool face = intervals > 0 && p % intervals == 0 && p > 0 && p + 1 < samples;
        EXPECT_EQ(count[p], face ? 2 : 1) << samples << " " << blocks << " " << p;
      }
    }
}

TEST(Partition, SharedFaceIsPlusOneBelowAndMinusOneAbove) {
  const AxisPartition axis(BlockMode::shared_faces, 75, 4, 1);
  ASSERT_EQ(axis.local_samples(), 20U);  // B = ceil(74 / 4) = 19
  for (std::size_t block = 0; block < 3; ++block) {
    const double face = 19.0 * static_cast<double>(block + 1);
    EXPECT_EQ(axis.sample(block, 19), axis.sample(block + 1, 0));
    EXPECT_EQ(*axis.sample(block, 19), 19 * (block + 1));
    EXPECT_EQ(axis.local(face, block), 1.0);
    EXPECT_EQ(axis.local(face, block + 1), -1.0);
    EXPECT_EQ(axis.owner(face), block + 1);
  }
  EXPECT_EQ(axis.coordinate(19.0), 1.0);
  EXPECT_EQ(axis.coordinate(0.0), -1.0);
  EXPECT_EQ(axis.sample(3, 17), 74U);
  EXPECT_EQ(axis.sample(3, 18), std::nullopt);  // past the end of the data
}

TEST(Partition, OwnerHoldsTheSampleAndRoundingDoesNotMoveIt) {
  for (const BlockMode mode : {BlockMode::shared_faces, BlockMode::paper})
    for (std::size_t samples = 1; samples <= 40; ++samples)
      for (const std::size_t blocks : {1U, 2U, 4U, 8U}) {
        const AxisPartition axis(mode, samples, blocks, 3);
        for (std::size_t p = 0; p < samples; ++p)
          for (const double error : {-1e-12, 0.0, 1e-12}) {
            const double position = static_cast<double>(p) + error;
            const std::size_t block = axis.owner(position);
            const double index = axis.local_index(position, block);
            ASSERT_EQ(index, std::floor(index));
            EXPECT_EQ(axis.sample(block, static_cast<std::size_t>(index)), p);
            // Up to the next sample the owner stays.
            EXPECT_EQ(axis.owner(position + 0.7), block);
          }
      }
}

TEST(Partition, OutputBehindTheLastSampleBelongsToTheLastUsedBlock) {
  const AxisPartition even(BlockMode::shared_faces, 9, 2, 1);
  EXPECT_EQ(even.owner(8.0), 1U);
  EXPECT_EQ(even.owner(8.75), 1U);
  EXPECT_DOUBLE_EQ(even.local(8.75, 1), 2.0 * 4.75 / 4.0 - 1.0);
  EXPECT_EQ(even.owner(-0.5), 0U);
  // Three samples in four blocks of one interval: blocks 2 and 3 lie behind the data.
  const AxisPartition many(BlockMode::shared_faces, 3, 4, 1);
  EXPECT_EQ(many.owner(2.0), 1U);
  EXPECT_EQ(many.local(2.0, 1), 1.0);
  EXPECT_EQ(many.sample(2, 0), std::nullopt);
  EXPECT_EQ(many.sample(3, 0), std::nullopt);
  const AxisPartition paper(BlockMode::paper, 5, 2, 4);  // blocks [pad, 0, 1], [2, 3, 4]
  EXPECT_EQ(paper.owner(1.75), 0U);
  EXPECT_DOUBLE_EQ(paper.local(1.75, 0), 1.0);
  EXPECT_DOUBLE_EQ(paper.local(0.0, 0), 2.0 * 4.0 / 11.0 - 1.0);
  EXPECT_EQ(paper.owner(2.0), 1U);
  EXPECT_DOUBLE_EQ(paper.local(4.75, 1), 1.0);
}

TEST(Partition, OneSampleHasCoordinateZero) {
  for (const BlockMode mode : {BlockMode::shared_faces, BlockMode::paper}) {
    const AxisPartition axis(mode, 1, 1, 1);
    EXPECT_EQ(axis.local_samples(), 1U);
    EXPECT_EQ(axis.coordinate(0.0), 0.0);
    EXPECT_EQ(axis.local(0.0, axis.owner(0.0)), 0.0);
  }
  EXPECT_EQ(AxisPartition(BlockMode::shared_faces, 1, 3, 2).local(0.5, 0), 0.0);
}

TEST(Partition, HeadsOfSharedFacesHaveZFastest) {
  const Partition partition({BlockMode::shared_faces, {2, 3, 4}}, info_of({9, 9, 9}));
  std::size_t head = 0;
  for (std::size_t jx = 0; jx < 2; ++jx)
    for (std::size_t jy = 0; jy < 3; ++jy)
      for (std::size_t jz = 0; jz < 4; ++jz, ++head) {
        EXPECT_EQ(partition.head(jx, jy, jz), head);
        EXPECT_EQ(partition.blocks(head), (std::array<std::size_t, 3>{jx, jy, jz}));
      }
}

TEST(Partition, RefusesWhatItCannotCut) {
  const auto message = [](const BlockConfig& config) {
    try {
      const Partition partition(config, info_of({8, 8, 8}));
    } catch (const ValueError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message({BlockMode::paper, {2, 3, 1}}), testing::HasSubstr("power of two"));
  EXPECT_THAT(message({BlockMode::shared_faces, {2, 0, 1}}), testing::HasSubstr("along y"));
  EXPECT_THAT(message({BlockMode::shared_faces, {1000, 1000, 1000}}),
              testing::HasSubstr("1000000000 heads"));
  EXPECT_THAT(message({BlockMode::shared_faces, {std::size_t{1} << 60, 1, 1}}),
              testing::HasSubstr("from 1 to 65536"));
  EXPECT_THROW(AxisPartition(BlockMode::paper, 0, 1, 1), ValueError);
}

}  // namespace
}  // namespace stsr

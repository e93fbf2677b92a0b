#include <gtest/gtest.h>

#include <limits>

#include "stsr/sampling/block_choice.h"

namespace stsr {
namespace {

StoredSequence sequence_of(const Dims& dims, std::size_t steps) {
  StoredSequence sequence;
  sequence.info.grid.dims = dims;
  sequence.info.times.assign(steps, 0.0);
  return sequence;
}

using Split = std::array<std::size_t, 3>;

TEST(BlockChoice, TakesAsFewBlocksAsGiveSixteenPasses) {
  const std::vector<StoredSequence> one{sequence_of({64, 32, 16}, 4)};
  const double samples = 64.0 * 32 * 16 * 4;
  EXPECT_EQ(choose_split(one, std::numeric_limits<double>::infinity()), (Split{1, 1, 1}));
  EXPECT_EQ(choose_split(one, 16.0 * samples), (Split{1, 1, 1}));
  EXPECT_EQ(choose_split(one, 15.9 * samples), (Split{2, 1, 1})) << "the longest axis first";
  EXPECT_EQ(choose_split(one, 3.0 * samples), (Split{4, 2, 1}));
  const std::vector<StoredSequence> two{one[0], one[0]};
  EXPECT_EQ(choose_split(two, 16.0 * samples), (Split{2, 1, 1})) << "all variables count";
}

TEST(BlockChoice, EndsAtSixtyFourBlocksAndAtSmallOnes) {
  EXPECT_EQ(choose_split(std::vector{sequence_of({64, 64, 64}, 4)}, 1.0), (Split{4, 4, 4}));
  EXPECT_EQ(choose_split(std::vector{sequence_of({40, 9, 1}, 4)}, 1.0), (Split{4, 1, 1}));
  EXPECT_EQ(choose_split({}, 1.0), (Split{1, 1, 1}));
}

}  // namespace
}  // namespace stsr

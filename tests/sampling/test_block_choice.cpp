#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stsr/sampling/block_choice.h"

namespace stsr {
namespace {

/// Waves with so many radians between two samples along x, y and z.
StoredSequence waves(const Dims& dims, std::size_t steps, double x, double y, double z) {
  Sequence sequence;
  sequence.info.grid.dims = dims;
  for (std::size_t t = 0; t < steps; ++t) {
    sequence.info.times.push_back(static_cast<double>(t));
    std::vector<float>& values = sequence.steps.emplace_back();
    for (std::size_t k = 0; k < dims.z; ++k)
      for (std::size_t j = 0; j < dims.y; ++j)
        for (std::size_t i = 0; i < dims.x; ++i)
          values.push_back(static_cast<float>(std::sin(x * static_cast<double>(i)) +
                                              std::sin(y * static_cast<double>(j)) +
                                              std::sin(z * static_cast<double>(k))));
  }
  return sequence;
}

using Split = std::array<std::size_t, 3>;

TEST(BlockChoice, TakesAsFewBlocksAsGiveFortyPasses) {
  const std::vector<StoredSequence> one{waves({64, 32, 16}, 4, 0.3, 0.3, 0.3)};
  const double samples = 64.0 * 32 * 16 * 4;
  EXPECT_EQ(choose_split(one, std::numeric_limits<double>::infinity()), (Split{1, 1, 1}));
  EXPECT_EQ(choose_split(one, 40.0 * samples), (Split{1, 1, 1}));
  EXPECT_EQ(choose_split(one, 39.9 * samples), (Split{2, 1, 1}));
  EXPECT_EQ(choose_split(one, 7.0 * samples), (Split{4, 2, 1}));
  const std::vector<StoredSequence> two{one[0], one[0]};
  EXPECT_EQ(choose_split(two, 40.0 * samples), (Split{2, 1, 1})) << "all variables count";
}

TEST(BlockChoice, HalvesTheAxisOfTheMostVariation) {
  const std::vector<StoredSequence> one{waves({32, 32, 32}, 2, 0.1, 0.1, 0.5)};
  EXPECT_EQ(choose_split(one, 20.0 * 32 * 32 * 32 * 2), (Split{1, 1, 2}));
}

TEST(BlockChoice, EndsAtSixtyFourBlocksAndAtSmallOnes) {
  EXPECT_EQ(choose_split(std::vector{waves({64, 64, 64}, 1, 0.3, 0.3, 0.3)}, 1.0),
            (Split{4, 4, 4}));
  EXPECT_EQ(choose_split(std::vector{waves({40, 9, 1}, 2, 0.3, 0.3, 0.3)}, 1.0), (Split{4, 1, 1}));
  EXPECT_EQ(choose_split({}, 1.0), (Split{1, 1, 1}));
}

}  // namespace
}  // namespace stsr

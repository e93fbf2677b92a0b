#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

#include "stsr/base/random.h"

namespace stsr {
namespace {

using Words = std::array<std::uint32_t, 4>;

// Known answers of philox4x32-10 as published with Random123 (file kat_vectors).
TEST(Philox, GivesThePublishedKnownAnswers) {
  EXPECT_EQ(philox({0, 0}, {0, 0, 0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones}, {ones, ones, ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0xa4093822, 0x299f31d0}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, StreamsOfDifferentSeedUseOrIndexDiffer) {
  const RandomStream base{1, RandomUse::noise, 0};
  EXPECT_EQ(base.words(5), (RandomStream{1, RandomUse::noise, 0}.words(5)));
  EXPECT_NE(base.words(5), (RandomStream{2, RandomUse::noise, 0}.words(5)));
  EXPECT_NE(
      base.words(5),
      (RandomStream{std::uint64_t{1} | (std::uint64_t{1} << 32U), RandomUse::noise, 0}.words(5)));
  EXPECT_NE(base.words(5), (RandomStream{1, RandomUse::weights, 0}.words(5)));
  EXPECT_NE(base.words(5), (RandomStream{1, RandomUse::noise, 1}.words(5)));
  EXPECT_NE(base.words(5), (RandomStream{1, RandomUse::noise, std::uint64_t{1} << 32U}.words(5)));
  EXPECT_NE(base.words(5), base.words(6));
}

TEST(RandomStream, AShorterFillIsTheBeginningOfALongerOne) {
  const RandomStream stream{42, RandomUse::tests, 7};
  std::vector<float> longer(200);
  stream.fill_normal(longer);
  for (std::size_t length = 0; length <= longer.size(); ++length) {
    std::vector<float> shorter(length);
    stream.fill_normal(shorter);
    EXPECT_TRUE(std::equal(shorter.begin(), shorter.end(), longer.begin())) << length;
  }
}

/// The uniform number in (0, 1] that a word's upper 24 bits make; fill_normal rounds it to float.
double unit(std::uint32_t word) {
  return static_cast<double>((static_cast<float>(word >> 8U) + 0.5F) * 0x1p-24F);
}

TEST(RandomStream, NormalNumbersAreTheBoxMullerTransformOfTheWords) {
  const RandomStream stream{11, RandomUse::tests, 5};
  std::vector<float> numbers(1U << 18U);
  stream.fill_normal(numbers);
  double largest_error = 0.0;
  for (std::size_t block = 0; block < numbers.size(); block += 64)
    for (std::size_t i = 0; i < 16; ++i) {
      const Words word = stream.words(static_cast<std::uint32_t>(block / 4 + i));
      for (std::size_t half = 0; half < 2; ++half) {
        const double radius = std::sqrt(-2.0 * std::log(unit(word[2 * half])));
        const std::uint32_t bits = word[2 * half + 1];
        const double f = static_cast<double>(static_cast<std::int32_t>(bits << 1U)) * 0x1p-32;
        const double angle = std::numbers::pi * (f + (bits >> 31U));  // by pi where the top bit is
        const float* pair = &numbers[block + 32 * half + i];
        largest_error = std::max({largest_error, std::abs(radius * std::cos(angle) - pair[0]),
                                  std::abs(radius * std::sin(angle) - pair[16])});
      }
    }
  EXPECT_LT(largest_error, 1e-6);
}

// Printed by a build for another processor and compiler, these would be the same.
TEST(RandomStream, NormalNumbersKeepTheirBits) {
  std::vector<float> numbers(1000);
  RandomStream{1, RandomUse::tests, 1}.fill_normal(numbers);
  std::uint64_t hash = 0;
  for (const float number : numbers) hash = hash * 31 + std::bit_cast<std::uint32_t>(number);
  EXPECT_EQ(hash, 10908148138718464278U);
}

/// Mean of the p-th powers.
double moment(const std::vector<float>& values, int power) {
  double sum = 0.0;
  for (const float value : values) sum += std::pow(static_cast<double>(value), power);
  return sum / static_cast<double>(values.size());
}

// Each estimate from n draws is within six of its own standard deviations of the truth.
TEST(RandomStream, NormalNumbersHaveTheMomentsOfTheNormalDistribution) {
  std::vector<float> values(1U << 20U);
  RandomStream{3, RandomUse::tests, 0}.fill_normal(values);
  const double six = 6.0 / std::sqrt(static_cast<double>(values.size()));
  EXPECT_NEAR(moment(values, 1), 0.0, six * 1.0);
  EXPECT_NEAR(moment(values, 2), 1.0, six * std::sqrt(2.0));
  EXPECT_NEAR(moment(values, 3), 0.0, six * std::sqrt(15.0));
  EXPECT_NEAR(moment(values, 4), 3.0, six * std::sqrt(96.0));
  double neighbours = 0.0;
  for (std::size_t i = 1; i < values.size(); ++i)
    neighbours += static_cast<double>(values[i]) * values[i - 1];
  EXPECT_NEAR(neighbours / static_cast<double>(values.size()), 0.0, six);
  EXPECT_TRUE(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }));
}

TEST(RandomStream, UniformNumbersFillTheirIntervalEvenly) {
  std::vector<float> values(1U << 20U);
  RandomStream{4, RandomUse::tests, 0}.fill_uniform(values, -2.0F, 6.0F);
  std::array<double, 16> bins{};
  for (const float value : values) {
    ASSERT_GE(value, -2.0F);
    ASSERT_LT(value, 6.0F);
    bins[static_cast<std::size_t>((value + 2.0F) * 2.0F)] += 1.0;
  }
  const double expected = static_cast<double>(values.size()) / 16.0;
  double chi_squared = 0.0;
  for (const double bin : bins) chi_squared += (bin - expected) * (bin - expected) / expected;
  EXPECT_LT(chi_squared, 50.0);  // 15 degrees of freedom: exceeded once in 10^5
}

}  // namespace
}  // namespace stsr

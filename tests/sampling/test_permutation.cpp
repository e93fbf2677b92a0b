#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/sampling/permutation.h"

namespace stsr {
namespace {

RandomStream stream(std::uint64_t index) {
  return {7, RandomUse::shuffle, index};
}

TEST(Permutation, ReachesEveryElementOnce) {
  std::vector<std::uint64_t> sizes{4095, 4096, 4097, 65535, 65536, 65537, 1000003};
  for (std::uint64_t n = 1; n <= 300; ++n) sizes.push_back(n);
  for (const std::uint64_t n : sizes) {
    const Permutation permutation(n, stream(n));
    std::vector<bool> seen(n, false);
    for (std::uint64_t i = 0; i < n; ++i) {
      const std::uint64_t value = permutation(i);
      ASSERT_LT(value, n);
      ASSERT_FALSE(seen[value]) << "n = " << n;
      seen[value] = true;
    }
  }
}

TEST(Permutation, ManyPlacesAtOnceAreTheSameAsOneByOne) {
  for (const std::uint64_t n : {1U, 3U, 64U, 65U, 1000U}) {
    const Permutation permutation(n, stream(n));
    std::vector<std::uint64_t> values(n);
    std::iota(values.begin(), values.end(), 0U);
    permutation.apply(values);
    for (std::uint64_t i = 0; i < n; ++i) EXPECT_EQ(values[i], permutation(i)) << n;
  }
}

TEST(Permutation, LargestDomainStaysInsideAndIsInjectiveOnASample) {
  const std::uint64_t n = (std::uint64_t{1} << 48) - 59;
  const Permutation permutation(n, stream(1));
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < 20000; ++i) values.push_back(permutation(n - 1 - i * 77777));
  std::sort(values.begin(), values.end());
  EXPECT_LT(values.back(), n);
  EXPECT_EQ(std::adjacent_find(values.begin(), values.end()), values.end());
}

TEST(Permutation, DependsOnEverySeedAndIndex) {
  const std::uint64_t n = 10000;
  const Permutation a(n, {7, RandomUse::shuffle, 0});
  const Permutation b(n, {7, RandomUse::shuffle, 1});
  const Permutation c(n, {8, RandomUse::shuffle, 0});
  const Permutation d(n, {7, RandomUse::shuffle, 0}, 1);
  int same_ab = 0;
  int same_ac = 0;
  int same_ad = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    same_ab += a(i) == b(i);
    same_ac += a(i) == c(i);
    same_ad += a(i) == d(i);
  }
  EXPECT_LT(same_ab, 12);  // one is expected
  EXPECT_LT(same_ac, 12);
  EXPECT_LT(same_ad, 12);
}

/// Chi-squared of counts against equal expectation, in standard deviations above its mean.
double excess(const std::vector<int>& counts, double expected) {
  double chi_squared = 0.0;
  for (const int count : counts) chi_squared += (count - expected) * (count - expected) / expected;
  const auto freedom = static_cast<double>(counts.size() - 1);
  return (chi_squared - freedom) / std::sqrt(2.0 * freedom);
}

TEST(Permutation, PlacesSpreadEvenlyOverKeys) {
  for (const std::uint64_t n : {2U, 3U, 5U, 16U, 37U, 100U}) {
    const int keys = 20000;
    std::vector<int> counts(n, 0);
    for (int key = 0; key < keys; ++key)
      ++counts[Permutation(n, stream(static_cast<std::uint64_t>(key)))(n / 2)];
    EXPECT_LT(excess(counts, keys / static_cast<double>(n)), 5.0) << "n = " << n;
  }
}

TEST(Permutation, SuccessiveElementsAreUnrelated) {
  // Pairs (value of i, value of i + 1) in a grid of 16 x 16 cells.
  const std::uint64_t n = 100000;
  const Permutation permutation(n, stream(3));
  std::vector<int> counts(256, 0);
  for (std::uint64_t i = 0; i + 1 < n; ++i)
    ++counts[permutation(i) * 16 / n * 16 + permutation(i + 1) * 16 / n];
  EXPECT_LT(excess(counts, static_cast<double>(n - 1) / 256.0), 5.0);
}

TEST(Permutation, RefusesEmptyAndHugeDomains) {
  EXPECT_THROW(Permutation(0, stream(0)), ValueError);
  EXPECT_THROW(Permutation((std::uint64_t{1} << 48) + 1, stream(0)), ValueError);
}

}  // namespace
}  // namespace stsr

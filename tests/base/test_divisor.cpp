#include <gtest/gtest.h>

#include <random>

#include "stsr/base/divisor.h"

namespace stsr {
namespace {

constexpr std::uint64_t largest = std::uint64_t{1} << 48U;

TEST(Divisor, IsExactAroundEveryMultiple) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    // Divisors and multiples of every size.
    const std::uint64_t d = (random() % largest >> random() % 48U) + 1;
    const std::uint64_t multiple = (random() % largest >> random() % 48U) / d * d;
    const Divisor divisor(d);
    for (const std::uint64_t n : {multiple - 1, multiple, multiple + 1, multiple + d / 2})
      if (n <= largest) {
        ASSERT_EQ(divisor.quotient(n), n / d) << n << " / " << d;
      }
  }
}

TEST(Divisor, IsExactAtTheEnds) {
  for (const std::uint64_t d :
       {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, largest - 1, largest})
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, largest - 1, largest})
      EXPECT_EQ(Divisor(d).quotient(n), n / d) << n << " / " << d;
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"

namespace stsr {
namespace {

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

TEST(Shape, MultipliesSizesThatFit) {
  EXPECT_EQ(checked_product({}), 1U);
  EXPECT_EQ(checked_product({128, 48, 16}), 98304U);
  EXPECT_EQ(checked_product({largest, 1}), largest);
  EXPECT_EQ(checked_product({std::size_t{1} << 32U, (std::size_t{1} << 32U) - 1}),
            largest - ((std::size_t{1} << 32U) - 1));
  EXPECT_EQ(checked_product({0, largest, largest}), 0U);
}

TEST(Shape, RefusesAProductThatDoesNotFit) {
  EXPECT_THROW((void)checked_product({largest, 2}), ShapeError);
  EXPECT_THROW((void)checked_product({std::size_t{1} << 32U, std::size_t{1} << 32U}), ShapeError);
  try {
    (void)checked_product({std::size_t{1} << 40U, 3, std::size_t{1} << 40U});
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("1099511627776 x 3 x 1099511627776"));
  }
}

TEST(Shape, DividesUpwards) {
  EXPECT_EQ(ceil_divide(0, 3), 0U);
  EXPECT_EQ(ceil_divide(1, 3), 1U);
  EXPECT_EQ(ceil_divide(3, 3), 1U);
  EXPECT_EQ(ceil_divide(4, 3), 2U);
  EXPECT_EQ(ceil_divide(largest, 2), largest / 2 + 1);
}

}  // namespace
}  // namespace stsr

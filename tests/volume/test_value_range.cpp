#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "stsr/volume/value_range.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

TEST(ValueRange, OfTheFiniteValuesAlone) {
  const std::vector<float> values{nan_value, 3.0F, -infinity, -2.5F, infinity, 0.0F};
  EXPECT_EQ(finite_range(values), (ValueRange{-2.5, 3.0}));
  EXPECT_FALSE(finite_range(std::vector<float>{nan_value, infinity}).holds_values());
  EXPECT_FALSE(finite_range({}).holds_values());
}

TEST(ValueRange, GrowsByValuesAndRanges) {
  ValueRange range = ValueRange::of_nothing();
  range.include(ValueRange::of_nothing());
  EXPECT_FALSE(range.holds_values());
  range.include(1.0);
  range.include(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(range, (ValueRange{1.0, 1.0}));
  range.include(ValueRange{-1.0, 0.5});
  EXPECT_EQ(range, (ValueRange{-1.0, 1.0}));
}

}  // namespace
}  // namespace stsr

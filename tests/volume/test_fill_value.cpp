#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stsr/volume/fill_value.h"

namespace stsr {
namespace {

/// Smooth values from -1 to 1 that move, and `fill` at every hundredth sample, or at others in
/// time.
Sequence with_fill(float fill, bool moving = false) {
  Sequence sequence;
  sequence.info.name = "v";
  sequence.info.grid.dims = {20, 10, 10};
  for (std::size_t t = 0; t < 5; ++t) {
    sequence.info.times.push_back(static_cast<double>(t));
    std::vector<float>& values = sequence.steps.emplace_back();
    for (std::size_t i = 0; i < 2000; ++i)
      values.push_back(
          std::sin(0.01F * static_cast<float>(i) + 0.3F * static_cast<float>(t) + 0.005F));
    for (std::size_t i = moving ? t : 0; i < 2000; i += 100) values[i] = fill;
  }
  return sequence;
}

TEST(FillValue, LiesApartFromTheOthers) {
  for (const float fill : {-9999.0F, 1e20F, 1.5F}) {
    const auto found = probable_fill_value(with_fill(fill, true));
    ASSERT_TRUE(found) << fill;
    EXPECT_EQ(found->value, fill);
    EXPECT_NEAR(found->share, 0.01, 1e-9);
  }
}

TEST(FillValue, IsZeroWhereItStays) {
  const auto found = probable_fill_value(with_fill(0.0F));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, 0.0F);
  EXPECT_NEAR(found->share, 0.01, 1e-9);
  EXPECT_FALSE(probable_fill_value(with_fill(0.0F, true))) << "zeros that move are values";
}

TEST(FillValue, DataWithoutHaveNone) {
  EXPECT_FALSE(probable_fill_value(with_fill(0.5F))) << "within the range";
  EXPECT_FALSE(probable_fill_value(with_fill(1.05F))) << "not apart";
  EXPECT_FALSE(probable_fill_value(with_fill(std::numeric_limits<float>::quiet_NaN())))
      << "declared already";
  Sequence constant = with_fill(0.0F);
  for (auto& step : constant.steps) step.assign(2000, 0.0F);
  EXPECT_FALSE(probable_fill_value(constant));
  for (auto& step : constant.steps)
    for (std::size_t i = 0; i < 1000; ++i) step[i] = 7.0F;
  EXPECT_FALSE(probable_fill_value(constant) && probable_fill_value(constant)->value == 7.0F);
}

}  // namespace
}  // namespace stsr

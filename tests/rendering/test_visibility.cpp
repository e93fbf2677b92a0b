#include <gtest/gtest.h>

#include <cmath>

#include "stsr/rendering/visibility.h"

namespace stsr {
namespace {

constexpr Dims cell{2, 2, 2};

TEST(Visibility, ASurfaceLiesBetweenValuesBelowAndValuesFromIt) {
  const std::vector<float> values{0, 1, 2, 3, 4, 5, 6, 7};
  for (const double there : {0.001, 3.5, 7.0})
    EXPECT_FALSE(isosurface_is_empty(cell, values, there));
  for (const double not_there : {-1.0, 0.0, 7.001, 99.0})
    EXPECT_TRUE(isosurface_is_empty(cell, values, not_there));
  EXPECT_TRUE(isosurface_is_empty(cell, std::vector<float>(8, 5.0F), 5.0));
  EXPECT_TRUE(isosurface_is_empty(cell, std::vector<float>(8, NAN), 5.0));
}

TEST(Visibility, ASurfaceNeedsAWholeCell) {
  // Low on the left, missing in the middle, high on the right: the range alone does not tell.
  const Dims dims{4, 2, 2};
  std::vector<float> values;
  for (int line = 0; line < 4; ++line)
    for (const float value : {0.0F, 0.0F, static_cast<float>(NAN), 9.0F}) values.push_back(value);
  EXPECT_TRUE(isosurface_is_empty(dims, values, 5.0));
  values[0] = 8.0F;
  EXPECT_FALSE(isosurface_is_empty(dims, values, 5.0));
  EXPECT_TRUE(isosurface_is_empty({8, 2, 1}, values, 5.0));  // no cell at all
}

TEST(Visibility, AVolumeShowsWhereAnOpacityIsAboveZero) {
  TransferFunction transfer;
  transfer.over = TransferDomain::values;
  transfer.colours = {{0.0, {}}};
  transfer.opacities = {{10.0, 0.0}, {20.0, 0.0}, {30.0, 0.5}, {40.0, 0.0}};
  const auto clear = [&](float low, float high) {
    return volume_is_transparent(std::vector<float>{low, static_cast<float>(NAN), high}, transfer);
  };
  EXPECT_TRUE(clear(-5.0F, 20.0F));
  EXPECT_TRUE(clear(40.0F, 1e30F));
  EXPECT_FALSE(clear(-5.0F, 20.1F));
  EXPECT_FALSE(clear(39.9F, 50.0F));
  EXPECT_FALSE(clear(30.0F, 30.0F));
  EXPECT_FALSE(clear(0.0F, 50.0F));
  EXPECT_TRUE(volume_is_transparent(std::vector<float>(5, NAN), transfer));
  transfer.opacities = {{10.0, 0.1}, {20.0, 0.0}, {30.0, 0.0}, {40.0, 0.1}};
  EXPECT_FALSE(clear(0.0F, 1.0F));
  EXPECT_FALSE(clear(50.0F, 60.0F));
  EXPECT_TRUE(clear(20.0F, 30.0F));
}

}  // namespace
}  // namespace stsr

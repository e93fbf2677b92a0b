#include <gtest/gtest.h>

#include "made_up.h"
#include "stsr/base/error.h"
#include "stsr/metrics/image_box.h"

namespace stsr {
namespace {

constexpr Rgb white{255, 255, 255};

/// A white picture with some black pixels.
Image with_dots(std::size_t width, std::size_t height,
                const std::vector<std::pair<std::size_t, std::size_t>>& dots) {
  Image image{width, height, std::vector<std::uint8_t>(width * height * 3, 255)};
  for (const auto& [x, y] : dots) image.pixels[(y * width + x) * 3 + 1] = 0;
  return image;
}

TEST(CommonBox, HoldsWhatDiffersFromTheBackgroundInAnyImage) {
  const std::vector<Image> images{with_dots(20, 10, {{3, 2}}), with_dots(20, 10, {{7, 8}, {5, 4}})};
  EXPECT_EQ(common_box(images, white), (PixelBox{3, 2, 5, 7}));
  EXPECT_EQ(common_box(std::span(images).first(1), white), (PixelBox{3, 2, 1, 1}));
  EXPECT_EQ(common_box(images, Rgb{255, 0, 255}), (PixelBox{0, 0, 20, 10}));
}

TEST(CommonBox, IsTheWholePictureWhereThereIsOnlyBackground) {
  const std::vector<Image> images{with_dots(6, 4, {})};
  EXPECT_EQ(common_box(images, white), (PixelBox{0, 0, 6, 4}));
}

TEST(CommonBox, GrowsInsideThePicture) {
  const std::vector<Image> middle{with_dots(20, 10, {{10, 5}})};
  EXPECT_EQ(common_box(middle, white, 5), (PixelBox{8, 3, 5, 5}));
  const std::vector<Image> corners{with_dots(20, 10, {{0, 9}})};
  EXPECT_EQ(common_box(corners, white, 5), (PixelBox{0, 5, 5, 5}));
  EXPECT_EQ(common_box(corners, white, 15), (PixelBox{0, 0, 15, 10}));
}

TEST(CommonBox, RefusesImagesOfDifferentSizesAndNone) {
  const std::vector<Image> images{with_dots(4, 4, {}), with_dots(4, 5, {})};
  EXPECT_THROW((void)common_box(images, white), ShapeError);
  EXPECT_THROW((void)common_box({}, white), ValueError);
}

TEST(Cropped, TakesTheBoxAndRefusesOthers) {
  const Image image = made_up_pictures(9, 7).truth;
  const Image part = cropped(image, {2, 3, 4, 2});
  EXPECT_EQ(part.width, 4U);
  EXPECT_EQ(part.height, 2U);
  EXPECT_EQ(part.at(0, 0), image.at(2, 3));
  EXPECT_EQ(part.at(3, 1), image.at(5, 4));
  EXPECT_EQ(cropped(image, {0, 0, 9, 7}), image);
  for (const PixelBox& box :
       {PixelBox{0, 0, 10, 7}, PixelBox{8, 0, 2, 2}, PixelBox{0, 0, 0, 3}, PixelBox{9, 7, 1, 1}})
    EXPECT_THROW((void)cropped(image, box), ShapeError);
}

}  // namespace
}  // namespace stsr

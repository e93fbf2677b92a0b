#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/test_folder.h"
#include "stsr/rendering/compose.h"

namespace stsr {
namespace {

using testing::HasSubstr;

constexpr Rgb red{255, 0, 0};

/// Each pixel tells where it was: red is x, green y.
Image coordinates(std::size_t width, std::size_t height) {
  Image image{width, height, {}};
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (const std::size_t part : {x, y, std::size_t{7}})
        image.pixels.push_back(static_cast<std::uint8_t>(part));
  return image;
}

TEST(ImageEdit, CutsAndEnlarges) {
  const Image part = cropped(coordinates(10, 8), {3, 2, 4, 5});
  EXPECT_EQ(part.width, 4U);
  EXPECT_EQ(part.height, 5U);
  EXPECT_EQ(part.at(0, 0), (Rgb{3, 2, 7}));
  EXPECT_EQ(part.at(3, 4), (Rgb{6, 6, 7}));
  const Image large = enlarged(part, 3);
  EXPECT_EQ(large.width, 12U);
  EXPECT_EQ(large.at(2, 2), part.at(0, 0));
  EXPECT_EQ(large.at(3, 2), part.at(1, 0));
  EXPECT_EQ(large.at(11, 14), part.at(3, 4));
}

TEST(ImageEdit, FramesStandAroundTheirBox) {
  Image image = coordinates(12, 12);
  draw_frame(image, {4, 5, 3, 2}, red, 2);
  for (std::size_t y = 0; y < 12; ++y)
    for (std::size_t x = 0; x < 12; ++x) {
      const bool within = x >= 4 && x < 7 && y >= 5 && y < 7;
      const bool framed = x >= 2 && x < 9 && y >= 3 && y < 9 && !within;
      EXPECT_EQ(image.at(x, y) == red, framed) << x << ", " << y;
    }
}

TEST(ImageEdit, ZoomsStandInCornersAndBelow) {
  const Image image = coordinates(60, 40);
  const std::vector<ZoomBox> corner{{{10, 12, 5, 4}, 3, ZoomPlace::bottom_right, red}};
  const Image inset = with_zooms(image, corner, 1);
  EXPECT_EQ(inset.height, 40U);
  EXPECT_EQ(inset.at(59 - 1, 39 - 1), image.at(14, 15));  // within the frame's line
  EXPECT_EQ(inset.at(60 - 17, 40 - 14), red);
  EXPECT_EQ(inset.at(60 - 16, 40 - 13), image.at(10, 12));

  const std::vector<ZoomBox> two{{{0, 0, 5, 4}, 2, ZoomPlace::below, red},
                                 {{20, 20, 4, 8}, 2, ZoomPlace::below, red}};
  const Image below = with_zooms(image, two, 1);
  EXPECT_EQ(below.height, 40U + 2 + 18);
  EXPECT_EQ(below.at(30, 10), image.at(30, 10));
  const std::size_t left = (60 - (12 + 2 + 10)) / 2;
  EXPECT_EQ(below.at(left, 42), red);
  EXPECT_EQ(below.at(left + 1, 43), image.at(0, 0));
  EXPECT_EQ(below.at(left + 12 + 2 + 1, 43), image.at(20, 20));
}

TEST(ImageEdit, RefusesWhatDoesNotFit) {
  const Image image = coordinates(10, 10);
  for (const PixelBox& box : {PixelBox{0, 0, 0, 3}, PixelBox{8, 0, 3, 3}, PixelBox{0, 10, 1, 1},
                              PixelBox{1, 1, SIZE_MAX, 1}})
    EXPECT_THAT(message_of<ValueError>([&] { (void)cropped(image, box); }), HasSubstr("10 x 10"));
  EXPECT_THAT(message_of<ValueError>([&] { (void)enlarged(image, 0); }), HasSubstr("factor"));
  EXPECT_THAT(message_of<ShapeError>([&] {
                (void)cropped({3, 3, {1, 2}}, {0, 0, 1, 1});
              }),
              HasSubstr("2 bytes"));
  const std::vector<ZoomBox> large{{{0, 0, 5, 5}, 3, ZoomPlace::top_left, red}};
  EXPECT_THAT(message_of<ValueError>([&] { (void)with_zooms(image, large); }),
              HasSubstr("smaller"));
}

}  // namespace
}  // namespace stsr

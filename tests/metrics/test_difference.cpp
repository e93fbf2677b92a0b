#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "made_up.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/metrics/difference.h"

namespace stsr {
namespace {

Image of_colour(std::size_t width, std::size_t height, Rgb colour) {
  Image image{width, height, {}};
  for (std::size_t i = 0; i < width * height; ++i)
    image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  return image;
}

TEST(Luv, AgreesWithScikitImage) {
  const auto rows = golden("difference.json")["luv"];
  ASSERT_GT(rows.size(), 100U);
  for (const auto& row : rows) {
    const Luv luv = luv_of({row[0], row[1], row[2]});
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(luv[c], row[3 + c].get<double>(), 1e-4) << row;
  }
}

TEST(DifferenceImage, AgreesWithScikitImage) {
  const auto cases = golden("difference.json")["images"];
  ASSERT_EQ(cases.size(), 3U);
  for (const auto& c : cases) {
    const auto [truth, result] = made_up_pictures(c["width"], c["height"]);
    const ImageDifference difference = difference_image(truth, result);
    EXPECT_NEAR(difference.mean, c["mean"].get<double>(), 1e-5 * c["mean"].get<double>());
    EXPECT_NEAR(difference.maximum, c["maximum"].get<double>(), 1e-4);
    std::size_t background = 0;
    for (std::size_t y = 0; y < difference.image.height; ++y)
      for (std::size_t x = 0; x < difference.image.width; ++x)
        if (difference.image.at(x, y) == Rgb{255, 255, 255}) ++background;
    EXPECT_EQ(background, c["below_6"].get<std::size_t>());
  }
}

TEST(DifferenceImage, ShowsWhereAndHowMuch) {
  Image truth = of_colour(3, 2, {40, 40, 40});
  Image result = truth;
  for (std::size_t c = 0; c < 3; ++c) {
    result.pixels[3 + c] = 42;    // (1, 0): hardly to be seen
    result.pixels[15 + c] = 255;  // (2, 1)
  }
  const ImageDifference difference = difference_image(truth, result, {.background = {9, 8, 7}});
  EXPECT_EQ(difference.image.at(0, 0), (Rgb{9, 8, 7}));
  EXPECT_EQ(difference.image.at(1, 0), (Rgb{9, 8, 7}));
  EXPECT_EQ(difference.image.at(2, 1), (Rgb{255, 0, 0}));
  const double high = luv_of({255, 255, 255})[0] - luv_of({40, 40, 40})[0];
  const double low = luv_of({42, 42, 42})[0] - luv_of({40, 40, 40})[0];
  EXPECT_NEAR(difference.maximum, high, 0.05);
  EXPECT_NEAR(difference.mean, (high + low) / 6.0, 0.05);
}

TEST(DifferenceColour, GoesFromPurpleOverBlueGreenAndYellowToRed) {
  const DifferenceConfig config{.threshold = 10.0, .highest = 50.0};
  EXPECT_EQ(difference_colour(9.99, config), (Rgb{255, 255, 255}));
  EXPECT_EQ(difference_colour(10.0, config), (Rgb{128, 0, 128}));
  EXPECT_EQ(difference_colour(20.0, config), (Rgb{0, 0, 255}));
  EXPECT_EQ(difference_colour(30.0, config), (Rgb{0, 160, 0}));
  EXPECT_EQ(difference_colour(40.0, config), (Rgb{255, 255, 0}));
  EXPECT_EQ(difference_colour(45.0, config), (Rgb{255, 128, 0}));
  EXPECT_EQ(difference_colour(50.0, config), (Rgb{255, 0, 0}));
  EXPECT_EQ(difference_colour(1e9, config), (Rgb{255, 0, 0}));
}

TEST(DifferenceImage, HasTheSameBitsForAnyThreadCount) {
  const auto [truth, result] = made_up_pictures(80, 61);
  set_thread_count(1);
  const ImageDifference one = difference_image(truth, result);
  set_thread_count(5);
  const ImageDifference five = difference_image(truth, result);
  EXPECT_EQ(one.mean, five.mean);
  EXPECT_EQ(one.image, five.image);
}

TEST(DifferenceImage, NamesRangesAndSizesThatCannotBe) {
  const Image image = of_colour(2, 2, {1, 2, 3});
  EXPECT_THROW((void)difference_image(image, of_colour(2, 3, {1, 2, 3})), ShapeError);
  for (const auto& [threshold, highest] :
       {std::pair{5.0, 5.0}, {-1.0, 5.0}, {std::nan(""), 5.0}, {1.0, HUGE_VAL}}) {
    try {
      (void)difference_image(image, image, {.threshold = threshold, .highest = highest});
      FAIL();
    } catch (const ValueError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr("0 <= threshold < highest"));
    }
  }
}

}  // namespace
}  // namespace stsr

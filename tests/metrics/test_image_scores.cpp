#include <gtest/gtest.h>

#include "made_up_weights.h"
#include "stsr/base/error.h"
#include "stsr/metrics/difference.h"
#include "stsr/metrics/image_box.h"
#include "stsr/metrics/image_scores.h"
#include "stsr/metrics/ssim.h"

namespace stsr {
namespace {

constexpr Rgb white{255, 255, 255};

/// The pictures of 40 x 35 pixels at (50, 20) of white ones.
Compared<Image> on_white(std::size_t width, std::size_t height) {
  const auto inner = made_up_pictures(40, 35);
  Compared<Image> pair{{width, height, std::vector<std::uint8_t>(width * height * 3, 255)}, {}};
  pair.result = pair.truth;
  for (std::size_t y = 0; y < 35; ++y)
    for (std::size_t i = 0; i < 120; ++i) {
      pair.truth.pixels[((y + 20) * width + 50) * 3 + i] = inner.truth.pixels[y * 120 + i];
      pair.result.pixels[((y + 20) * width + 50) * 3 + i] = inner.result.pixels[y * 120 + i];
    }
  return pair;
}

TEST(ImageScores, AreThoseInsideTheCommonBox) {
  const Lpips lpips(made_up_weights());
  const auto [truth, result] = on_white(120, 90);
  const auto inner = made_up_pictures(40, 35);
  const ImageScores scores = score_images(truth, result, white, &lpips);
  EXPECT_EQ(scores.box, (PixelBox{50, 20, 40, 35}));
  EXPECT_EQ(scores.ssim, ssim(inner.truth, inner.result));
  EXPECT_EQ(scores.lpips.value(), lpips.distance(inner.truth, inner.result));
  const ImageDifference difference = difference_image(inner.truth, inner.result);
  EXPECT_EQ(scores.difference, difference.mean);
  EXPECT_EQ(scores.largest_difference, difference.maximum);
}

TEST(ImageScores, NeedNoWeightsAndHaveARoomyBox) {
  const Image empty{60, 50, std::vector<std::uint8_t>(60 * 50 * 3, 255)};
  Image dot = empty;
  dot.pixels[(25 * 60 + 30) * 3] = 0;
  const ImageScores scores = score_images(empty, dot, white);
  EXPECT_FALSE(scores.lpips.has_value());
  EXPECT_EQ(scores.box.width, Lpips::least_size);
  EXPECT_EQ(scores.box.height, Lpips::least_size);
  EXPECT_LT(scores.ssim, 1.0);
  EXPECT_GT(scores.largest_difference, 50.0);
  EXPECT_EQ(score_images(empty, empty, white).difference, 0.0);
}

TEST(ImageScores, RefuseOtherSizes) {
  EXPECT_THROW(
      (void)score_images(made_up_pictures(40, 40).truth, made_up_pictures(40, 41).truth, white),
      ShapeError);
  const Lpips lpips(made_up_weights());
  const auto small = made_up_pictures(20, 40);
  EXPECT_THROW((void)score_images(small.truth, small.result, white, &lpips), ShapeError);
}

}  // namespace
}  // namespace stsr

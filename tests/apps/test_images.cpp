// The command that scores pictures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "program.h"
#include "stsr/base/error.h"
#include "stsr/metrics/difference.h"
#include "stsr/metrics/image_scores.h"
#include "stsr/rendering/png.h"

namespace stsr {
namespace {

using testing::HasSubstr;

/// A ramp of colours on a black background.
Image ramp(std::uint8_t red) {
  Image image{70, 60, std::vector<std::uint8_t>(70 * 60 * 3, 0)};
  for (std::size_t y = 10; y < 50; ++y)
    for (std::size_t x = 20; x < 60; ++x) {
      std::uint8_t* pixel = &image.pixels[(y * 70 + x) * 3];
      pixel[0] = red;
      pixel[1] = static_cast<std::uint8_t>(4 * x);
      pixel[2] = static_cast<std::uint8_t>(5 * y);
    }
  return image;
}

class Images : public testing::Test {
 protected:
  void SetUp() override {
    try {
      write_png(folder_ / "truth.png", ramp(40));
      write_png(folder_ / "result.png", ramp(90));
    } catch (const ValueError&) {
      GTEST_SKIP() << "this build has no VTK, and so no PNG files";
    }
  }

  void fails(const std::string& arguments, int code, const std::string& expected) {
    const Outcome outcome = folder_.stsr("evaluate-images " + arguments);
    EXPECT_EQ(outcome.code, code) << arguments;
    EXPECT_THAT(outcome.err, HasSubstr(expected));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }

  TestFolder folder_;
};

TEST_F(Images, AreScoredInsideTheirBoxAndTheirDifferenceDrawn) {
  const Outcome outcome = folder_.stsr(
      "evaluate-images truth.png result.png --background 0,0,0 --json scores.json"
      " --difference difference.png --difference-range 2,30");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("compared in 40 x 40 at (20, 10)"));
  EXPECT_THAT(outcome.out, HasSubstr("LPIPS       - (no --lpips-weights)"));
  const ImageScores scores = score_images(ramp(40), ramp(90), {0, 0, 0});
  const auto json = nlohmann::json::parse(text_of(folder_ / "scores.json"));
  EXPECT_EQ(json["ssim"], scores.ssim);
  EXPECT_EQ(json["difference"]["mean"], scores.difference);
  EXPECT_TRUE(json["lpips"].is_null());
  const DifferenceConfig config{.threshold = 2.0, .highest = 30.0, .background = {0, 0, 0}};
  EXPECT_EQ(read_png(folder_ / "difference.png"),
            difference_image(ramp(40), ramp(90), config).image);
}

TEST_F(Images, ErrorsAreOneLine) {
  fails("truth.png none.png", 3, "none.png");
  fails("truth.png result.png --lpips-weights w.safetensors", 3, "scripts/export-lpips-weights.py");
  fails("truth.png result.png --background 0,0", 2, "--background must be red, green and blue");
  fails("truth.png result.png --background 0,0,256", 2, "got '0,0,256'");
  fails("truth.png result.png --difference-range 2,30", 2, "name it with --difference");
  fails("truth.png result.png --difference d.png --difference-range 2", 2, "must be two distances");
  fails("truth.png result.png --difference d.png --difference-range 9,3", 2, "0 <= threshold");
  Image other = ramp(1);
  other.height = 30;
  other.pixels.resize(70 * 30 * 3);
  write_png(folder_ / "other.png", other);
  fails("truth.png other.png", 2, "70 x 60 and 70 x 30");
}

/// None may end the program but by its own error.
TEST_F(Images, DamagedPicturesAreRefused) {
  const std::string whole = text_of(folder_ / "result.png");
  ASSERT_GT(whole.size(), 200U);
  for (std::size_t i = 0; i < 12; ++i) {
    const std::size_t at = 8 + i * (whole.size() - 8) / 12;
    write_text(folder_ / "bad.png", whole.substr(0, at));
    fails("truth.png bad.png", 3, "stsr: error: bad.png: is a damaged PNG file: ");
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    write_text(folder_ / "bad.png", flipped);
    fails("bad.png truth.png", 3, "stsr: error: bad.png: is a damaged PNG file: ");
  }
}

}  // namespace
}  // namespace stsr

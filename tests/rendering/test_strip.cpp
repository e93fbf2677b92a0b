#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "io/test_folder.h"
#include "stsr/rendering/compose.h"

namespace stsr {
namespace {

using testing::HasSubstr;

Image filled(std::size_t width, std::size_t height, Rgb colour) {
  Image image{width, height, {}};
  for (std::size_t i = 0; i < width * height; ++i)
    image.pixels.insert(image.pixels.end(), colour.begin(), colour.end());
  return image;
}

std::size_t count(const Image& image, Rgb colour) {
  std::size_t number = 0;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) number += image.at(x, y) == colour ? 1 : 0;
  return number;
}

constexpr Rgb red{255, 0, 0};
constexpr Rgb green{0, 255, 0};

StripLayout layout() {
  StripLayout layout;
  layout.rows = {{{filled(80, 60, red), "42.4 dB"}, {filled(80, 60, green), ""}},
                 {{{}, ""}, {filled(70, 50, red), ""}}};
  layout.column_titles = {"truth", "STSR"};
  layout.row_titles = {"speed", "p"};
  return layout;
}

TEST(Strip, HoldsEveryPictureWhole) {
  const Image image = strip(layout());
  EXPECT_EQ(count(image, red), 80U * 60 + 70 * 50);
  EXPECT_EQ(count(image, green), 80U * 60);
  EXPECT_EQ(image, strip(layout()));
}

TEST(Strip, DrawsTextInItsColour) {
  StripLayout titled = layout();
  titled.text_colour = {0, 0, 255};
  const Image image = strip(titled);
  EXPECT_GT(count(image, {0, 0, 255}), 50U);
  titled.column_titles.clear();
  titled.row_titles.clear();
  titled.rows[0][0].caption.clear();
  const Image bare = strip(titled);
  EXPECT_EQ(count(bare, {0, 0, 255}), 0U);
  EXPECT_LT(bare.height, image.height);
  EXPECT_LT(bare.width, image.width);
}

TEST(Strip, LegendRunsFromLowBelowToHighAbove) {
  StripLayout with = layout();
  const TransferFunction colours{"",
                                 ColourSpace::rgb,
                                 TransferDomain::values,
                                 {{-1.0, {0.0, 0.0, 1.0}}, {3.0, {1.0, 1.0, 0.0}}},
                                 {{-1.0, 0.0}, {3.0, 1.0}}};
  with.legend = ColourLegend{colours, "speed (\xC2\xB5m/s)"};
  const Image image = strip(with);
  EXPECT_GT(image.width, strip(layout()).width);
  std::size_t highest = image.height;
  std::size_t lowest = image.height;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = strip(layout()).width; x < image.width; ++x) {
      const Rgb colour = image.at(x, y);
      if (colour[0] > 245 && colour[1] > 245 && colour[2] < 10) highest = std::min(highest, y);
      if (colour[0] < 10 && colour[1] < 10 && colour[2] > 245) lowest = y;
    }
  EXPECT_LT(highest, image.height / 2);
  EXPECT_GT(lowest, image.height / 2);
}

TEST(Strip, RefusesWhatDoesNotFitTogether) {
  const auto refused = [](auto&& change) {
    StripLayout bad = layout();
    change(bad);
    return message_of<ValueError>([&] { (void)strip(bad); });
  };
  EXPECT_THAT(refused([](StripLayout& l) { l.rows.clear(); }), HasSubstr("at least one"));
  EXPECT_THAT(refused([](StripLayout& l) { l.rows[1].pop_back(); }), HasSubstr("2 and 1"));
  EXPECT_THAT(refused([](StripLayout& l) { l.row_titles.pop_back(); }), HasSubstr("1 titles"));
  EXPECT_THAT(refused([](StripLayout& l) { l.font_size = 2; }), HasSubstr("6 to 200"));
  EXPECT_THAT(refused([](StripLayout& l) {
                l.legend = ColourLegend{transfer_function_preset("viridis"), ""};
              }),
              HasSubstr("over values"));
}

}  // namespace
}  // namespace stsr

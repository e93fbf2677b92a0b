#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <regex>

#include "io/test_folder.h"
#include "stsr/rendering/line_chart.h"

namespace stsr {
namespace {

using testing::HasSubstr;
using testing::Not;

LineChart chart() {
  LineChart chart;
  chart.title = "PSNR of <speed> & \"pressure\"";
  chart.y_label = "PSNR (dB)";
  for (int i = 0; i < 9; ++i) chart.x.push_back(i);
  chart.marked = {0, 4, 8};
  chart.marked_name = "kept";
  chart.series = {{"STSR", {40, 38, 37, 38, 41, 38, 37, 38, 40}},
                  {"linear", {30, 28, NAN, 28, INFINITY, 28, 27, 28, 30}}};
  return chart;
}

std::size_t count_of(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  return static_cast<std::size_t>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), regex), std::sregex_iterator()));
}

TEST(LineChart, HasCurvesMarkersGapsAndText) {
  const std::string svg = line_chart_svg(chart());
  EXPECT_THAT(svg, HasSubstr("PSNR of &lt;speed&gt; &amp; &quot;pressure&quot;"));
  EXPECT_THAT(svg, HasSubstr(">PSNR (dB)</text>"));
  EXPECT_THAT(svg, HasSubstr(">kept</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  // 3 + 2 kept steps with a value, and the legend's.
  EXPECT_EQ(count_of(svg, "r=\"3.5\""), 6U);
  // The value between two gaps is a dot.
  EXPECT_EQ(count_of(svg, "r=\"1.5\""), 1U);
  // The second curve has three pieces: before, between and after its gaps.
  const std::string second = svg.substr(svg.find("<title>linear"));
  EXPECT_EQ(count_of(second.substr(0, second.find("stroke=")), "[M]"), 3U);
}

TEST(LineChart, PutsLargerValuesHigher) {
  LineChart one;
  one.x = {0, 1};
  one.series = {{"up", {1.0, 2.0}}};
  const std::string svg = line_chart_svg(one);
  std::smatch path;
  ASSERT_TRUE(
      std::regex_search(svg, path, std::regex("d=\"M([0-9.]+) ([0-9.]+)L([0-9.]+) ([0-9.]+)\"")));
  EXPECT_LT(std::stod(path[1]), std::stod(path[3]));
  EXPECT_GT(std::stod(path[2]), std::stod(path[4]));
}

TEST(LineChart, DrawsOddData) {
  LineChart odd;
  odd.x = {3};
  EXPECT_THAT(line_chart_svg(odd), HasSubstr("</svg>"));
  odd.series = {{"all missing", {NAN}}};
  EXPECT_THAT(line_chart_svg(odd), HasSubstr("</svg>"));
  for (const double value : {0.0, 1e-30, -5e300, 1e9}) {
    odd.series = {{"constant", {value}}};
    EXPECT_THAT(line_chart_svg(odd), Not(HasSubstr("nan"))) << value;
  }
}

TEST(LineChart, RefusesWhatItCannotDraw) {
  const auto refused = [](auto&& change) {
    LineChart bad = chart();
    change(bad);
    return message_of<ValueError>([&] { (void)line_chart_svg(bad); });
  };
  EXPECT_THAT(refused([](LineChart& c) { c.x.clear(); }), HasSubstr("at least one x"));
  EXPECT_THAT(refused([](LineChart& c) { c.x[3] = c.x[2]; }), HasSubstr("ascending"));
  EXPECT_THAT(refused([](LineChart& c) { c.series[1].values.pop_back(); }), HasSubstr("'linear'"));
  EXPECT_THAT(refused([](LineChart& c) { c.marked.push_back(9); }), HasSubstr("marked"));
  EXPECT_THAT(refused([](LineChart& c) { c.height = 10; }), HasSubstr("200 to 10000"));
}

TEST(ForOtherReaders, Chart) {
  const char* place = std::getenv("STSR_TEST_OUTPUT");
  if (place == nullptr) GTEST_SKIP() << "STSR_TEST_OUTPUT names no folder";
  std::ofstream(std::filesystem::path(place) / "chart.svg") << line_chart_svg(chart());
}

}  // namespace
}  // namespace stsr

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stsr {

/// A curve. A value that is not finite is a gap; a point between two gaps is drawn as a dot.
struct ChartSeries {
  std::string name;
  std::vector<double> values;  ///< one for each x of the chart
  /// Which of the colours it has, so that one method has one colour in several charts; none: that
  /// of its place.
  std::optional<std::size_t> colour = {};
};

/// Curves over time steps, such as the PSNR of several methods.
struct LineChart {
  std::string title;
  std::string x_label = "time step";
  std::string y_label;              ///< with its unit, e.g. "PSNR (dB)"
  std::vector<double> x;            ///< ascending
  std::vector<std::size_t> marked;  ///< indices into x that get markers, e.g. the kept steps
  std::string marked_name;          ///< what the markers mean, in the legend; empty: not said
  std::vector<ChartSeries> series;
  std::size_t width = 700;  ///< of the picture, in pixels
  std::size_t height = 400;
};

/// The chart as an SVG 1.1 picture: one <svg> element that can stand in a file of its own or within
/// an HTML page; text is text, there is no script and nothing from elsewhere. Colours are those of
/// Okabe and Ito (Color Universal Design, 2008), which colour-blind readers can tell apart; from
/// the eighth curve on they come again with dashes.
/// @throws ShapeError  no x, or a series with another number of values.
/// @throws ValueError  x is not finite or not ascending, a marked index is not one of x, a side
/// is out of [200, 10000], or the names leave less than 60 pixels of height for the curves.
[[nodiscard]] std::string line_chart_svg(const LineChart& chart);

}  // namespace stsr

#include "stsr/rendering/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "stsr/base/error.h"
#include "stsr/base/xml_text.h"
#include "stsr/volume/value_range.h"
#include "ticks.h"

namespace stsr {

namespace {

// Okabe and Ito's palette without black and with its yellow last: it is faint on white.
constexpr std::array<const char*, 7> palette{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                             "#e69f00", "#56b4e9", "#b3a100"};
constexpr const char* ink = "#222222";
constexpr const char* grid_line = "#e3e3e3";
constexpr double font = 13.0;
constexpr double letter = 0.56 * font;  // mean width of a letter of a sans-serif face

void check_chart(const LineChart& chart) {
  if (chart.x.empty()) throw ShapeError("a chart needs at least one x");
  for (std::size_t i = 0; i < chart.x.size(); ++i)
    if (!std::isfinite(chart.x[i]) || (i > 0 && chart.x[i] <= chart.x[i - 1]))
      throw ValueError(fmt::format(
          "the x of a chart must be finite and ascending, got {} at index {}", chart.x[i], i));
  for (const ChartSeries& series : chart.series)
    if (series.values.size() != chart.x.size())
      throw ShapeError(fmt::format("the curve '{}' must have a value for each of {} x, got {}",
                                   series.name, chart.x.size(), series.values.size()));
  for (const std::size_t index : chart.marked)
    if (index >= chart.x.size())
      throw ValueError(fmt::format("a marked index must be below the number of x, {}, got {}",
                                   chart.x.size(), index));
  for (const std::size_t side : {chart.width, chart.height})
    if (side < 200 || side > 10000)
      throw ValueError(
          fmt::format("the sides of a chart must be 200 to 10000 pixels, got {}", side));
}

/// `text` between tags; control characters that XML does not know become spaces.
std::string text_node(const std::string& text) {
  std::string clean = xml_escaped(text);
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return clean;
}

/// Characters, not bytes, of UTF-8 text.
double characters(const std::string& text) {
  return static_cast<double>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// A range [lo, hi] on an axis from pixel `begin` to `end`.
struct Axis {
  double lo = 0.0;
  double hi = 1.0;
  double begin = 0.0;
  double end = 1.0;
  std::vector<double> ticks;
  std::vector<std::string> texts;

  [[nodiscard]] double at(double value) const {
    return std::lerp(begin, end, (value - lo) / (hi - lo));
  }
};

std::pair<double, double> value_span(const LineChart& chart) {
  ValueRange range = ValueRange::of_nothing();
  for (const ChartSeries& series : chart.series)
    for (const double value : series.values) range.include(value);
  if (!range.holds_values()) return {0.0, 1.0};
  const auto [lo, hi] = range;
  const double room = hi > lo ? 0.05 * (hi - lo) : (lo == 0.0 ? 1.0 : 0.1 * std::abs(lo));
  return {lo - room, hi + room};
}

/// A row of the legend: names side by side, as many as fit.
struct LegendItem {
  std::string name;
  std::size_t series;  // or number of series: the meaning of the markers
  double x;
  double row;
};

constexpr double sample_width = 26.0;

std::vector<LegendItem> lay_out_legend(const LineChart& chart, double left, double right) {
  std::vector<LegendItem> items;
  double x = left;
  double row = 0.0;
  const auto add = [&](const std::string& name, std::size_t series) {
    const double width = sample_width + 6.0 + characters(name) * letter + 18.0;
    if (x > left && x + width - 18.0 > right) {
      x = left;
      row += 1.0;
    }
    items.push_back({name, series, x, row});
    x += width;
  };
  for (std::size_t i = 0; i < chart.series.size(); ++i) add(chart.series[i].name, i);
  if (!chart.marked.empty() && !chart.marked_name.empty())
    add(chart.marked_name, chart.series.size());
  return items;
}

/// The colour of a series counts from 0 and continues with dashes past the palette.
std::size_t colour_of(const LineChart& chart, std::size_t series) {
  return chart.series[series].colour.value_or(series);
}

std::string fill_of(const LineChart& chart, std::size_t series) {
  return palette[colour_of(chart, series) % palette.size()];
}

std::string stroke_of(const LineChart& chart, std::size_t series) {
  const std::size_t number = colour_of(chart, series);
  constexpr std::array<const char*, 3> dashes{"", " stroke-dasharray=\"7 4\"",
                                              " stroke-dasharray=\"2 3\""};
  return fmt::format("stroke=\"{}\" stroke-width=\"2\" fill=\"none\"{}", fill_of(chart, series),
                     dashes[std::min<std::size_t>(number / palette.size(), 2)]);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text,
                    const std::string& more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, more, text_node(text));
}

std::string axes_svg(const LineChart& chart, const Axis& x, const Axis& y) {
  std::string svg;
  for (std::size_t i = 0; i < y.ticks.size(); ++i) {
    const double at = y.at(y.ticks[i]);
    svg += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", x.begin,
        at, x.end, at, grid_line);
    svg += text_at(x.begin - 8.0, at + 0.35 * font, "end", y.texts[i]);
  }
  for (std::size_t i = 0; i < x.ticks.size(); ++i) {
    const double at = x.at(x.ticks[i]);
    svg += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"/>\n", at,
        y.begin, at, y.begin + 5.0, ink);
    svg += text_at(at, y.begin + 7.0 + font, "middle", x.texts[i]);
  }
  svg += fmt::format("<path d=\"M{:.1f} {:.1f}V{:.1f}H{:.1f}\" stroke=\"{}\" fill=\"none\"/>\n",
                     x.begin, y.end, y.begin, x.end, ink);
  svg += text_at((x.begin + x.end) / 2.0, y.begin + 14.0 + 2.0 * font, "middle", chart.x_label);
  const double middle = (y.begin + y.end) / 2.0;
  svg += text_at(font + 4.0, middle, "middle", chart.y_label,
                 fmt::format(" transform=\"rotate(-90 {:.1f} {:.1f})\"", font + 4.0, middle));
  return svg;
}

std::string marker(double x, double y, const std::string& colour) {
  return fmt::format(
      "<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"3.5\" fill=\"{}\" stroke=\"#ffffff\"/>\n", x, y,
      colour);
}

/// The curve as one path, interrupted at gaps, then its markers.
std::string curve_svg(const LineChart& chart, std::size_t index, const Axis& x, const Axis& y) {
  const auto& values = chart.series[index].values;
  std::string path;
  std::string dots;
  bool drawing = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      drawing = false;
      continue;
    }
    path += fmt::format("{}{:.2f} {:.2f}", drawing ? "L" : "M", x.at(chart.x[i]), y.at(values[i]));
    const bool continues = i + 1 < values.size() && std::isfinite(values[i + 1]);
    if (!drawing && !continues)
      dots += fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"1.5\" fill=\"{}\"/>\n",
                          x.at(chart.x[i]), y.at(values[i]), fill_of(chart, index));
    drawing = true;
  }
  std::string svg = fmt::format("<g><title>{}</title>\n", text_node(chart.series[index].name));
  if (!path.empty())
    svg += fmt::format("<path d=\"{}\" {} stroke-linejoin=\"round\"/>\n", path,
                       stroke_of(chart, index));
  svg += dots;
  for (const std::size_t i : chart.marked)
    if (std::isfinite(values[i]))
      svg += marker(x.at(chart.x[i]), y.at(values[i]), fill_of(chart, index));
  return svg + "</g>\n";
}

std::string legend_svg(const LineChart& chart, const std::vector<LegendItem>& items, double top) {
  std::string svg;
  for (const LegendItem& item : items) {
    const double y = top + item.row * (font + 7.0);
    const double line = y - 0.35 * font;
    if (item.series < chart.series.size())
      svg += fmt::format("<path d=\"M{:.1f} {:.1f}h{:.1f}\" {}/>\n", item.x, line, sample_width,
                         stroke_of(chart, item.series));
    else
      svg += marker(item.x + sample_width / 2.0, line, "#777777");
    svg += text_at(item.x + sample_width + 6.0, y, "start", item.name);
  }
  return svg;
}

}  // namespace

std::string line_chart_svg(const LineChart& chart) {
  check_chart(chart);
  const auto width = static_cast<double>(chart.width);
  const auto height = static_cast<double>(chart.height);
  Axis y;
  std::tie(y.lo, y.hi) = value_span(chart);
  y.ticks = nice_ticks(y.lo, y.hi, static_cast<std::size_t>(height / 50.0));
  y.texts = tick_texts(y.ticks);
  double widest = 0.0;
  for (const std::string& text : y.texts) widest = std::max(widest, characters(text) * letter);

  Axis x;
  x.begin = 8.0 + (chart.y_label.empty() ? 0.0 : font + 12.0) + widest + 8.0;
  x.end = width - 20.0;
  x.lo = chart.x.front();
  x.hi = chart.x.back();
  if (x.lo == x.hi) {  // one point stands in the middle
    x.lo -= 1.0;
    x.hi += 1.0;
  }
  x.ticks = nice_ticks(x.lo, x.hi, static_cast<std::size_t>((x.end - x.begin) / 60.0));
  x.texts = tick_texts(x.ticks);

  const double title_base = chart.title.empty() ? 6.0 : 26.0;
  const auto items = lay_out_legend(chart, x.begin, x.end);
  const double legend_base = title_base + 8.0 + font;
  const double rows = items.empty() ? 0.0 : items.back().row + 1.0;
  y.begin = height - 22.0 - 2.0 * font;
  y.end = title_base + 14.0 + rows * (font + 7.0);
  if (y.begin - y.end < 60.0)
    throw ValueError(fmt::format(
        "a chart of {} x {} pixels has no room for {} curves with their names; make it higher",
        chart.width, chart.height, chart.series.size()));

  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\" "
      "role=\"img\" font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\" font-size=\"{2}\" "
      "fill=\"{3}\">\n",
      chart.width, chart.height, font, ink);
  if (!chart.title.empty()) svg += fmt::format("<title>{}</title>\n", text_node(chart.title));
  svg += fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", chart.width,
                     chart.height);
  svg += text_at(x.begin, title_base - 4.0, "start", chart.title,
                 " font-size=\"16\" font-weight=\"600\"");
  svg += axes_svg(chart, x, y);
  for (std::size_t i = 0; i < chart.series.size(); ++i) svg += curve_svg(chart, i, x, y);
  svg += legend_svg(chart, items, legend_base);
  return svg + "</svg>\n";
}

}  // namespace stsr

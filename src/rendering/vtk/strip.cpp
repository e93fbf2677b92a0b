#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "../ticks.h"
#include "stsr/base/error.h"
#include "stsr/base/shape.h"
#include "stsr/rendering/compose.h"
#include "text.h"
#include "transfer.h"

namespace stsr {

namespace {

void check_layout(const StripLayout& layout) {
  if (layout.rows.empty() || layout.rows.front().empty())
    throw ShapeError("a strip needs at least one row of pictures");
  const std::size_t columns = layout.rows.front().size();
  for (const auto& row : layout.rows) {
    if (row.size() != columns)
      throw ShapeError(fmt::format("the rows of a strip must have as many pictures, got {} and {}",
                                   columns, row.size()));
    for (const StripCell& cell : row)
      if (!cell.image.pixels.empty() || cell.image.width != 0) check_image(cell.image);
  }
  const auto check_titles = [](std::size_t titles, std::size_t places, const char* what) {
    if (titles != 0 && titles != places)
      throw ShapeError(
          fmt::format("a strip with {} {} got {} titles for them", places, what, titles));
  };
  check_titles(layout.column_titles.size(), columns, "columns");
  check_titles(layout.row_titles.size(), layout.rows.size(), "rows");
  if (layout.font_size < 6 || layout.font_size > 200)
    throw ValueError(fmt::format("a font size must be 6 to 200 pixels, got {}", layout.font_size));
  if (!layout.legend) return;
  layout.legend->colours.check();
  if (layout.legend->colours.over != TransferDomain::values)
    throw ValueError("a colour legend needs a transfer function over values; scale it first");
  if (layout.legend->colours.colours.front().x >= layout.legend->colours.colours.back().x)
    throw ValueError("a colour legend needs colours at two values or more");
}

/// A colour bar with numbers at its right and the title at its left, read upwards.
class Legend {
 public:
  Legend(const ColourLegend& legend, std::size_t font, std::size_t height)
      : lo_(legend.colours.colours.front().x),
        hi_(legend.colours.colours.back().x),
        colours_(vtk_colours(legend.colours, {lo_, hi_ - lo_})),
        font_(font),
        height_(height),
        title_(turned_upwards(text_pixels(legend.title, font))) {
    ticks_ = nice_ticks(lo_, hi_, std::clamp<std::size_t>(height / (3 * font), 2, 8));
    for (const std::string& text : tick_texts(ticks_)) texts_.push_back(text_pixels(text, font));
  }

  [[nodiscard]] std::size_t width() const {
    std::size_t widest = 0;
    for (const TextPixels& text : texts_) widest = std::max(widest, text.width);
    return bar_x() + bar_width() + font_ / 2 + font_ / 4 + widest;
  }

  void draw(Image& image, std::size_t x, std::size_t y, Rgb ink) const {
    // The title, halfway up on the left.
    draw_text(
        image, title_, static_cast<std::ptrdiff_t>(x),
        static_cast<std::ptrdiff_t>(y) +
            (static_cast<std::ptrdiff_t>(height_) - static_cast<std::ptrdiff_t>(title_.height)) / 2,
        ink);
    // The bar: its highest colour at the top, each row that of its middle.
    Image bar{bar_width(), height_, {}};
    bar.pixels.reserve(bar.width * bar.height * 3);
    for (std::size_t row = 0; row < height_; ++row) {
      const double part = 1.0 - (static_cast<double>(row) + 0.5) / static_cast<double>(height_);
      double rgb[3];
      colours_->GetColor(part, rgb);
      for (std::size_t column = 0; column < bar.width; ++column)
        for (const double c : rgb)
          bar.pixels.push_back(
              static_cast<std::uint8_t>(std::lround(255.0 * std::clamp(c, 0.0, 1.0))));
    }
    paste(image, bar, x + bar_x(), y);
    draw_frame(image, {x + bar_x(), y, bar.width, bar.height}, ink, 1);
    // On its right a mark and a number for each tick.
    for (std::size_t i = 0; i < ticks_.size(); ++i) {
      const double part = (hi_ - ticks_[i]) / (hi_ - lo_);
      const auto at =
          static_cast<std::size_t>(std::lround(part * static_cast<double>(height_ - 1)));
      const std::size_t right = x + bar_x() + bar.width + 1;
      for (std::size_t step = 0; step < font_ / 3; ++step)
        std::copy(ink.begin(), ink.end(),
                  &image.pixels[((y + at) * image.width + right + step) * 3]);
      draw_text(
          image, texts_[i], static_cast<std::ptrdiff_t>(right + font_ / 2),
          static_cast<std::ptrdiff_t>(y + at) - static_cast<std::ptrdiff_t>(texts_[i].height / 2),
          ink);
    }
  }

 private:
  [[nodiscard]] std::size_t bar_width() const { return font_; }
  [[nodiscard]] std::size_t bar_x() const {
    return title_.width == 0 ? 1 : title_.width + font_ / 2;
  }

  double lo_;
  double hi_;
  vtkSmartPointer<vtkColorTransferFunction> colours_;  // 0 is lo_, 1 is hi_
  std::size_t font_;
  std::size_t height_;
  TextPixels title_;
  std::vector<double> ticks_;
  std::vector<TextPixels> texts_;
};

/// Where everything is, in pixels.
struct Places {
  std::vector<std::size_t> widths;   // of columns
  std::vector<std::size_t> heights;  // of rows, without captions
  std::vector<std::size_t> x;        // left edges of columns
  std::vector<std::size_t> y;        // top edges of rows
  std::size_t right = 0;
  std::size_t bottom = 0;  // of the last row's pictures
  std::size_t end = 0;     // of the last row with its captions
};

Places place(const StripLayout& layout, std::size_t left, std::size_t top, std::size_t caption) {
  Places places;
  places.widths.resize(layout.rows.front().size());
  places.heights.resize(layout.rows.size());
  std::vector<std::size_t> captions(layout.rows.size(), 0);
  for (std::size_t r = 0; r < layout.rows.size(); ++r)
    for (std::size_t c = 0; c < places.widths.size(); ++c) {
      const StripCell& cell = layout.rows[r][c];
      places.widths[c] = std::max(places.widths[c], cell.image.width);
      places.heights[r] = std::max(places.heights[r], cell.image.height);
      if (!cell.caption.empty()) captions[r] = caption;
    }
  // Columns from left to right, rows from top to bottom, with a gap between two.
  places.right = left;
  for (const std::size_t width : places.widths) {
    places.x.push_back(places.right);
    places.right += width + layout.gap;
  }
  places.right -= layout.gap;
  places.end = top;
  for (std::size_t r = 0; r < places.heights.size(); ++r) {
    places.y.push_back(places.end);
    places.bottom = places.end + places.heights[r];
    places.end = places.bottom + captions[r] + layout.gap;
  }
  places.end -= layout.gap;
  return places;
}

std::ptrdiff_t centred(std::size_t begin, std::size_t room, std::size_t size) {
  return static_cast<std::ptrdiff_t>(begin) +
         (static_cast<std::ptrdiff_t>(room) - static_cast<std::ptrdiff_t>(size)) / 2;
}

}  // namespace

Image strip(const StripLayout& layout) {
  check_layout(layout);

  // 1. The titles, and the room that they take above and on the left.
  const std::size_t margin = std::max<std::size_t>(layout.font_size / 2, 4);
  const std::size_t small = std::max<std::size_t>(layout.font_size * 5 / 6, 6);
  std::vector<TextPixels> above;
  std::vector<TextPixels> beside;
  std::size_t top = margin;
  std::size_t left = margin;
  for (const std::string& title : layout.column_titles) {
    above.push_back(text_pixels(title, layout.font_size));
    top = std::max(top, margin + above.back().height + margin / 2);
  }
  for (const std::string& title : layout.row_titles) {
    beside.push_back(turned_upwards(text_pixels(title, layout.font_size)));
    left = std::max(left, margin + beside.back().width + margin / 2);
  }

  // 2. Where each picture goes, and the legend on their right.
  const std::size_t caption = text_pixels("Ag", small).height + margin;
  const Places places = place(layout, left, top, caption);
  std::size_t width = places.right + margin;
  std::optional<Legend> legend;
  if (layout.legend) {
    legend.emplace(*layout.legend, small, places.bottom - top);
    width = places.right + 2 * margin + legend->width() + margin;
  }

  // 3. The background, and on it titles, pictures with their captions and the legend.
  Image image{width, places.end + margin, {}};
  image.pixels.resize(checked_product({image.width, image.height, std::size_t{3}}));
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = layout.background[i % 3];

  const Rgb ink = layout.text_colour;
  for (std::size_t c = 0; c < above.size(); ++c)
    draw_text(image, above[c], centred(places.x[c], places.widths[c], above[c].width),
              static_cast<std::ptrdiff_t>(margin), ink);
  for (std::size_t r = 0; r < beside.size(); ++r)
    draw_text(image, beside[r], static_cast<std::ptrdiff_t>(margin),
              centred(places.y[r], places.heights[r], beside[r].height), ink);
  for (std::size_t r = 0; r < layout.rows.size(); ++r)
    for (std::size_t c = 0; c < layout.rows[r].size(); ++c) {
      const StripCell& cell = layout.rows[r][c];
      if (cell.image.width != 0)
        paste(image, cell.image,
              static_cast<std::size_t>(centred(places.x[c], places.widths[c], cell.image.width)),
              static_cast<std::size_t>(centred(places.y[r], places.heights[r], cell.image.height)));
      const TextPixels text = text_pixels(cell.caption, small);
      draw_text(image, text, centred(places.x[c], places.widths[c], text.width),
                static_cast<std::ptrdiff_t>(places.y[r] + places.heights[r] + margin / 2), ink);
    }
  if (legend) legend->draw(image, places.right + 2 * margin, top, ink);
  return image;
}

}  // namespace stsr

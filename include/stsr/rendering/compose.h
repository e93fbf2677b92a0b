#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stsr/rendering/transfer_function.h"
#include "stsr/volume/image.h"

namespace stsr {

/// Each pixel as a square of factor x factor pixels. @throws ValueError  `factor` is 0.
[[nodiscard]] Image enlarged(const Image& image, std::size_t factor);

/// Copies `part` into `image` with its top left pixel at (x, y).
/// @throws ValueError  it does not fit.
void paste(Image& image, const Image& part, std::size_t x, std::size_t y);

/// Draws a frame of `line_width` pixels around the pixels of `box`, outside of it, and as far as
/// the picture reaches. @throws ValueError  `box` is empty or not within the picture.
void draw_frame(Image& image, const PixelBox& box, Rgb colour, std::size_t line_width);

/// Where an enlarged part goes: into a corner of the picture, or below it.
enum class ZoomPlace { top_left, top_right, bottom_left, bottom_right, below };

/// A part of a picture to be shown `factor` times as large, both in frames of one colour.
struct ZoomBox {
  PixelBox part;
  std::size_t factor = 2;
  ZoomPlace place = ZoomPlace::bottom_right;
  Rgb colour{214, 39, 40};
};

/// The picture with its zoom boxes. Those in a corner cover what is there; those below stand side
/// by side under the picture, which grows by as much as the tallest needs.
/// @throws ValueError  a part is empty or not within the picture, a factor is 0, or an enlarged
/// part is larger than the picture (below: all together wider than it).
[[nodiscard]] Image with_zooms(const Image& image, std::span<const ZoomBox> zooms,
                               std::size_t line_width = 2);

/// One picture of a strip, with a line below it (e.g. a score), which may be empty.
struct StripCell {
  Image image;  ///< without pixels: the place stays free
  std::string caption;
};

/// A bar of the colours of a transfer function over values, with numbers.
struct ColourLegend {
  TransferFunction colours;
  std::string title;  ///< e.g. the variable with its unit
};

/// Pictures in rows and columns: usually a column per method, a row per case.
struct StripLayout {
  std::vector<std::vector<StripCell>> rows;  ///< each with as many cells
  std::vector<std::string> column_titles;    ///< above; none, or one per column
  std::vector<std::string> row_titles;       ///< at the left, upwards; none, or one per row
  std::optional<ColourLegend> legend;        ///< at the right
  std::size_t font_size = 20;  ///< of titles, in pixels; captions and numbers 5/6 of it
  std::size_t gap = 10;        ///< between pictures, in pixels
  Rgb background{255, 255, 255};
  Rgb text_colour{32, 32, 32};
};

/// Draws a strip. Columns are as wide, and rows as high, as their largest picture.
/// @throws ShapeError  rows or titles differ in number, a picture is malformed, or there is none.
/// @throws ValueError  a font size out of [6, 200], a legend whose transfer function is over a
/// range, or a build without VTK.
[[nodiscard]] Image strip(const StripLayout& layout);

}  // namespace stsr

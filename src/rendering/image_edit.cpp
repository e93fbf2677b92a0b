#include <fmt/format.h>

#include <algorithm>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"
#include "stsr/rendering/compose.h"

namespace stsr {

namespace {

void fill(Image& image, std::size_t x0, std::size_t x1, std::size_t y0, std::size_t y1,
          Rgb colour) {
  for (std::size_t y = y0; y < y1; ++y)
    for (std::size_t x = x0; x < x1; ++x)
      std::copy(colour.begin(), colour.end(), &image.pixels[(y * image.width + x) * 3]);
}

/// The part, enlarged, with a frame around it.
Image framed_zoom(const Image& image, const ZoomBox& zoom, std::size_t line) {
  const Image large = enlarged(cropped(image, zoom.part), zoom.factor);
  Image framed{large.width + 2 * line, large.height + 2 * line, {}};
  framed.pixels.resize(framed.width * framed.height * 3);
  fill(framed, 0, framed.width, 0, framed.height, zoom.colour);
  paste(framed, large, line, line);
  return framed;
}

}  // namespace

Image enlarged(const Image& image, std::size_t factor) {
  check_image(image);
  if (factor == 0) throw ValueError("a picture must be enlarged by a factor of 1 or more, got 0");
  Image large{checked_product({image.width, factor}), checked_product({image.height, factor}), {}};
  large.pixels.resize(checked_product({large.width, large.height, std::size_t{3}}));
  for (std::size_t y = 0; y < large.height; ++y)
    for (std::size_t x = 0; x < large.width; ++x) {
      const Rgb colour = image.at(x / factor, y / factor);
      std::copy(colour.begin(), colour.end(), &large.pixels[(y * large.width + x) * 3]);
    }
  return large;
}

void paste(Image& image, const Image& part, std::size_t x, std::size_t y) {
  check_image(part);
  check_box({x, y, part.width, part.height}, image);
  for (std::size_t row = 0; row < part.height; ++row)
    std::copy_n(&part.pixels[row * part.width * 3], part.width * 3,
                &image.pixels[((y + row) * image.width + x) * 3]);
}

void draw_frame(Image& image, const PixelBox& box, Rgb colour, std::size_t line_width) {
  check_box(box, image);
  const std::size_t x0 = box.x - std::min(box.x, line_width);
  const std::size_t y0 = box.y - std::min(box.y, line_width);
  const std::size_t x1 = std::min(image.width, box.x + box.width + line_width);
  const std::size_t y1 = std::min(image.height, box.y + box.height + line_width);
  fill(image, x0, x1, y0, box.y, colour);
  fill(image, x0, x1, box.y + box.height, y1, colour);
  fill(image, x0, box.x, y0, y1, colour);
  fill(image, box.x + box.width, x1, y0, y1, colour);
}

Image with_zooms(const Image& image, std::span<const ZoomBox> zooms, std::size_t line_width) {
  check_image(image);

  // 1. The enlarged parts, and the room that those below the picture take.
  std::size_t width_below = 0;
  std::size_t height_below = 0;
  const std::size_t gap = 2 * line_width;
  std::vector<Image> parts;
  for (const ZoomBox& zoom : zooms) {
    parts.push_back(framed_zoom(image, zoom, line_width));
    const Image& part = parts.back();
    if (part.width > image.width || (zoom.place != ZoomPlace::below && part.height > image.height))
      throw ValueError(fmt::format(
          "an enlarged part of {} x {} pixels does not fit a picture of {} x {}; choose a smaller "
          "part or factor",
          part.width, part.height, image.width, image.height));
    if (zoom.place != ZoomPlace::below) continue;
    width_below += part.width + (width_below == 0 ? 0 : gap);
    height_below = std::max(height_below, part.height + gap);
  }
  if (width_below > image.width)
    throw ValueError(fmt::format(
        "the enlarged parts below a picture of {} pixels width are {} wide; choose smaller ones",
        image.width, width_below));

  // 2. The picture with white below, and a frame around each place that is enlarged.
  Image result{image.width, image.height + height_below, image.pixels};
  result.pixels.resize(result.width * result.height * 3, 255);
  for (const ZoomBox& zoom : zooms) draw_frame(result, zoom.part, zoom.colour, line_width);

  // 3. The parts: side by side in the middle below, or into their corners.
  std::size_t x_below = (image.width - width_below) / 2;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Image& part = parts[i];
    const ZoomPlace place = zooms[i].place;
    if (place == ZoomPlace::below) {
      paste(result, part, x_below, image.height + gap);
      x_below += part.width + gap;
      continue;
    }
    const bool right = place == ZoomPlace::top_right || place == ZoomPlace::bottom_right;
    const bool bottom = place == ZoomPlace::bottom_left || place == ZoomPlace::bottom_right;
    paste(result, part, right ? image.width - part.width : 0,
          bottom ? image.height - part.height : 0);
  }
  return result;
}

}  // namespace stsr

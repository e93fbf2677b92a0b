#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace stsr {

/// A colour of 8-bit sRGB components: red, green, blue.
using Rgb = std::array<std::uint8_t, 3>;

/// A picture: pixels[(y*width + x)*3 + c], 8-bit sRGB, rows from top to bottom.
struct Image {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> pixels;  // [height*width*3]

  [[nodiscard]] Rgb at(std::size_t x, std::size_t y) const {
    const std::uint8_t* pixel = &pixels[(y * width + x) * 3];
    return {pixel[0], pixel[1], pixel[2]};
  }
  bool operator==(const Image&) const = default;
};

/// A part of a picture, in pixels: columns [x, x + width), rows [y, y + height) from the top.
struct PixelBox {
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t width = 0;
  std::size_t height = 0;
  bool operator==(const PixelBox&) const = default;
};

/// @throws ShapeError  a picture without pixels, or with another number than its sides say.
void check_image(const Image& image);

/// @throws ShapeError  as check_image, or the box is empty or leaves the picture.
void check_box(const PixelBox& box, const Image& image);

/// The pixels of the box. @throws ShapeError  as check_box.
[[nodiscard]] Image cropped(const Image& image, const PixelBox& box);

}  // namespace stsr

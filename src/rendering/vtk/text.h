#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stsr/volume/image.h"

namespace stsr {

/// How much of each pixel a text covers: coverage[y*width + x], 0 to 255, rows from the top.
struct TextPixels {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> coverage;
};

/// A line of text, antialiased; all lines of one size have one height. UTF-8.
[[nodiscard]] TextPixels text_pixels(const std::string& text, std::size_t font_size,
                                     bool bold = false);

/// The same turned by 90 degrees, to be read upwards.
[[nodiscard]] TextPixels turned_upwards(const TextPixels& text);

/// Lays text over a picture with its top left at (x, y); what lies outside is left out.
void draw_text(Image& image, const TextPixels& text, std::ptrdiff_t x, std::ptrdiff_t y,
               Rgb colour);

}  // namespace stsr

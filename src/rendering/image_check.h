#pragma once

#include <fmt/format.h>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"
#include "stsr/volume/image.h"

namespace stsr {

/// @throws ShapeError  a picture without pixels, or with another number than its sides say.
inline void check_image(const Image& image) {
  if (image.width == 0 || image.height == 0 ||
      image.pixels.size() != checked_product({image.width, image.height, std::size_t{3}}))
    throw ShapeError(
        fmt::format("a picture of {} x {} pixels must have width * height * 3 bytes and "
                    "at least one pixel, got {} bytes",
                    image.width, image.height, image.pixels.size()));
}

}  // namespace stsr

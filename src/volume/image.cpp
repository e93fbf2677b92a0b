#include "stsr/volume/image.h"

#include <fmt/format.h>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"

namespace stsr {

void check_image(const Image& image) {
  if (image.width == 0 || image.height == 0 ||
      image.pixels.size() != checked_product({image.width, image.height, std::size_t{3}}))
    throw ShapeError(
        fmt::format("a picture of {} x {} pixels must have width * height * 3 bytes and "
                    "at least one pixel, got {} bytes",
                    image.width, image.height, image.pixels.size()));
}

void check_box(const PixelBox& box, const Image& image) {
  check_image(image);
  if (box.width == 0 || box.height == 0 || box.x >= image.width || box.y >= image.height ||
      box.width > image.width - box.x || box.height > image.height - box.y)
    throw ShapeError(fmt::format(
        "a part of a picture must lie within its {} x {} pixels and not be empty, got {} x {} "
        "pixels from ({}, {})",
        image.width, image.height, box.width, box.height, box.x, box.y));
}

Image cropped(const Image& image, const PixelBox& box) {
  check_box(box, image);
  Image part{box.width, box.height, {}};
  part.pixels.reserve(box.width * box.height * 3);
  for (std::size_t y = box.y; y < box.y + box.height; ++y) {
    const auto row =
        image.pixels.begin() + static_cast<std::ptrdiff_t>((y * image.width + box.x) * 3);
    part.pixels.insert(part.pixels.end(), row, row + static_cast<std::ptrdiff_t>(box.width * 3));
  }
  return part;
}

}  // namespace stsr

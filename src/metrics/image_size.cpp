#include "image_size.h"

#include <fmt/format.h>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"

namespace stsr {

void check_same_size(const Image& truth, const Image& result) {
  for (const Image* image : {&truth, &result})
    if (image->pixels.empty() ||
        image->pixels.size() != checked_product({image->height, image->width, 3}))
      throw ShapeError(fmt::format(
          "an image of {} x {} pixels holds {} bytes; it needs 3 for each pixel, and a pixel",
          image->width, image->height, image->pixels.size()));
  if (truth.width != result.width || truth.height != result.height)
    throw ShapeError(
        fmt::format("the images have {} x {} and {} x {} pixels; pictures are compared at one size",
                    truth.width, truth.height, result.width, result.height));
}

}  // namespace stsr

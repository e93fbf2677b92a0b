#include "image_size.h"

#include <fmt/format.h>

#include "stsr/base/error.h"

namespace stsr {

void check_same_size(const Image& truth, const Image& result) {
  for (const Image* image : {&truth, &result}) check_image(*image);
  if (truth.width != result.width || truth.height != result.height)
    throw ShapeError(
        fmt::format("the images have {} x {} and {} x {} pixels; pictures are compared at one size",
                    truth.width, truth.height, result.width, result.height));
}

}  // namespace stsr

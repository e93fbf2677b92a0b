#pragma once

#include <span>

#include "stsr/volume/image.h"

namespace stsr {

/// The smallest box that holds every pixel that differs from the background in any of the images;
/// the whole picture where none does. Pictures are compared inside one such box, since a wide
/// background would make all of them alike.
/// @param least  the box is widened, evenly where it can be, to at least so many pixels along both
///   axes, as far as the picture goes.
/// @throws ShapeError  the images differ in size; ValueError  there are none.
[[nodiscard]] PixelBox common_box(std::span<const Image> images, Rgb background,
                                  std::size_t least = 1);

}  // namespace stsr

#pragma once

#include "stsr/volume/image.h"

namespace stsr {

/// @throws ShapeError  the pixels of an image do not fit its size, it has none, or the two differ
/// in size.
void check_same_size(const Image& truth, const Image& result);

}  // namespace stsr

#pragma once

#include <span>

#include "stsr/rendering/transfer_function.h"
#include "stsr/volume/grid.h"

namespace stsr {

// Whether a picture would show nothing but the background, which is seldom meant.

/// True where there is no surface: no cell whose eight samples are all finite has some that are at
/// least the isovalue and some below it.
/// @param values  [nz*ny*nx], x fastest
[[nodiscard]] bool isosurface_is_empty(const Dims& dims, std::span<const float> values,
                                       double isovalue);

/// True where values are missing or of opacity 0, and so is all between the smallest and the
/// largest of them.
/// @param transfer  over values
[[nodiscard]] bool volume_is_transparent(std::span<const float> values,
                                         const TransferFunction& transfer);

}  // namespace stsr

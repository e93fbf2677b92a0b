#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stsr/interpolation/interpolator.h"
#include "stsr/volume/grid.h"

namespace stsr {

/// The size of a volume extended for four taps anywhere in [0, n-1]: n + 3 along each axis.
[[nodiscard]] Dims extended_dims(const Dims& dims);

/// What the four taps of a kernel read along one line, of n >= 1 values: out[0] belongs to
/// index -1, out[n + 2] to index n + 1. For linear and Catmull-Rom these are the values with the
/// ends repeated; for the B-spline, its coefficients for the line continued by its end values.
void line_coefficients(InterpolationKernel kernel, std::span<const double> line, double* out);

/// The same along all three axes: values[nz*ny*nx] to extended_dims. In parallel.
[[nodiscard]] std::vector<double> volume_coefficients(InterpolationKernel kernel, const Dims& dims,
                                                      std::span<const float> values);

/// Replaces values that are not finite by the average of their present neighbours (6), layer
/// after layer; by 0 where no value is present at all. Returns 1 where a value was missing, or
/// nothing where none was.
std::vector<std::uint8_t> fill_missing(const Dims& dims, std::span<float> values);

}  // namespace stsr

#pragma once

#include <span>

#include "stsr/rendering/transfer_function.h"
#include "stsr/volume/grid.h"

namespace stsr {

// VTK and OpenGL compute in single precision, with squares of lengths and of gradients. They get
// numbers about 1, so that pictures do not depend on the units of the data, or on where the origin
// of their coordinates lies.

/// The grid with its centre at 0 and its longest edge 1.
/// @param grid  2 samples or more along each axis
/// @throws ValueError  a spacing is 0 or not finite, or the edges differ too much in length.
[[nodiscard]] Grid drawn_grid(const Grid& grid);

/// A value as VTK gets it: (v - zero) / unit.
struct DrawnScale {
  double zero = 0.0;
  double unit = 1.0;
  double farthest = 1.0;  ///< samples are limited to [-farthest, farthest]

  [[nodiscard]] double operator()(double value) const { return (value - zero) / unit; }
  /// @param value  finite
  [[nodiscard]] float sample(double value) const;
};

/// The points of the transfer function come to lie in [0, 1].
/// @param values  [nz*ny*nx], of which those that are not finite do not count
[[nodiscard]] DrawnScale scale_of(const TransferFunction& transfer, std::span<const float> values);

/// The isovalue becomes 0, and the usual distance of a value from it about 1.
[[nodiscard]] DrawnScale scale_around(double isovalue, std::span<const float> values);

}  // namespace stsr

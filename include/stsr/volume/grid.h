#pragma once

#include <array>
#include <cstddef>

#include "stsr/base/shape.h"

namespace stsr {

/// Number of samples along each axis. Volumes are v[nz][ny][nx], x fastest.
struct Dims {
  std::size_t x = 1;
  std::size_t y = 1;
  std::size_t z = 1;

  /// Number of samples. @throws ShapeError  on overflow.
  [[nodiscard]] std::size_t count() const { return checked_product({x, y, z}); }
  /// Samples along axis 0 (x), 1 (y) or 2 (z).
  [[nodiscard]] std::size_t operator[](std::size_t axis) const {
    return axis == 0 ? x : axis == 1 ? y : z;
  }
  bool operator==(const Dims&) const = default;
};

/// A uniform grid: sample (i, j, k) lies at origin + (i, j, k) * spacing, in the data's unit of
/// length, axes in the order x, y, z.
struct Grid {
  Dims dims;
  std::array<double, 3> spacing{1.0, 1.0, 1.0};
  std::array<double, 3> origin{0.0, 0.0, 0.0};

  /// Coordinate of sample `index` (which may be fractional) along `axis`.
  [[nodiscard]] double position(std::size_t axis, double index) const {
    return origin[axis] + index * spacing[axis];
  }
  bool operator==(const Grid&) const = default;
};

}  // namespace stsr

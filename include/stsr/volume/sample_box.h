#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "stsr/volume/grid.h"

namespace stsr {

/// A box of samples of a grid, by their indices along x, y, z.
struct SampleBox {
  std::array<std::size_t, 3> first{0, 0, 0};  ///< its first sample
  Dims dims;                                  ///< its samples along each axis
  bool operator==(const SampleBox&) const = default;
};

/// @throws ShapeError  the box is empty or reaches outside of a grid of `dims`.
void check_box(const SampleBox& box, const Dims& dims);

/// Calls f(first, count) for each run of samples of the box that lie one after the other in a
/// volume of `dims`, in the order of the volume: rows, planes or all of the box at once.
/// @param box  check_box holds
template <class F>
void for_each_run(const Dims& dims, const SampleBox& box, const F& f) {
  const bool rows = box.dims.x == dims.x;            // whole rows follow one another
  const bool planes = rows && box.dims.y == dims.y;  // and so do whole planes
  const std::size_t run = box.dims.x * (rows ? box.dims.y : 1) * (planes ? box.dims.z : 1);
  for (std::size_t z = 0; z < (planes ? 1 : box.dims.z); ++z)
    for (std::size_t y = 0; y < (rows ? 1 : box.dims.y); ++y)
      f(((box.first[2] + z) * dims.y + box.first[1] + y) * dims.x + box.first[0], run);
}

/// The values of the box out of those of a whole volume.
/// @param values  [dims.z][dims.y][dims.x], x fastest
/// @return [box.dims.z][box.dims.y][box.dims.x]
/// @throws ShapeError  the box does not fit, or there are not as many values as `dims` says.
[[nodiscard]] std::vector<float> cut_box(std::span<const float> values, const Dims& dims,
                                         const SampleBox& box);

}  // namespace stsr

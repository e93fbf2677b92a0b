#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "stsr/volume/grid.h"

namespace stsr {

/// Part of a grid: the samples (i, j, k) whose indices are listed along each axis. What is made of
/// it lies as a volume of dims() in memory, x fastest.
struct GridSelection {
  std::array<std::vector<std::size_t>, 3> indices;  ///< along x, y, z; each once

  [[nodiscard]] static GridSelection all(const Dims& dims);
  /// Samples low[axis] <= i < high[axis]. @throws ValueError  there is none along an axis.
  [[nodiscard]] static GridSelection extent(const std::array<std::size_t, 3>& low,
                                            const std::array<std::size_t, 3>& high);

  [[nodiscard]] Dims dims() const {
    return {indices[0].size(), indices[1].size(), indices[2].size()};
  }
  /// @throws ValueError  an index lies outside a grid of `dims`; the message names it.
  void check_inside(const Dims& dims) const;
};

}  // namespace stsr

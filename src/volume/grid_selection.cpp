#include "stsr/volume/grid_selection.h"

#include <fmt/format.h>

#include <numeric>

#include "stsr/base/error.h"

namespace stsr {

GridSelection GridSelection::all(const Dims& dims) {
  GridSelection selection;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    selection.indices[axis].resize(dims[axis]);
    std::iota(selection.indices[axis].begin(), selection.indices[axis].end(), std::size_t{0});
  }
  return selection;
}

GridSelection GridSelection::extent(const std::array<std::size_t, 3>& low,
                                    const std::array<std::size_t, 3>& high) {
  GridSelection selection;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (low[axis] >= high[axis])
      throw ValueError(
          fmt::format("samples {} to {} along {} are none", low[axis], high[axis], "xyz"[axis]));
    selection.indices[axis].resize(high[axis] - low[axis]);
    std::iota(selection.indices[axis].begin(), selection.indices[axis].end(), low[axis]);
  }
  return selection;
}

void GridSelection::check_inside(const Dims& dims) const {
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (const std::size_t index : indices[axis])
      if (index >= dims[axis])
        throw ValueError(
            fmt::format("sample {} along {} of a grid with {}", index, "xyz"[axis], dims[axis]));
}

}  // namespace stsr

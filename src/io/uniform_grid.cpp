#include "uniform_grid.h"

#include <cmath>

#include "description.h"
#include "stsr/base/file_error.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// Takes spacing and origin from the places of all samples along an axis.
void set_axis(const fs::path& path, const FileVariable& variable, std::size_t axis, Grid& grid) {
  const std::vector<double>& places = variable.coordinates[axis];
  if (places.empty()) return;
  if (places.size() != grid.dims[axis])
    throw_file_error(path, "variable '{}' has {} coordinates for {} samples along {}",
                     variable.info.name, places.size(), grid.dims[axis], "xyz"[axis]);
  grid.origin[axis] = places.front();
  if (places.size() == 1) return;
  const double spacing = (places.back() - places.front()) / static_cast<double>(places.size() - 1);
  grid.spacing[axis] = spacing;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const double even = grid.position(axis, static_cast<double>(i));
    if (!(std::abs(places[i] - even) <= even_tolerance * std::abs(spacing)))
      throw_file_error(path,
                       "variable '{}' has samples at uneven distances along {}: number {} lies at "
                       "{}, not at {}; resample it to a uniform grid",
                       variable.info.name, "xyz"[axis], i, places[i], even);
  }
}

}  // namespace

Grid uniform_grid(const fs::path& path, const FileVariable& variable) {
  Grid grid = variable.info.grid;
  for (std::size_t axis = 0; axis < 3; ++axis) set_axis(path, variable, axis, grid);
  return grid;
}

}  // namespace stsr

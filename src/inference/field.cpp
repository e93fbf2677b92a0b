#include "stsr/inference/field.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"

namespace stsr {

void Field::step(std::size_t variable, double time, const OutputGrid& grid,
                 std::span<float> out) const {
  step(variable, time, grid, GridSelection::all(grid.grid.dims), out);
}

void Field::step(std::size_t variable, double time, const OutputGrid& grid,
                 const GridSelection& part, std::span<float> out) const {
  const std::array<std::size_t, 1> chosen{variable};
  sample(chosen, time, grid, part, out);
}

std::vector<GridSelection> Field::pieces(std::size_t variable, const OutputGrid& grid,
                                         std::size_t max_samples) const {
  check(variable);
  const Dims& dims = grid.grid.dims;
  const std::size_t rows = std::clamp<std::size_t>(max_samples / dims.x, 1, dims.y);
  const std::size_t planes =
      std::clamp<std::size_t>(max_samples / checked_product({dims.x, dims.y}), 1, dims.z);
  std::vector<GridSelection> pieces;
  for (std::size_t z = 0; z < dims.z; z += planes)
    for (std::size_t y = 0; y < dims.y; y += rows)
      pieces.push_back(GridSelection::extent(
          {0, y, z}, {dims.x, std::min(y + rows, dims.y), std::min(z + planes, dims.z)}));
  return pieces;
}

void Field::check(std::size_t variable) const {
  if (variable >= variables().size())
    throw ValueError(
        fmt::format("variable number {} of a field with {}", variable, variables().size()));
}

void Field::check(std::span<const Point> points, std::size_t variable, std::span<float> out) const {
  if (points.size() != out.size())
    throw ShapeError(fmt::format("{} points do not fit into {} values", points.size(), out.size()));
  check(variable);
}

std::size_t Field::check(std::span<const std::size_t> chosen, double time,
                         const GridSelection& part, std::span<float> out) const {
  for (const std::size_t variable : chosen) check(variable);
  if (!std::isfinite(time)) throw ValueError(fmt::format("the time must be finite, got {}", time));
  const std::size_t samples = part.dims().count();
  if (out.size() != checked_product({chosen.size(), samples}))
    throw ShapeError(fmt::format("{} samples of {} variables do not fit into {}", samples,
                                 chosen.size(), out.size()));
  return samples;
}

bool within_extent(const VariableInfo& info, const Point& point) {
  constexpr double tolerance = 1e-6;
  const std::array<double, 3> place{point.x, point.y, point.z};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    double last = static_cast<double>(info.grid.dims[axis] - 1);
    if (info.reduction)
      last = static_cast<double>(info.reduction->full_dims[axis] - 1) /
             static_cast<double>(info.reduction->space[axis]);
    const double position = (place[axis] - info.grid.origin[axis]) / info.grid.spacing[axis];
    if (!(position >= -tolerance && position <= last + tolerance)) return false;
  }
  return std::isfinite(point.t);
}

}  // namespace stsr

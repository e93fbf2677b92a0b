#include "stsr/volume/sequence.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "stsr/base/error.h"

namespace stsr {

namespace {

Grid reduce_grid(const Grid& fine, const std::array<std::size_t, 3>& space) {
  for (const std::size_t factor : space)
    if (factor == 0) throw ValueError("the spatial scale factor must be at least 1, got 0");
  Grid coarse = fine;
  coarse.dims = {ceil_divide(fine.dims.x, space[0]), ceil_divide(fine.dims.y, space[1]),
                 ceil_divide(fine.dims.z, space[2])};
  for (std::size_t axis = 0; axis < 3; ++axis)
    coarse.spacing[axis] = fine.spacing[axis] * static_cast<double>(space[axis]);
  return coarse;
}

}  // namespace

std::string sampling_difference(const VariableInfo& a, const VariableInfo& b) {
  const Dims& m = a.grid.dims;
  const Dims& n = b.grid.dims;
  if (m != n)
    return fmt::format("dimensions, {} x {} x {} and {} x {} x {}", m.x, m.y, m.z, n.x, n.y, n.z);
  if (a.grid.spacing != b.grid.spacing)
    return fmt::format("spacing, {} and {}", a.grid.spacing, b.grid.spacing);
  if (a.grid.origin != b.grid.origin)
    return fmt::format("origin, {} and {}", a.grid.origin, b.grid.origin);
  if (a.times.size() != b.times.size())
    return fmt::format("the number of their kept times, {} and {}", a.times.size(), b.times.size());
  const auto differing = std::mismatch(a.times.begin(), a.times.end(), b.times.begin());
  if (differing.first != a.times.end())
    return fmt::format("kept times, {} and {} at step {}", *differing.first, *differing.second,
                       differing.first - a.times.begin());
  return a.reduction == b.reduction ? "" : "their reduction, and so in the full grid or its times";
}

Volume reduce_volume(const Volume& fine, const std::array<std::size_t, 3>& space) {
  Volume coarse{reduce_grid(fine.grid, space), {}};
  const Dims& n = fine.grid.dims;
  if (fine.values.size() != n.count())
    throw ShapeError(fmt::format("a volume of {} x {} x {} samples needs {} values, got {}", n.x,
                                 n.y, n.z, n.count(), fine.values.size()));
  coarse.values.reserve(coarse.grid.dims.count());
  for (std::size_t z = 0; z < n.z; z += space[2])
    for (std::size_t y = 0; y < n.y; y += space[1])
      for (std::size_t x = 0; x < n.x; x += space[0])
        coarse.values.push_back(fine.values[(z * n.y + y) * n.x + x]);
  return coarse;
}

std::size_t nearest_step(std::span<const double> times, double time) {
  const auto next = std::lower_bound(times.begin(), times.end(), time);
  if (next == times.begin()) return 0;
  const auto above = static_cast<std::size_t>(next - times.begin());
  if (next == times.end()) return above - 1;
  return time - times[above - 1] < *next - time ? above - 1 : above;
}

std::vector<std::size_t> kept_steps(std::size_t steps, std::size_t time) {
  std::vector<std::size_t> kept;
  for (std::size_t step = 0; step < steps; step += time + 1) {
    kept.push_back(step);
    if (time >= steps) break;  // and time + 1 may not exist
  }
  return kept;
}

VariableInfo reduce_info(const VariableInfo& fine, const std::array<std::size_t, 3>& space,
                         std::size_t time) {
  VariableInfo coarse = fine;
  coarse.grid = reduce_grid(fine.grid, space);
  coarse.times.clear();
  for (const std::size_t step : kept_steps(fine.times.size(), time))
    coarse.times.push_back(fine.times[step]);
  Reduction reduction =
      fine.reduction.value_or(Reduction{{1, 1, 1}, 0, fine.grid.dims, fine.times});
  for (std::size_t axis = 0; axis < 3; ++axis)
    reduction.space[axis] = checked_product({reduction.space[axis], space[axis]});
  reduction.time = (reduction.time + 1) * (time + 1) - 1;
  coarse.reduction = reduction;
  return coarse;
}

}  // namespace stsr

#include "description.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/volume/step_times.h"

namespace stsr {

bool same_times(std::span<const double> a, std::span<const double> b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [tolerance = time_tolerance(a)](double s, double t) { return std::abs(s - t) <= tolerance; });
}

bool same_grid(const Grid& a, const Grid& b) {
  if (a.dims != b.dims) return false;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double slack = even_tolerance * a.spacing[axis];
    // An origin far away keeps fewer digits of the cell.
    const double rounding = 1e-12 * std::abs(a.origin[axis]);
    if (std::abs(a.spacing[axis] - b.spacing[axis]) > slack ||
        std::abs(a.origin[axis] - b.origin[axis]) > slack + rounding)
      return false;
  }
  return true;
}

std::string name_problem(const std::string& name) {
  if (name.empty()) return "'name' must not be empty";
  if (printable(name) == name) return "";
  return fmt::format("'name' must not hold line breaks or other control characters, got '{}'",
                     printable(name));
}

std::string grid_problem(const Grid& grid) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (grid.dims[axis] == 0)
      return fmt::format("'dims' must be at least 1 along {}, got 0", "xyz"[axis]);
    const double spacing = grid.spacing[axis];
    if (!(spacing > 0.0) || !std::isfinite(spacing))
      return fmt::format("'spacing' must be positive along {}, got {}", "xyz"[axis], spacing);
    if (!std::isfinite(grid.origin[axis]))
      return fmt::format("'origin' must be finite along {}, got {}", "xyz"[axis],
                         grid.origin[axis]);
  }
  try {
    (void)checked_product({grid.dims.x, grid.dims.y, grid.dims.z, sizeof(double)});
  } catch (const ShapeError& error) {
    return fmt::format("'dims': {}", error.what());
  }
  return "";
}

std::string times_problem(std::span<const double> times) {
  if (times.empty()) return "'times' must name at least one step";
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!std::isfinite(times[i]))
      return fmt::format("'times' must be finite, got {} at step {}", times[i], i);
    if (i > 0 && times[i] <= times[i - 1])
      return fmt::format("'times' must increase, got {} after {} at step {}", times[i],
                         times[i - 1], i);
  }
  return "";
}

std::string reduction_problem(const VariableInfo& info) {
  if (!info.reduction) return "";
  const Reduction& reduction = *info.reduction;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t factor = reduction.space[axis];
    const std::size_t full = reduction.full_dims[axis];
    if (factor == 0 || full == 0 || ceil_divide(full, factor) != info.grid.dims[axis])
      return fmt::format("'reduction': {} samples along {} at factor {} do not give {}", full,
                         "xyz"[axis], factor, info.grid.dims[axis]);
  }
  if (const auto problem = times_problem(reduction.full_times); !problem.empty())
    return "'reduction': " + problem;
  std::vector<double> kept;
  for (const std::size_t step : kept_steps(reduction.full_times.size(), reduction.time))
    kept.push_back(reduction.full_times[step]);
  if (!same_times(kept, info.times))
    return fmt::format("'reduction': one of every {} of its {} times is not 'times'",
                       reduction.time + 1, reduction.full_times.size());
  return "";
}

std::string description_problem(std::span<const VariableInfo> variables) {
  if (variables.empty()) return "a data set needs at least one variable";
  std::set<std::string> names;
  for (const VariableInfo& info : variables) {
    if (const auto problem = name_problem(info.name); !problem.empty()) return problem;
    if (printable(info.unit) != info.unit)
      return fmt::format("variable '{}': 'unit' must not hold control characters, got '{}'",
                         info.name, printable(info.unit));
    if (!names.insert(info.name).second)
      return fmt::format("the variable name '{}' is there twice", info.name);
    for (const std::string& problem :
         {grid_problem(info.grid), times_problem(info.times), reduction_problem(info)})
      if (!problem.empty()) return fmt::format("variable '{}': {}", info.name, problem);
  }
  return "";
}

}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stsr/volume/grid.h"
#include "stsr/volume/packing.h"

namespace stsr {

/// One time step of one variable: float32 values on a grid, x fastest; a missing value is NaN.
struct Volume {
  Grid grid = {};
  std::vector<float> values;  // [nz*ny*nx]
};

/// How a coarse sequence came from a finer one: strided sampling without a filter, at indices
/// 0, s, 2s, ... of each axis, and at time steps 0, time+1, 2(time+1), ...
struct Reduction {
  std::array<std::size_t, 3> space{1, 1, 1};  ///< u_s along x, y, z; at least 1
  std::size_t time = 0;                       ///< u_t: steps left out between two kept ones
  Dims full_dims;                             ///< dimensions before the reduction
  std::vector<double> full_times;             ///< all time steps before the reduction
  bool operator==(const Reduction&) const = default;
};

/// What is known of a variable without reading its values. An ensemble member is a variable.
struct VariableInfo {
  std::string name = {};
  std::string unit = {};  ///< of the values; may be empty
  Grid grid = {};
  std::vector<double> times = {};           ///< strictly increasing, one per time step
  std::optional<Reduction> reduction = {};  ///< set where the variable is known to be reduced
  Packing packing = {};                     ///< what the values in memory stand for

  bool operator==(const VariableInfo&) const = default;
};

/// The first thing of their grids, times and reductions that two variables differ in, for a
/// message: "dimensions, 9 x 8 x 5 and 6 x 7 x 4". Empty where they share all samples in space and
/// time.
[[nodiscard]] std::string sampling_difference(const VariableInfo& a, const VariableInfo& b);

/// A variable with all its time steps in memory: steps[t][(z*ny + y)*nx + x], NaN where missing.
struct Sequence {
  VariableInfo info;
  std::vector<std::vector<float>> steps;
};

/// Every `space`-th sample of each axis of `fine`, from index 0: ceil(n/s) samples per axis, with
/// the spacing multiplied. @throws ValueError  if a factor is 0.
[[nodiscard]] Volume reduce_volume(const Volume& fine, const std::array<std::size_t, 3>& space);

/// The step whose time is nearest to `time`; the later one where it lies in the middle of two.
/// @param times  increasing; at least one
[[nodiscard]] std::size_t nearest_step(std::span<const double> times, double time);

/// The k-th of `count` steps that are spread evenly from the first of `steps` to the last.
[[nodiscard]] inline std::size_t spread_step(std::size_t k, std::size_t count, std::size_t steps) {
  return count < 2 ? 0 : k * (steps - 1) / (count - 1);
}

/// Indices 0, time+1, 2(time+1), ... below `steps`.
[[nodiscard]] std::vector<std::size_t> kept_steps(std::size_t steps, std::size_t time);

/// The description of `fine` after the reduction; `reduction` is set, and names the grid and the
/// times of the very first data where `fine` is itself reduced. @throws ValueError  on a factor 0.
[[nodiscard]] VariableInfo reduce_info(const VariableInfo& fine,
                                       const std::array<std::size_t, 3>& space, std::size_t time);

}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "stsr/volume/missing_map.h"
#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// Coarse samples that training leaves out, so that what a network says *between* samples and
/// *between* time steps can be compared with something (training/validation.h).
///
/// In space: the grid is cut into tiles of about 12^3 samples; each has one plane of samples left
/// out, across one axis, at *all* time steps. So the network never sees a value there, and neither
/// a neighbour along the plane nor another moment gives it away, as none does for the places
/// between samples. Where the grid before a reduction reaches beyond the last sample of an axis,
/// the tiles there leave out the last plane too. In time: cubes of 16^3 samples at one
/// time step each that has one before and one after it, 3 % of all values, at least two (smaller
/// ones, of 6^3 or more, where two would be over 6 %) and at most 64. They are large, because
/// samples beside them, of the same step, tell what moves there.
struct HeldOut {
  /// Samples low <= i < high, of all time steps.
  struct Plane {
    std::size_t axis = 0;
    std::array<std::size_t, 3> low{};
    std::array<std::size_t, 3> high{};
    /// Of a sample's error among those of all places, where that of a plane between others is 1.
    double share = 1.0;
    [[nodiscard]] bool last(const Dims& dims) const { return high[axis] == dims[axis]; }
  };
  /// Samples low <= i < high of one time step.
  struct Cube {
    std::size_t step = 0;
    std::array<std::size_t, 3> low{};
    std::array<std::size_t, 3> high{};
  };
  std::vector<Plane> planes;
  std::vector<Cube> cubes;

  /// What is left out, as a map of `info`'s samples.
  [[nodiscard]] MissingMap map(const VariableInfo& info) const;
};

/// Chooses what to leave out of one sequence. The plane of a tile is the one that interpolation
/// across it misses by most nearly as much as the mean plane of that tile; the axes take turns, but
/// those along which a known reduction left nothing out, if there are others: there is nothing
/// between their samples. Axes of fewer than 7 samples have no planes, sequences of fewer than 3
/// steps no cubes.
[[nodiscard]] HeldOut hold_out(const StoredSequence& sequence, std::uint64_t seed);

/// Samples from one to the next along an axis.
[[nodiscard]] inline std::size_t stride(const Dims& dims, std::size_t axis) {
  return axis == 0 ? 1 : axis == 1 ? dims.x : dims.x * dims.y;
}

/// Calls visit(index in a time step) for the samples of a plane or a cube.
template <class Box, class Visit>
void each_sample(const Dims& dims, const Box& box, const Visit& visit) {
  for (std::size_t z = box.low[2]; z < box.high[2]; ++z)
    for (std::size_t y = box.low[1]; y < box.high[1]; ++y)
      for (std::size_t x = box.low[0]; x < box.high[0]; ++x) visit((z * dims.y + y) * dims.x + x);
}

/// What cubic interpolation across `stride` makes of the sample at `i`, from the two on either
/// side:
/// (-v[-2] + 4 v[-1] + 4 v[1] - v[2]) / 6.
template <class Value>
[[nodiscard]] double across(const Value& value, std::size_t i, std::size_t stride) {
  return (4.0 * (double(value(i - stride)) + double(value(i + stride))) -
          double(value(i - 2 * stride)) - double(value(i + 2 * stride))) /
         6.0;
}

}  // namespace stsr

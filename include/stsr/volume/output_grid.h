#pragma once

#include <array>
#include <optional>
#include <vector>

#include "stsr/volume/grid.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// An axis-parallel part of space, ends included, in the data's unit of length, axes x, y, z.
struct Box {
  std::array<double, 3> low{};
  std::array<double, 3> high{};
};

/// The grid and the times of another data set, to be matched sample by sample.
struct GridLike {
  Grid grid;
  std::vector<double> times;
};

/// Where a user wants output samples. At most one of `space`, `dims`, `like` and at most one of
/// `time`, `times`, `like` may be set; what is left open takes the variable's own resolution
/// before its reduction (or its own grid, where it is not known to be reduced).
struct GridRequest {
  /// u_s along x, y, z; any real > 0.
  std::optional<std::array<double, 3>> space = {};
  /// Samples along x, y, z over the extent or the box.
  std::optional<Dims> dims = {};
  /// Part of the extent; not with `like`.
  std::optional<Box> box = {};
  /// u_t, steps between two kept ones; any real >= 0.
  std::optional<double> time = {};
  /// Strictly increasing, in the data's unit of time.
  std::optional<std::vector<double>> times = {};
  std::optional<GridLike> like = {};
  /// Whether times may lie beyond those of the data.
  bool extrapolate = false;
  /// Whether samples lie as image resizers place them; not with `box`.
  bool half_pixel = false;
};

/// Where output samples lie. Sample (i, j, k) sits at grid.origin + (i, j, k) * grid.spacing, which
/// is the fractional sample index (positions[0][i], positions[1][j], positions[2][k]) of the
/// coarse grid that it is computed from.
struct OutputGrid {
  Grid grid;
  std::vector<double> times;
  std::array<std::vector<double>, 3> positions;
};

/// Turns a request into the samples of one uniform grid.
///
/// With N samples along an axis before the reduction by s (N = n, s = 1 where `coarse` is not
/// known to be reduced), the extent is [0, (N-1)/s] in units of the coarse sample index.
///  - space S: round(N S / s) samples, the first and the last at the ends of the extent, so that
///    S = s gives back the N samples at 0, 1/s, 2/s, ... exactly.
///  - dims: that many samples, first and last at the ends of the extent or of the box.
///  - box: its ends carry samples; with `space`, the spacing is the nearest possible to that of
///    the whole extent: max(1, round(length / spacing) + 1) samples.
///  - An axis with one sample keeps one sample at its place. Where one sample is asked for on an
///    axis that has more, it sits at the low end.
///  - time U, with the T times before a reduction that left u out (T = n, u = 0 where not
///    reduced): U = u gives those times back exactly; else round((T-1) (U+1) / (u+1)) + 1 times
///    from the first to the last, spread evenly over the *index* of the times before the reduction
///    (linear in time between two of them).
///  - times: increasing numbers from the first to the last time before the reduction; any with
///    `extrapolate`.
///  - half_pixel: m samples in place of n lie at (i + 1/2) n/m - 1/2 coarse samples, the centres
///    of m equal cells that fill those of the n samples; `positions` are i n/m, to which the
///    registration `half_pixel` adds the rest. The samples before a reduction stay where they were,
///    and so does the grid to match: there the convention misplaces the values, as in the
///    literature.
///  - like: the samples of another grid, which must not reach further than one coarse spacing
///    beyond the first and the last coarse sample, nor, without `extrapolate`, further than one
///    interval beyond the first and the last kept time.
/// No sample count along an axis may exceed 2^20, nor the number of times.
///
/// @throws ValueError  on a scale that is not finite or not positive, a dimension of 0, times that
///   do not increase, a box, grid or times outside the extent, contradicting requests, a coarse
///   grid that contradicts its own reduction; ShapeError on a number of samples that overflows.
/// Source: method section 6.
[[nodiscard]] OutputGrid output_grid(const VariableInfo& coarse, const GridRequest& request);

}  // namespace stsr

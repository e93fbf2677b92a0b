#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "stsr/inference/axis_families.h"
#include "stsr/model/model.h"
#include "stsr/network/engine.h"
#include "stsr/sampling/partition.h"
#include "stsr/volume/output_grid.h"

namespace stsr {

/// Turns the network of one variable into output samples, in the data's unit (method section 6).
///
/// Every output sample is evaluated once, by the block that owns its position. Samples of several
/// blocks at the same local coordinate share a pass through the trunk; at integer scales that is
/// one pass for all heads. A sample is NaN where the nearest coarse sample (of the nearest kept
/// time step; upwards from the middle) has no value.
///
/// Memory beyond the caller's output: a bounded chunk of rows (about 8 MB), and a few numbers an
/// axis sample.
class Upscaler {
 public:
  /// Called after every chunk with the number of samples that were just written; may throw to stop.
  using Advanced = std::function<void(std::size_t)>;

  /// Keeps a copy of what it needs of `variable`, and references to `decoder` and `grid`, which
  /// must outlive it.
  /// @throws ValueError  the blocks do not fit the rules of Partition.
  Upscaler(const BlockConfig& blocks, const TrainedVariable& variable, const Decoder& decoder,
           const OutputGrid& grid, Advanced advanced = {});

  /// One whole time step. @param out  [nz*ny*nx] of the output grid, x fastest.
  /// @throws ShapeError    `out` has another length.
  /// @throws NumericError  the network gives a value that is not finite.
  void step(double time, std::span<float> out) const;

  /// The planes z_begin <= z < z_end of one time step. A pass is shared only by blocks that have
  /// planes in the slab, so thin slabs pay up to one pass a block along z. Errors as above.
  /// @param out  [(z_end - z_begin)*ny*nx]
  void slab(double time, std::size_t z_begin, std::size_t z_end, std::span<float> out) const;

  /// The chosen planes of one time step, in the given order. Errors as above.
  /// @param z    plane numbers, each once
  /// @param out  [z.size()*ny*nx]
  void planes(double time, std::span<const std::size_t> z, std::span<float> out) const;

  /// All planes of the output in sets of at most `most` planes (more only where one pass along z
  /// gives more), such that planes that share passes are in one set: the way to write a step in
  /// pieces, in bounded memory and without evaluating anything twice.
  [[nodiscard]] std::vector<std::vector<std::size_t>> plane_sets(std::size_t most) const;

 private:
  struct Target;  // what one call writes to
  struct Block;   // one combination of families
  void evaluate(const Block& block, const Target& target) const;
  void fill(const Block& block, const Target& target, std::size_t first_row,
            std::span<float> coordinates) const;
  void scatter(const Block& block, const Target& target, std::size_t first_row,
               std::span<const float> values) const;
  [[nodiscard]] std::size_t nearest_step(double time) const;

  TrainedVariable variable_;
  Partition partition_;
  const Decoder& decoder_;
  const OutputGrid& grid_;
  Advanced advanced_;
  std::array<std::vector<AxisFamily>, 2> families_;         // of the whole x and y axes
  std::array<std::vector<std::size_t>, 3> nearest_sample_;  // [axis][output] coarse index
};

}  // namespace stsr

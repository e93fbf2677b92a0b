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

/// A variable behind the output of an Upscaler.
struct UpscaledVariable {
  TrainedVariable trained;
  /// The decoder's head of the first block; those of the others follow it. The number of the
  /// variable where the network has an output for each.
  std::size_t first_head = 0;
};

/// Turns the network of one variable into output samples, in the data's unit (method section 6); or
/// that of several at once, where one decoder gives all of them (CoordNet).
///
/// Every output sample is evaluated once, by the block that owns its position. Samples of several
/// blocks at the same local coordinate share a pass through the trunk; at integer scales that is
/// one pass for all heads. A sample is NaN where the nearest coarse sample (of the nearest kept
/// time step; upwards from the middle) has no value.
///
/// Memory beyond the caller's output: a bounded chunk of rows (about 8 MB), and a few numbers an
/// axis sample. Where there are several variables, `out` has all samples of the first, then of the
/// second, and so on.
class Upscaler {
 public:
  /// Called after every chunk with the number of samples that were just written; may throw to stop.
  using Advanced = std::function<void(std::size_t)>;

  /// Keeps references to `decoder` and `grid`, which must outlive it.
  /// @param variables  that share their samples in space and time (see sampling_difference), and
  ///                   their span of time
  /// @throws ValueError  there is no variable, they differ, or the blocks do not fit the rules of
  ///                     Partition.
  Upscaler(const BlockConfig& blocks, std::vector<UpscaledVariable> variables,
           const Decoder& decoder, const OutputGrid& grid, Advanced advanced = {});
  /// The same for one variable.
  Upscaler(const BlockConfig& blocks, const TrainedVariable& variable, const Decoder& decoder,
           const OutputGrid& grid, Advanced advanced = {});

  /// One whole time step. @param out  [variables][nz*ny*nx] of the output grid, x fastest.
  /// @throws ShapeError    `out` has another length.
  /// @throws NumericError  the network gives a value that is not finite.
  void step(double time, std::span<float> out) const;

  /// The planes z_begin <= z < z_end of one time step. A pass is shared only by blocks that have
  /// planes in the slab, so thin slabs pay up to one pass a block along z. Errors as above.
  /// @param out  [variables][(z_end - z_begin)*ny*nx]
  void slab(double time, std::size_t z_begin, std::size_t z_end, std::span<float> out) const;

  /// Rows along x of a time step: all of them that lie in the chosen planes z and the chosen y.
  struct Tile {
    std::vector<std::size_t> z;  ///< each once
    std::vector<std::size_t> y;  ///< each once
  };

  /// The samples of a tile, in its order. Errors as above.
  /// @param out  [variables][z.size()*y.size()*nx]
  void tile(double time, const Tile& tile, std::span<float> out) const;

  /// All samples of a step in tiles of at most `most` samples of a variable (more only where the
  /// rows that one pass gives have more), such that samples that share passes along y and z are in
  /// one tile: the way to write a step in pieces, in bounded memory and without evaluating anything
  /// twice. A tile has whole planes where they fit.
  [[nodiscard]] std::vector<Tile> tiles(std::size_t most) const;

 private:
  struct Target;  // what one call writes to
  struct Block;   // one combination of families
  void evaluate(const Block& block, const Target& target) const;
  void fill(const Block& block, const Target& target, std::size_t first_row,
            std::span<float> coordinates) const;
  void scatter(const Block& block, const Target& target, std::size_t first_row,
               std::span<const float> values) const;
  void write(const Target& target, std::size_t variable, std::size_t sample,
             const std::array<std::size_t, 3>& place, float value) const;
  [[nodiscard]] const VariableInfo& info() const { return variables_.front().trained.info; }
  [[nodiscard]] std::size_t nearest_step(double time) const;
  [[nodiscard]] std::vector<std::vector<std::size_t>> shared_sets(std::size_t axis,
                                                                  std::size_t most) const;

  std::vector<UpscaledVariable> variables_;
  Partition partition_;
  const Decoder& decoder_;
  const OutputGrid& grid_;
  Advanced advanced_;
  std::vector<AxisFamily> x_families_;                      // of the whole axis
  std::array<std::vector<std::size_t>, 3> nearest_sample_;  // [axis][output] coarse index
};

}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "axis_families.h"
#include "stsr/inference/field.h"
#include "stsr/inference/network_variable.h"
#include "stsr/sampling/partition.h"
#include "stsr/volume/grid_selection.h"
#include "stsr/volume/output_grid.h"

namespace stsr {

/// Evaluates the network of one variable, or of several that share a decoder, on the samples of a
/// regular grid, in the data's unit (method section 6).
///
/// Every sample is evaluated once, by the block that owns its position. Samples of several blocks
/// at the same local coordinate share a pass through the trunk; at integer scales that is one pass
/// for all heads. A sample is NaN where the nearest coarse sample (of the nearest kept time step;
/// upwards from the middle) has no value.
///
/// Memory beyond the caller's output: a bounded chunk of rows (about 8 MB), and a few numbers an
/// axis sample.
class GridPass {
 public:
  using Advanced = Field::Advanced;  ///< called after every chunk

  /// Keeps references to what the variables point to and to `grid`, which must outlive it.
  /// @param variables  of one decoder, that share their samples in space and time (see
  ///                   sampling_difference), and their span of time
  /// @throws ValueError  there is no variable, they differ, or the blocks do not fit the rules of
  ///                     Partition.
  GridPass(const BlockConfig& blocks, std::vector<const NetworkVariable*> variables,
           const OutputGrid& grid, Advanced advanced = {});

  /// The samples of a part. A pass is shared only by blocks that have samples in it, so thin parts
  /// pay up to one pass a block.
  /// @param out  [variables][part.dims()], x fastest: all of the first variable, then of the second
  /// @throws ShapeError    `out` has another length
  /// @throws ValueError    the part lies outside of the grid
  /// @throws NumericError  the network gives a value that is not finite.
  void evaluate(double time, const GridSelection& part, std::span<float> out) const;

  /// All samples of a step in parts of at most `max_samples` samples of a variable (more only where
  /// the rows that one pass gives have more), such that samples that share passes along y and z are
  /// in one part: the way to write a step in pieces, in bounded memory and without evaluating
  /// anything twice. A part has whole planes where they fit.
  [[nodiscard]] std::vector<GridSelection> pieces(std::size_t max_samples) const;

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
  [[nodiscard]] const TrainedVariable& first() const { return variables_.front()->trained; }
  [[nodiscard]] std::vector<std::vector<std::size_t>> shared_sets(std::size_t axis,
                                                                  std::size_t max_size) const;

  std::vector<const NetworkVariable*> variables_;
  Partition partition_;
  const OutputGrid& grid_;
  Advanced advanced_;
};

/// The coarse sample next to a position in units of the coarse index, upwards from the middle
/// between two.
[[nodiscard]] std::size_t nearest_sample(double position, std::size_t samples);

/// A value of the network in the data's unit. @throws NumericError  it is not finite.
[[nodiscard]] float in_data_unit(const TrainedVariable& trained, const ValueRange& range,
                                 float value);

}  // namespace stsr

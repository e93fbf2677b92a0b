#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stsr/sampling/block_config.h"
#include "stsr/sampling/partition.h"
#include "stsr/volume/sequence.h"
#include "stsr/volume/value_range.h"

namespace stsr {

/// Whether a variable can be trained on: sizes of at least 1, times strictly increasing, and at
/// least two kept time steps unless the variable has one time step in all (a static volume).
/// @throws ValueError  one line: variable, value, remedy.
void check_trainable(const VariableInfo& info);

/// The same, and the values of every time step fill the grid.
/// @throws ValueError  as above; ShapeError  on a wrong number of values.
void check_trainable(const Sequence& sequence);

/// The coarse samples of all variables, normalised, and what the network is trained to map: local
/// coordinates to one target a head.
///
/// Memory: the coarse samples themselves as float32, and tables of a few numbers a local index and
/// block; coordinates are computed from row numbers and never stored.
class TrainingSet {
 public:
  /// Takes the sequences and normalises them in place to [-1, 1]; NaN and infinite values become
  /// NaN. A constant variable (or, per step, a constant step) becomes 0.
  /// @throws ValueError  a sequence cannot be trained on, has no finite value where its range needs
  ///   one, or the blocks break a rule of Partition.
  TrainingSet(std::vector<Sequence> sequences, const BlockConfig& blocks, RangeMode range);

  [[nodiscard]] std::size_t variables() const { return variables_.size(); }
  [[nodiscard]] std::size_t heads() const { return heads_; }
  /// Description and *normalised* values; NaN where missing.
  [[nodiscard]] const Sequence& sequence(std::size_t variable) const {
    return variables_[variable].sequence;
  }
  [[nodiscard]] const VariableInfo& info(std::size_t variable) const {
    return variables_[variable].sequence.info;
  }
  [[nodiscard]] const RangeSeries& ranges(std::size_t variable) const {
    return variables_[variable].ranges;
  }
  [[nodiscard]] const Partition& partition(std::size_t variable) const {
    return variables_[variable].partition;
  }
  /// Rows of one variable: kept time steps times local indices.
  [[nodiscard]] std::size_t rows(std::size_t variable) const;
  [[nodiscard]] std::vector<std::size_t> rows_per_variable() const;

  /// Inputs and targets of rows of one variable. Row r is the local sample (t, z, y, x) with
  /// r = ((t*lz + z)*ly + y)*lx + x, and l the partition's local_dims(). Safe from several threads;
  /// allocates nothing.
  /// @param rows         row numbers, each below rows(variable)
  /// @param coordinates  [rows][4] written: (t, z, y, x), t the network time, the rest local
  /// @param targets      [rows][heads()] written: normalised values; NaN where the block has no
  ///                     sample (missing value, past the end of the data, padding): no part of the
  ///                     loss. The released code trains on zeros in its padding; we leave it out.
  void gather(std::size_t variable, std::span<const std::uint64_t> rows, float* coordinates,
              float* targets) const;

 private:
  /// Local index i of one axis: its coordinate, and for every block where the sample is in memory.
  struct AxisTable {
    std::size_t blocks = 1;
    std::vector<float> coordinates;      // [local]
    std::vector<std::ptrdiff_t> offset;  // [local][block] in elements of a time step; -1 for none
  };
  struct Variable {
    Sequence sequence;
    RangeSeries ranges;
    Partition partition;
    std::vector<float> times;  // [t] network times
    std::array<AxisTable, 3> axes;
  };

  [[nodiscard]] static Variable prepare(Sequence sequence, const BlockConfig& blocks,
                                        RangeMode range);
  static void gather_row(const Variable& variable, const float* values, const std::size_t* local,
                         float* targets);

  std::vector<Variable> variables_;
  std::size_t heads_ = 0;
};

}  // namespace stsr

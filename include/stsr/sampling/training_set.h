#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stsr/sampling/block_config.h"
#include "stsr/sampling/partition.h"
#include "stsr/sampling/row_layout.h"
#include "stsr/sampling/row_shuffle.h"
#include "stsr/sampling/training_row.h"
#include "stsr/volume/stored_sequence.h"
#include "stsr/volume/survey.h"
#include "stsr/volume/value_range.h"

namespace stsr {

/// Whether a variable can be trained on: sizes of at least 1, times strictly increasing, and at
/// least two kept time steps unless the variable has one time step in all (a static volume).
/// @throws ValueError  one line: variable, value, remedy.
void check_trainable(const VariableInfo& info);

/// The same, and the values of every time step fill the grid.
/// @throws ValueError  as above; ShapeError  on a wrong number of values.
void check_trainable(const StoredSequence& sequence);

/// What one row of a training set has targets of: all `blocks` of one variable, at the same local
/// coordinate; or all `variables`, at the same position (CoordNet, method section 7). The latter
/// need one block, the same dimensions and reduction, and time steps at the same shares of their
/// time spans.
enum class RowTargets { blocks, variables };

/// The coarse samples of all variables, and what the network is trained to map: local coordinates
/// to one target per head, normalised to [-1, 1]. A constant variable (or, per step, a constant
/// step) becomes 0.
///
/// Memory: the coarse samples themselves as float32 where they are not mapped, one bit a sample of
/// each distinct map of missing values, and tables of a few numbers a local index and block.
/// Coordinates and normalised values are computed when they are asked for.
class TrainingSet {
 public:
  /// Takes the sequences, and scans every value once.
  /// @param held_out  [variables], or empty: coarse samples that are no targets; ranges and missing
  ///                  maps are still those of all samples
  /// @throws ValueError  a sequence cannot be trained on, has no finite value where its range needs
  ///   one, or the blocks break a rule of Partition; rows have targets of all variables, and there
  ///   are several blocks, or two variables differ in grid or times (the message names both).
  /// @throws ShapeError  `held_out` has maps of another size.
  TrainingSet(std::vector<StoredSequence> sequences, const BlockConfig& blocks, RangeMode range,
              RowTargets targets = RowTargets::blocks, std::vector<MissingMap> held_out = {});

  /// Holds out these samples instead, as in the constructor; empty: none. @throws ShapeError
  void hold_out(std::vector<MissingMap> held_out);

  [[nodiscard]] std::size_t variables() const { return variables_.size(); }
  /// Targets of a row.
  [[nodiscard]] std::size_t heads() const { return heads_; }
  /// Description and values in the data's unit.
  [[nodiscard]] const StoredSequence& sequence(std::size_t variable) const {
    return variables_[variable].sequence;
  }
  [[nodiscard]] const VariableInfo& info(std::size_t variable) const {
    return variables_[variable].sequence.info;
  }
  [[nodiscard]] const Survey& survey(std::size_t variable) const {
    return variables_[variable].survey;
  }
  [[nodiscard]] const RangeSeries& ranges(std::size_t variable) const {
    return variables_[variable].ranges;
  }
  [[nodiscard]] const Partition& partition(std::size_t variable) const {
    return variables_[variable].partition;
  }
  /// Rows of one variable: kept time steps times local indices.
  [[nodiscard]] std::size_t rows(std::size_t variable) const;
  /// The rows of every variable; where rows have targets of all variables, only those of the first.
  [[nodiscard]] std::vector<std::size_t> rows_per_variable() const;

  /// Inputs and targets of rows. Safe from several threads; allocates nothing, and fetches the
  /// values of some rows ahead.
  /// @param rows         each below rows(variable), of variable 0 where rows have targets of all
  ///                     variables, or TrainingRow::none: coordinates 0, no target
  /// @param coordinates  [rows][4] written: (t, z, y, x), t the network time, the rest local
  /// @param targets      [rows][heads()] written: normalised values; NaN where the block has no
  ///                     sample (missing or infinite value, past the end of the data, padding): no
  ///                     part of the loss. The released code trains on zeros in its padding; we
  ///                     leave it out.
  void gather(std::span<const TrainingRow> rows, float* coordinates, float* targets) const;

  /// Whether values of a variable's rows lie in mapped files. The variable is 0 where rows have
  /// targets of all, here and below.
  [[nodiscard]] bool mapped(std::size_t variable) const;
  /// Begins to read the values of these rows from their files, where they are mapped.
  void fetch_mapped(std::size_t variable, const RowRange& rows) const;
  /// Takes the values of a variable out of the process's memory, where they are mapped.
  void release_mapped(std::size_t variable) const;

 private:
  struct Variable {
    StoredSequence sequence;
    Survey survey;
    RangeSeries ranges;
    Partition partition;
    RowLayout layout;
    std::vector<Normaliser> normalisers;  // [step]
    MissingMap held_out;
  };
  /// A row on its way: its values are being fetched.
  struct Fetched {
    const Variable* variable = nullptr;  // none for a row that is none
    RowLayout::Place place;
    const float* values = nullptr;  // at the place, of a block with origin 0
  };

  [[nodiscard]] static Variable prepare(StoredSequence sequence, const BlockConfig& blocks,
                                        RangeMode range);
  void check_shared_sampling() const;
  void fetch(const TrainingRow& row, float* coordinates, Fetched& fetched) const;
  void write_targets(const Fetched& row, float* targets) const;
  void write_targets_of_all(const Fetched& row, float* targets) const;

  std::vector<Variable> variables_;
  std::size_t heads_ = 0;
  std::size_t row_variables_ = 1;  // that a row has targets of
};

}  // namespace stsr

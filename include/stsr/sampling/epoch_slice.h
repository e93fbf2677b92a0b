#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stsr/sampling/row_pool.h"
#include "stsr/sampling/training_row.h"

namespace stsr {

/// Groups [first, first + count) of an epoch of a row pool, which must outlive it. Making one costs
/// some microseconds (the keys of its permutations), asking it for rows about 20 ns per row;
/// several threads may ask.
class EpochSlice {
 public:
  /// @throws ValueError  the epoch does not have these groups.
  EpochSlice(const RowPool& pool, std::uint64_t epoch, std::size_t first, std::size_t count);

  [[nodiscard]] std::size_t groups() const { return count_; }
  /// Group `i` < groups() of the slice.
  [[nodiscard]] RowGroup group(std::size_t i) const;

  /// The rows of the slice from slot `first` on. Each group has group_size() slots; those that a
  /// short group leaves over hold TrainingRow::none.
  void rows(std::size_t first, std::span<TrainingRow> out) const;

 private:
  /// Groups that are shuffled together: a window of the epoch, in the order `pool`.
  struct Segment {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t window = 0;
    Permutation order;
    std::vector<std::size_t> first_of_variable;  // [variables + 1], running sum
  };
  /// The shuffle that most groups of a variable need; others make theirs when they are drawn.
  struct VariableOrder {
    RowWindow window;
    RowShuffle shuffle;
  };

  void add_segment(std::size_t window);
  void draw(const RowGroup& group, std::size_t first, std::span<std::uint64_t> rows) const;

  const RowPool& pool_;
  std::uint64_t epoch_;
  std::size_t first_;
  std::size_t count_;
  std::vector<Segment> segments_;
  std::vector<std::optional<VariableOrder>> orders_;  // none for a variable without a group here
};

}  // namespace stsr

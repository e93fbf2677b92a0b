#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stsr/sampling/row_order.h"
#include "stsr/sampling/row_shuffle.h"

namespace stsr {

/// A part of a pass over a variable's rows; see RowPool.
struct RowWindow {
  std::uint64_t pass = 0;  ///< over the rows of the variable
  std::size_t number = 0;  ///< in the pass
  bool operator==(const RowWindow&) const = default;
};

/// Rows of one variable that are drawn together and share one draw of the latent noise.
struct RowGroup {
  std::size_t variable = 0;
  RowWindow window;
  std::size_t number = 0;   ///< of the group in the pass
  std::uint32_t count = 0;  ///< rows; fewer than the group size only in a pass's last group
};

/// The order in which training sees the rows of all variables (method section 5).
///
/// Groups of `group` rows are cut from a permutation of a variable's rows.
///
///  - pool: an epoch is every row of every variable once; the groups of all variables are shuffled
///    together.
///  - balanced: the variable of successive groups goes round all variables, so that any run of
///    groups holds equal shares of them; each variable walks permutation after permutation of its
///    rows, on from epoch to epoch. An epoch has as many groups as in `pool`.
///
/// Where `shuffle_rows` is not 0 and there are more rows than that, they are shuffled in windows of
/// about that many, of all variables together: a window takes whole chunks of consecutive rows,
/// about 1024 of them, from all over the data (see RowShuffle). Training then reads one window of
/// the data after the other, whatever the data's size.
///
/// Everything is a pure function of the seed, the epoch and an index: nothing is stored, training
/// can be resumed anywhere, and any thread may ask.
class RowPool {
 public:
  /// @throws ValueError  there is no variable, a variable has no row or more than 2^48, or `group`
  ///   is 0 or above 2^31.
  RowPool(std::span<const std::size_t> rows_per_variable, std::size_t group, RowOrder order,
          std::uint64_t seed, std::uint64_t shuffle_rows = 0);

  /// Largest number of rows in a group.
  [[nodiscard]] std::size_t group_size() const { return group_; }
  [[nodiscard]] std::size_t groups_per_epoch() const { return groups_; }
  [[nodiscard]] std::size_t variables() const { return variables_.size(); }
  [[nodiscard]] RowOrder order() const { return order_; }

  /// Windows of a pass over a variable's rows; 1 where they are shuffled all together.
  [[nodiscard]] std::size_t windows(std::size_t variable) const {
    return variables_[variable].windows;
  }
  /// The window that the rows of a variable come from at group `index` of an epoch. In the order
  /// `pool`, all variables change theirs together.
  [[nodiscard]] RowWindow window(std::size_t variable, std::uint64_t epoch,
                                 std::size_t index) const;
  /// The window after `window`, in the next pass after the last one.
  [[nodiscard]] RowWindow next(std::size_t variable, const RowWindow& window) const;
  /// The rows that a window of a variable holds, as ranges of consecutive ones; they may belong in
  /// part to the windows beside it.
  [[nodiscard]] std::vector<RowRange> ranges(std::size_t variable, const RowWindow& window) const;

 private:
  friend class EpochSlice;

  struct Variable {
    std::uint64_t rows = 0;
    std::size_t groups = 0;   // of a pass
    std::size_t windows = 1;  // of a pass

    /// The first group of window w; windows differ by one group at most, the first are larger.
    [[nodiscard]] std::size_t first_group(std::size_t w) const;
    [[nodiscard]] std::size_t window_of(std::size_t group) const;
  };

  [[nodiscard]] RandomStream stream(std::uint64_t pass, std::size_t slot) const;
  [[nodiscard]] RowShuffle shuffle(std::size_t variable, const RowWindow& window) const;
  [[nodiscard]] RowGroup group(std::size_t variable, const RowWindow& window,
                               std::size_t number) const;
  [[nodiscard]] std::size_t first_group_of_window(std::size_t w) const;
  [[nodiscard]] std::size_t window_of(std::size_t index) const;

  std::vector<Variable> variables_;
  std::size_t groups_ = 0;   // of an epoch
  std::size_t windows_ = 1;  // of an epoch in the order `pool`, one after the other
  std::size_t group_;
  RowOrder order_;
  std::uint64_t seed_;
  int chunk_bits_ = 0;
};

}  // namespace stsr

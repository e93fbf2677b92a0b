#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stsr/sampling/row_order.h"

namespace stsr {

/// Rows of one variable that are drawn together and share one draw of the latent noise.
struct RowGroup {
  std::size_t variable = 0;
  std::uint32_t count = 0;  ///< rows; fewer than the group size only in a variable's last group
};

/// The order in which training sees the rows of all variables (method section 5).
///
/// Row r of a variable is the local sample (t, z, y, x) with r = ((t*lz + z)*ly + y)*lx + x, where
/// lx, ly, lz are the local indices of its Partition. Groups of `group` rows are cut from a
/// permutation of a variable's rows.
///
///  - pool: an epoch is every row of every variable once; the groups of all variables are shuffled
///    together.
///  - balanced: the variable of successive groups goes round all variables, so that any run of
///    groups holds equal shares of them; each variable walks permutation after permutation of its
///    rows, on from epoch to epoch. An epoch has as many groups as in `pool`.
///
/// A group is a pure function of the seed, the epoch and its index: nothing is stored, training can
/// be resumed anywhere, and any thread may ask.
class RowPool {
 public:
  /// @throws ValueError  there is no variable, a variable has no row or more than 2^48, or `group`
  ///   is 0 or above 2^31.
  RowPool(std::span<const std::size_t> rows_per_variable, std::size_t group, RowOrder order,
          std::uint64_t seed);

  /// Largest number of rows in a group.
  [[nodiscard]] std::size_t group_size() const { return group_; }
  [[nodiscard]] std::size_t groups_per_epoch() const { return first_group_.back(); }
  /// Writes the row numbers of group `index` < groups_per_epoch() into the front of `rows`.
  /// @throws ShapeError  `rows` is shorter than group_size(); ValueError  `index` is out of range.
  [[nodiscard]] RowGroup group(std::uint64_t epoch, std::size_t index,
                               std::span<std::uint64_t> rows) const;

 private:
  [[nodiscard]] RowGroup draw(std::uint64_t pass, std::size_t variable, std::size_t number,
                              std::span<std::uint64_t> rows) const;
  [[nodiscard]] std::uint64_t stream_index(std::uint64_t pass, std::size_t slot) const;

  std::vector<std::size_t> rows_;         // [variable]
  std::vector<std::size_t> first_group_;  // [variables + 1], running sum of groups
  std::size_t group_;
  RowOrder order_;
  std::uint64_t seed_;
};

}  // namespace stsr

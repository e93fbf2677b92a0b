#include "stsr/sampling/row_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

/// Chunks of rows that a window takes: enough for a batch to have rows from all over the data.
constexpr std::uint64_t chunks_of_window = 1024;

}  // namespace

RowPool::RowPool(std::span<const std::size_t> rows_per_variable, std::size_t group, RowOrder order,
                 std::uint64_t seed, std::uint64_t shuffle_rows)
    : group_(group), order_(order), seed_(seed) {
  if (rows_per_variable.empty()) throw ValueError("training needs at least one variable, got none");
  if (group == 0 || group > std::size_t{1} << 31)
    throw ValueError(fmt::format("training.noise_group must be from 1 to 2^31, got {}", group));
  std::uint64_t total = 0;
  std::size_t max_groups = 0;
  for (const std::size_t rows : rows_per_variable) {
    if (rows == 0 || rows > std::uint64_t{1} << 48)
      throw ValueError(fmt::format("a variable must have from 1 to 2^48 rows, got {}", rows));
    variables_.push_back({rows, ceil_divide(rows, group), 1});
    groups_ += variables_.back().groups;
    max_groups = std::max(max_groups, variables_.back().groups);
    total += rows;
  }
  if (shuffle_rows == 0 || shuffle_rows >= total) return;
  const std::uint64_t chunk = std::max<std::uint64_t>(shuffle_rows / chunks_of_window, 1);
  chunk_bits_ = static_cast<int>(std::bit_width(chunk)) - 1;
  if (order == RowOrder::pool) {
    windows_ = std::min(ceil_divide(total, shuffle_rows), max_groups);
    for (Variable& variable : variables_) variable.windows = windows_;
    return;
  }
  const std::uint64_t share = std::max<std::uint64_t>(shuffle_rows / variables_.size(), 1);
  for (Variable& variable : variables_)
    variable.windows = std::min(ceil_divide(variable.rows, share), variable.groups);
}

std::size_t RowPool::Variable::first_group(std::size_t w) const {
  return groups / windows * w + std::min(w, groups % windows);
}

std::size_t RowPool::Variable::window_of(std::size_t group) const {
  const std::size_t share = groups / windows;
  const std::size_t larger = groups % windows;
  const std::size_t in_larger = larger * (share + 1);
  return group < in_larger ? group / (share + 1) : larger + (group - in_larger) / share;
}

RandomStream RowPool::stream(std::uint64_t pass, std::size_t slot) const {
  return {seed_, RandomUse::shuffle, pass * (variables_.size() + 1) + slot};
}

RowShuffle RowPool::shuffle(std::size_t variable, const RowWindow& window) const {
  const Variable& v = variables_[variable];
  const RandomStream rows = stream(window.pass, variable + 1);
  if (v.windows == 1) return {v.rows, rows};
  const std::uint64_t begin = v.first_group(window.number) * group_;
  const std::uint64_t end = std::min(v.first_group(window.number + 1) * group_, v.rows);
  return {v.rows, rows, {begin, end, window.number}, chunk_bits_};
}

RowGroup RowPool::group(std::size_t variable, const RowWindow& window, std::size_t number) const {
  const std::size_t left = variables_[variable].rows - number * group_;
  return {variable, window, number, static_cast<std::uint32_t>(std::min(group_, left))};
}

std::size_t RowPool::first_group_of_window(std::size_t w) const {
  std::size_t first = 0;
  for (const Variable& variable : variables_) first += variable.first_group(w);
  return first;
}

std::size_t RowPool::window_of(std::size_t index) const {
  std::size_t low = 0;
  std::size_t high = windows_;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (first_group_of_window(middle) <= index ? low : high) = middle;
  }
  return low;
}

RowWindow RowPool::window(std::size_t variable, std::uint64_t epoch, std::size_t index) const {
  if (order_ == RowOrder::pool) return {epoch, window_of(index)};
  const Variable& v = variables_[variable];
  const std::uint64_t total = epoch * groups_ + index;
  const std::uint64_t wait = (variable + variables_.size() - total % variables_.size()) %
                             variables_.size();  // groups until the variable's turn
  const std::uint64_t turn = (total + wait) / variables_.size();
  return {turn / v.groups, v.window_of(turn % v.groups)};
}

RowWindow RowPool::next(std::size_t variable, const RowWindow& window) const {
  if (window.number + 1 < variables_[variable].windows) return {window.pass, window.number + 1};
  return {window.pass + 1, 0};
}

std::vector<RowRange> RowPool::ranges(std::size_t variable, const RowWindow& window) const {
  const Variable& v = variables_[variable];
  if (v.first_group(window.number) == v.first_group(window.number + 1)) return {};
  return shuffle(variable, window).chunks();
}

}  // namespace stsr

#include "stsr/sampling/row_pool.h"

#include <fmt/format.h>

#include <algorithm>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/base/shape.h"
#include "stsr/sampling/permutation.h"

namespace stsr {

RowPool::RowPool(std::span<const std::size_t> rows_per_variable, std::size_t group, RowOrder order,
                 std::uint64_t seed)
    : rows_(rows_per_variable.begin(), rows_per_variable.end()),
      first_group_{0},
      group_(group),
      order_(order),
      seed_(seed) {
  if (rows_.empty()) throw ValueError("training needs at least one variable, got none");
  if (group == 0 || group > std::size_t{1} << 31)
    throw ValueError(fmt::format("training.noise_group must be from 1 to 2^31, got {}", group));
  for (const std::size_t rows : rows_) {
    if (rows == 0 || rows > std::uint64_t{1} << 48)
      throw ValueError(fmt::format("a variable must have from 1 to 2^48 rows, got {}", rows));
    first_group_.push_back(first_group_.back() + ceil_divide(rows, group));
  }
}

std::uint64_t RowPool::stream_index(std::uint64_t pass, std::size_t slot) const {
  return pass * (rows_.size() + 1) + slot;
}

RowGroup RowPool::group(std::uint64_t epoch, std::size_t index,
                        std::span<std::uint64_t> rows) const {
  if (rows.size() < group_)
    throw ShapeError(fmt::format("room for {} rows is needed, got {}", group_, rows.size()));
  if (index >= groups_per_epoch())
    throw ValueError(fmt::format("row group {} of an epoch of {}", index, groups_per_epoch()));
  if (order_ == RowOrder::pool) {
    const Permutation shuffle(groups_per_epoch(),
                              {seed_, RandomUse::shuffle, stream_index(epoch, 0)});
    const std::uint64_t chosen = shuffle(index);
    const auto next = std::upper_bound(first_group_.begin(), first_group_.end(), chosen);
    const auto variable = static_cast<std::size_t>(next - first_group_.begin()) - 1;
    return draw(epoch, variable, chosen - first_group_[variable], rows);
  }
  const std::uint64_t total = epoch * groups_per_epoch() + index;
  const std::size_t variable = total % rows_.size();
  const std::uint64_t turn = total / rows_.size();
  const std::size_t groups = first_group_[variable + 1] - first_group_[variable];
  return draw(turn / groups, variable, turn % groups, rows);
}

RowGroup RowPool::draw(std::uint64_t pass, std::size_t variable, std::size_t number,
                       std::span<std::uint64_t> rows) const {
  const Permutation shuffle(rows_[variable],
                            {seed_, RandomUse::shuffle, stream_index(pass, variable + 1)});
  const std::size_t begin = number * group_;
  const std::size_t count = std::min(group_, rows_[variable] - begin);
  for (std::size_t i = 0; i < count; ++i) rows[i] = shuffle(begin + i);
  return {variable, static_cast<std::uint32_t>(count)};
}

}  // namespace stsr

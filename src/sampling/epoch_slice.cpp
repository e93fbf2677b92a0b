#include "stsr/sampling/epoch_slice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stsr/base/error.h"

namespace stsr {

EpochSlice::EpochSlice(const RowPool& pool, std::uint64_t epoch, std::size_t first,
                       std::size_t count)
    : pool_(pool), epoch_(epoch), first_(first), count_(count) {
  if (first > pool.groups_per_epoch() || count > pool.groups_per_epoch() - first)
    throw ValueError(fmt::format("row groups {} to {} of an epoch of {}", first, first + count,
                                 pool.groups_per_epoch()));
  if (count == 0) return;
  if (pool.order_ == RowOrder::pool) {
    const std::size_t last = pool.window_of(first + count - 1);
    for (std::size_t window = pool.window_of(first); window <= last; ++window) add_segment(window);
  }
  for (std::size_t v = 0; v < pool.variables(); ++v) {
    const RowWindow window = pool.window(v, epoch, first);
    const RowPool::Variable& variable = pool.variables_[v];
    orders_.emplace_back();
    if (variable.first_group(window.number) < variable.first_group(window.number + 1))
      orders_.back().emplace(VariableOrder{window, pool.shuffle(v, window)});
  }
}

void EpochSlice::add_segment(std::size_t window) {
  const std::size_t begin = pool_.first_group_of_window(window);
  const std::size_t end = pool_.first_group_of_window(window + 1);
  Segment segment{
      begin, end, window, Permutation(end - begin, pool_.stream(epoch_, 0), window), {0}};
  for (const RowPool::Variable& variable : pool_.variables_)
    segment.first_of_variable.push_back(segment.first_of_variable.back() +
                                        variable.first_group(window + 1) -
                                        variable.first_group(window));
  segments_.push_back(std::move(segment));
}

RowGroup EpochSlice::group(std::size_t i) const {
  const std::size_t index = first_ + i;
  if (pool_.order_ == RowOrder::balanced) {
    const std::uint64_t total = epoch_ * pool_.groups_per_epoch() + index;
    const std::size_t variable = total % pool_.variables();
    const std::uint64_t turn = total / pool_.variables();
    const RowPool::Variable& v = pool_.variables_[variable];
    const std::size_t number = turn % v.groups;
    return pool_.group(variable, {turn / v.groups, v.window_of(number)}, number);
  }
  auto segment = segments_.begin();
  while (index >= segment->end) ++segment;
  const std::uint64_t chosen = segment->order(index - segment->begin);
  std::size_t variable = 0;
  while (chosen >= segment->first_of_variable[variable + 1]) ++variable;
  const std::size_t number = pool_.variables_[variable].first_group(segment->window) +
                             (chosen - segment->first_of_variable[variable]);
  return pool_.group(variable, {epoch_, segment->window}, number);
}

void EpochSlice::draw(const RowGroup& group, std::size_t first,
                      std::span<std::uint64_t> rows) const {
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = group.number * pool_.group_size() + first + i;
  const auto& order = orders_[group.variable];
  if (order && order->window == group.window) {
    order->shuffle.apply(rows);
  } else {
    pool_.shuffle(group.variable, group.window).apply(rows);
  }
}

void EpochSlice::rows(std::size_t first, std::span<TrainingRow> out) const {
  constexpr std::size_t max_rows = 64;
  const std::size_t size = pool_.group_size();
  std::size_t i = first / size;
  std::size_t in_group = first % size;
  for (std::size_t done = 0; done < out.size(); ++i, in_group = 0) {
    const RowGroup drawn = group(i);
    const std::size_t end = std::min(size, in_group + (out.size() - done));
    while (in_group < end) {
      const std::size_t real = std::max<std::size_t>(drawn.count, in_group) - in_group;
      const std::size_t count = std::min(max_rows, end - in_group);
      std::array<std::uint64_t, max_rows> numbers;
      const auto part = std::span(numbers).first(std::min(count, real));
      draw(drawn, in_group, part);
      for (std::size_t k = 0; k < count; ++k)
        out[done + k] = {static_cast<std::uint32_t>(drawn.variable),
                         k < part.size() ? part[k] : TrainingRow::none};
      in_group += count;
      done += count;
    }
  }
}

}  // namespace stsr

#include "stsr/sampling/training_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/memory.h"
#include "stsr/sampling/time_span.h"

namespace stsr {

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// Rows whose values are fetched ahead of the one that is written: enough cache lines on their way
/// to hide the latency of memory, not so many that they push one another out.
std::size_t rows_ahead(std::size_t heads, std::size_t max_rows) {
  constexpr std::size_t lines_on_their_way = 64;
  return std::clamp<std::size_t>(lines_on_their_way / heads, 1, max_rows);
}

/// Whether the times are the same to the network, but for rounding.
bool same_moments(const std::vector<double>& a, const std::vector<double>& b,
                  const std::array<double, 2>& span_a, const std::array<double, 2>& span_b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](double s, double t) {
    return std::abs(network_time(span_a, s) - network_time(span_b, t)) < 1e-9;
  });
}

/// The first thing, for a message, that keeps two variables from having the same network
/// coordinates; empty where they have. Units of length and of time do not count: the network sees
/// positions in the grid and the share of the time span.
std::string coordinate_difference(const VariableInfo& a, const VariableInfo& b) {
  VariableInfo other = b;
  other.grid.spacing = a.grid.spacing;
  other.grid.origin = a.grid.origin;
  if (same_moments(a.times, b.times, time_span(a), time_span(b))) other.times = a.times;
  if (a.reduction && b.reduction &&
      same_moments(a.reduction->full_times, b.reduction->full_times, time_span(a), time_span(b)))
    other.reduction->full_times = a.reduction->full_times;
  return sampling_difference(a, other);
}

}  // namespace

void check_trainable(const VariableInfo& info) {
  const Dims& dims = info.grid.dims;
  if (dims.count() == 0)
    throw ValueError(fmt::format("variable '{}' has no samples: its dimensions are {} x {} x {}",
                                 info.name, dims.x, dims.y, dims.z));
  if (info.times.empty())
    throw ValueError(fmt::format("variable '{}' has no time step; give at least two", info.name));
  for (std::size_t t = 1; t < info.times.size(); ++t)
    if (!(info.times[t] > info.times[t - 1]))
      throw ValueError(
          fmt::format("variable '{}': times must increase, but step {} at {} follows {}", info.name,
                      t, info.times[t], info.times[t - 1]));
  const std::size_t all = info.reduction ? info.reduction->full_times.size() : info.times.size();
  if (info.times.size() == 1 && all != 1)
    throw ValueError(
        fmt::format("variable '{}' keeps 1 of its {} time steps, at least 2 are needed; reduce it "
                    "with a smaller temporal factor",
                    info.name, all));
}

void check_trainable(const StoredSequence& sequence) {
  const VariableInfo& info = sequence.info;
  check_trainable(info);
  if (sequence.steps.size() != info.times.size())
    throw ShapeError(fmt::format("variable '{}' has {} times but values of {} time steps",
                                 info.name, info.times.size(), sequence.steps.size()));
  for (std::size_t t = 0; t < sequence.steps.size(); ++t)
    if (sequence.steps[t].values.size() != info.grid.dims.count())
      throw ShapeError(fmt::format("variable '{}', time step {}: {} values for a grid of {}",
                                   info.name, t, sequence.steps[t].values.size(),
                                   info.grid.dims.count()));
}

TrainingSet::TrainingSet(std::vector<StoredSequence> sequences, const BlockConfig& blocks,
                         RangeMode range, RowTargets targets, std::vector<MissingMap> held_out) {
  if (sequences.empty()) throw ValueError("training needs at least one variable, got none");
  for (StoredSequence& sequence : sequences)
    variables_.push_back(prepare(std::move(sequence), blocks, range));
  hold_out(std::move(held_out));
  heads_ = variables_.front().partition.heads();
  if (targets == RowTargets::blocks) return;
  check_shared_sampling();
  heads_ = row_variables_ = variables_.size();
}

void TrainingSet::hold_out(std::vector<MissingMap> held_out) {
  if (held_out.empty()) held_out.resize(variables());
  if (held_out.size() != variables())
    throw ShapeError(
        fmt::format("held-out samples of {} variables for {}", held_out.size(), variables()));
  for (std::size_t v = 0; v < variables(); ++v) {
    const std::size_t bytes = ceil_divide(info(v).grid.dims.count(), 8);
    const auto& maps = held_out[v].steps;
    const bool fits =
        (maps.size() <= 1 || maps.size() == info(v).times.size()) &&
        std::all_of(maps.begin(), maps.end(), [&](const auto& map) { return map.size() == bytes; });
    if (!fits)
      throw ShapeError(fmt::format(
          "the held-out samples of variable '{}' need one map, or one per time step, of "
          "{} bytes each",
          info(v).name, bytes));
    variables_[v].held_out = std::move(held_out[v]);
  }
}

void TrainingSet::check_shared_sampling() const {
  if (heads_ != 1)
    throw ValueError(fmt::format(
        "rows with targets of all variables need one block, got {}; set blocks.split to [1, 1, 1]",
        heads_));
  for (std::size_t i = 1; i < variables(); ++i)
    if (const std::string what = coordinate_difference(info(0), info(i)); !what.empty())
      throw ValueError(
          fmt::format("a CoordNet gives all variables at one position and time, but '{}' and '{}' "
                      "differ in {}; train them apart, or with network.architecture 'stsr-inr'",
                      info(0).name, info(i).name, what));
}

TrainingSet::Variable TrainingSet::prepare(StoredSequence sequence, const BlockConfig& blocks,
                                           RangeMode range) {
  check_trainable(sequence);
  Survey found = stsr::survey(sequence);
  RangeSeries ranges = ranges_of(sequence.info, found, range);
  std::vector<Normaliser> normalisers;
  for (std::size_t t = 0; t < sequence.steps.size(); ++t)
    normalisers.emplace_back(ranges.ranges[ranges.ranges.size() == 1 ? 0 : t]);
  Partition partition(blocks, sequence.info);
  RowLayout layout(partition, sequence.info);
  return {std::move(sequence),
          std::move(found),
          std::move(ranges),
          std::move(partition),
          std::move(layout),
          std::move(normalisers),
          {}};
}

std::size_t TrainingSet::rows(std::size_t variable) const {
  const Variable& v = variables_[variable];
  return checked_product({v.sequence.steps.size(), v.partition.rows_per_step()});
}

std::vector<std::size_t> TrainingSet::rows_per_variable() const {
  std::vector<std::size_t> result;
  for (std::size_t variable = 0; variable < variables(); variable += row_variables_)
    result.push_back(rows(variable));
  return result;
}

void TrainingSet::gather(std::span<const TrainingRow> rows, float* coordinates,
                         float* targets) const {
  std::array<Fetched, 8> on_their_way;
  const std::size_t ahead = rows_ahead(heads_, on_their_way.size());
  for (std::size_t n = 0; n < rows.size() + ahead; ++n) {
    Fetched& slot = on_their_way[n % ahead];
    if (n >= ahead) write_targets(slot, targets + heads_ * (n - ahead));
    if (n < rows.size()) fetch(rows[n], coordinates + 4 * n, slot);
  }
}

void TrainingSet::fetch(const TrainingRow& row, float* coordinates, Fetched& fetched) const {
  fetched.variable = nullptr;
  if (row.row == TrainingRow::none) {
    std::fill_n(coordinates, 4, 0.0F);
    return;
  }
  const Variable& variable = variables_[row.variable];
  RowLayout::Place& place = fetched.place;
  variable.layout.locate(row.row, place);
  variable.layout.write_coordinates(place, coordinates);
  fetched.variable = &variable;
  fetched.values = variable.sequence.steps[place.step].values.data() + place.offset;
  if (place.whole)
    for (const std::ptrdiff_t origin : variable.layout.origins())
      __builtin_prefetch(fetched.values + origin);
}

void TrainingSet::write_targets(const Fetched& row, float* targets) const {
  if (row.variable == nullptr) {
    std::fill_n(targets, heads_, missing);
    return;
  }
  if (row_variables_ > 1) {
    write_targets_of_all(row, targets);
    return;
  }
  const RowLayout& layout = row.variable->layout;
  const Normaliser normalise = row.variable->normalisers[row.place.step];
  const MissingMap& held_out = row.variable->held_out;
  const std::ptrdiff_t* origins = layout.origins().data();
  if (row.place.whole && !held_out.any()) {
    for (std::size_t head = 0; head < heads_; ++head)
      targets[head] = normalise(row.values[origins[head]]);
    return;
  }
  for (std::size_t head = 0; head < heads_; ++head) {
    const bool wanted =
        layout.has_sample(row.place, head) &&
        !held_out.missing(row.place.step,
                          static_cast<std::size_t>(row.place.offset + origins[head]));
    targets[head] = wanted ? normalise(row.values[origins[head]]) : missing;
  }
}

void TrainingSet::write_targets_of_all(const Fetched& row, float* targets) const {
  const auto at =
      static_cast<std::size_t>(row.place.offset + row.variable->layout.origins().front());
  for (std::size_t i = 0; i < row_variables_; ++i) {
    const Variable& variable = variables_[i];
    targets[i] = variable.held_out.missing(row.place.step, at)
                     ? missing
                     : variable.normalisers[row.place.step](
                           variable.sequence.steps[row.place.step].values[at]);
  }
}

bool TrainingSet::mapped(std::size_t variable) const {
  for (std::size_t i = variable; i < variable + row_variables_; ++i)
    if (variables_[i].sequence.mapped()) return true;
  return false;
}

void TrainingSet::fetch_mapped(std::size_t variable, const RowRange& rows) const {
  const std::uint64_t end = rows.first + rows.count;
  for (std::size_t i = variable; i < variable + row_variables_; ++i) {
    const Variable& v = variables_[i];
    if (!v.sequence.mapped()) continue;
    for (std::uint64_t first = rows.first; first < end;) {
      RowLayout::Place place;
      v.layout.locate(first, place);
      const std::span<const float> values = v.sequence.steps[place.step].values;
      const std::uint64_t last = std::min(end, v.layout.first_row(place.step + 1)) - 1;
      for (const auto& [begin, stop] : v.layout.extents(first, last, values.size()))
        stsr::fetch_mapped(values.subspan(begin, stop - begin));
      first = last + 1;
    }
  }
}

void TrainingSet::release_mapped(std::size_t variable) const {
  for (std::size_t i = variable; i < variable + row_variables_; ++i)
    for (const StoredStep& step : variables_[i].sequence.steps) step.release();
}

}  // namespace stsr

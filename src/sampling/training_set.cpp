#include "stsr/sampling/training_set.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/sampling/time_span.h"

namespace stsr {

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

void normalise(Sequence& sequence, const RangeSeries& ranges) {
  parallel_for("normalise", sequence.steps.size(), [&](std::size_t t) {
    const ValueRange& range = ranges.ranges[ranges.ranges.size() == 1 ? 0 : t];
    for (float& value : sequence.steps[t])
      value = std::isfinite(value) ? static_cast<float>(range.normalise(value)) : missing;
  });
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

void check_trainable(const Sequence& sequence) {
  const VariableInfo& info = sequence.info;
  check_trainable(info);
  if (sequence.steps.size() != info.times.size())
    throw ShapeError(fmt::format("variable '{}' has {} times but values of {} time steps",
                                 info.name, info.times.size(), sequence.steps.size()));
  for (std::size_t t = 0; t < sequence.steps.size(); ++t)
    if (sequence.steps[t].size() != info.grid.dims.count())
      throw ShapeError(fmt::format("variable '{}', time step {}: {} values for a grid of {}",
                                   info.name, t, sequence.steps[t].size(), info.grid.dims.count()));
}

TrainingSet::TrainingSet(std::vector<Sequence> sequences, const BlockConfig& blocks,
                         RangeMode range) {
  if (sequences.empty()) throw ValueError("training needs at least one variable, got none");
  for (Sequence& sequence : sequences)
    variables_.push_back(prepare(std::move(sequence), blocks, range));
  heads_ = variables_.front().partition.heads();
}

TrainingSet::Variable TrainingSet::prepare(Sequence sequence, const BlockConfig& blocks,
                                           RangeMode range) {
  check_trainable(sequence);
  RangeSeries ranges = ranges_of(sequence, range);
  normalise(sequence, ranges);
  Partition partition(blocks, sequence.info);
  const auto span = time_span(sequence.info);
  std::vector<float> times;
  for (const double time : sequence.info.times)
    times.push_back(static_cast<float>(network_time(span, time)));
  const Dims& dims = sequence.info.grid.dims;
  const std::array<std::size_t, 3> stride{1, dims.x, dims.x * dims.y};
  std::array<AxisTable, 3> axes;
  for (std::size_t a = 0; a < 3; ++a) {
    const AxisPartition& axis = partition.axis(a);
    axes[a].blocks = axis.blocks();
    for (std::size_t i = 0; i < axis.local_samples(); ++i) {
      axes[a].coordinates.push_back(static_cast<float>(axis.coordinate(static_cast<double>(i))));
      for (std::size_t block = 0; block < axis.blocks(); ++block) {
        const auto sample = axis.sample(block, i);
        axes[a].offset.push_back(sample ? static_cast<std::ptrdiff_t>(*sample * stride[a]) : -1);
      }
    }
  }
  return {std::move(sequence), std::move(ranges), std::move(partition), std::move(times),
          std::move(axes)};
}

std::size_t TrainingSet::rows(std::size_t variable) const {
  const Variable& v = variables_[variable];
  return checked_product({v.times.size(), v.partition.rows_per_step()});
}

std::vector<std::size_t> TrainingSet::rows_per_variable() const {
  std::vector<std::size_t> result;
  for (std::size_t variable = 0; variable < variables(); ++variable)
    result.push_back(rows(variable));
  return result;
}

void TrainingSet::gather(std::size_t variable, std::span<const std::uint64_t> rows,
                         float* coordinates, float* targets) const {
  const Variable& v = variables_[variable];
  const Dims dims = v.partition.local_dims();
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::uint64_t r = rows[n];
    std::size_t local[3];
    for (std::size_t axis = 0; axis < 3; ++axis) {
      local[axis] = r % dims[axis];
      r /= dims[axis];
    }
    float* c = coordinates + 4 * n;
    c[0] = v.times[r];
    for (std::size_t axis = 0; axis < 3; ++axis)
      c[3 - axis] = v.axes[axis].coordinates[local[axis]];
    gather_row(v, v.sequence.steps[r].data(), local, targets + heads_ * n);
  }
}

void TrainingSet::gather_row(const Variable& variable, const float* values,
                             const std::size_t* local, float* targets) {
  std::array<const std::ptrdiff_t*, 3> offset{};  // [block] at this local index
  std::array<const std::size_t*, 3> term{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const AxisTable& table = variable.axes[axis];
    offset[axis] = table.offset.data() + local[axis] * table.blocks;
    term[axis] = variable.partition.head_terms(axis).data();
  }
  for (std::size_t jz = 0; jz < variable.axes[2].blocks; ++jz)
    for (std::size_t jy = 0; jy < variable.axes[1].blocks; ++jy) {
      const bool in_zy = offset[2][jz] >= 0 && offset[1][jy] >= 0;
      const std::ptrdiff_t start = offset[2][jz] + offset[1][jy];
      float* out = targets + term[2][jz] + term[1][jy];
      for (std::size_t jx = 0; jx < variable.axes[0].blocks; ++jx)
        out[term[0][jx]] = in_zy && offset[0][jx] >= 0 ? values[start + offset[0][jx]] : missing;
    }
}

}  // namespace stsr

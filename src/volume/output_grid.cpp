#include "stsr/volume/output_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stsr/base/error.h"
#include "stsr/volume/step_times.h"

namespace stsr {

namespace {

constexpr std::array<char, 3> axis_name{'x', 'y', 'z'};
constexpr double max_samples = 1048576.0;  // 2^20

/// What one axis of the coarse grid spans: N samples before a reduction by s.
struct AxisExtent {
  std::size_t full = 1;   ///< N
  std::size_t scale = 1;  ///< s
  [[nodiscard]] double last() const {
    return static_cast<double>(full - 1) / static_cast<double>(scale);
  }
};

/// The samples of one output axis, in units of the coarse index.
struct AxisSamples {
  std::vector<double> positions;
  double step = 1.0;   ///< distance between samples; of the finest known grid where there is one
  double shift = 0.0;  ///< of the samples against `positions`
};

std::size_t checked_samples(double count, const std::string& what) {
  if (!(count <= max_samples))
    throw ValueError(
        fmt::format("{} gives {:.0f} samples, at most {:.0f} are possible; ask for less", what,
                    count, max_samples));
  return static_cast<std::size_t>(std::max(1.0, count));
}

AxisExtent axis_extent(const VariableInfo& coarse, std::size_t axis) {
  const std::size_t n = coarse.grid.dims[axis];
  const double spacing = coarse.grid.spacing[axis];
  if (n == 0 || !(spacing > 0.0) || !std::isfinite(spacing))
    throw ValueError(
        fmt::format("variable '{}' has {} samples along {} at spacing {}; both must be above 0",
                    coarse.name, n, axis_name[axis], spacing));
  if (!coarse.reduction) return {n, 1};
  const AxisExtent extent{coarse.reduction->full_dims[axis], coarse.reduction->space[axis]};
  if (extent.full == 0 || extent.scale == 0 || ceil_divide(extent.full, extent.scale) != n)
    throw ValueError(
        fmt::format("variable '{}' has {} samples along {}, but its reduction says {} taken every "
                    "{}; correct the reduction",
                    coarse.name, n, axis_name[axis], extent.full, extent.scale));
  return extent;
}

AxisSamples spread(double low, double high, std::size_t count, double step_of_one) {
  if (count == 1) return {{low}, step_of_one};
  AxisSamples samples{std::vector<double>(count), (high - low) / static_cast<double>(count - 1)};
  for (std::size_t i = 0; i < count; ++i)
    samples.positions[i] =
        low + (high - low) * (static_cast<double>(i) / static_cast<double>(count - 1));
  samples.positions.back() = high;
  return samples;
}

/// `count` samples over the whole extent; the N samples before the reduction exactly where asked.
AxisSamples whole_axis(const AxisExtent& extent, std::size_t count) {
  const auto s = static_cast<double>(extent.scale);
  AxisSamples samples = spread(0.0, extent.last(), count, 1.0 / s);
  if (count != extent.full) return samples;
  samples.step = 1.0 / s;
  for (std::size_t i = 0; i < count; ++i) samples.positions[i] = static_cast<double>(i) / s;
  return samples;
}

/// `count` samples in place of the n coarse ones, as image resizers place them.
AxisSamples resized_axis(const VariableInfo& coarse, std::size_t count, std::size_t axis) {
  const double step = static_cast<double>(coarse.grid.dims[axis]) / static_cast<double>(count);
  AxisSamples samples{std::vector<double>(count), step, 0.5 * step - 0.5};
  for (std::size_t i = 0; i < count; ++i) samples.positions[i] = static_cast<double>(i) * step;
  return samples;
}

/// Samples along one axis over the whole extent, from the request's scale or dimensions.
std::size_t whole_count(const AxisExtent& extent, const GridRequest& request, std::size_t axis) {
  if (request.dims) {
    const std::size_t count = (*request.dims)[axis];
    if (count == 0)
      throw ValueError(
          fmt::format("the dimension along {} must be at least 1, got 0", axis_name[axis]));
    if (extent.full == 1 && count > 1)
      throw ValueError(
          fmt::format("the data has one sample along {}, so the output cannot have {}; "
                      "ask for 1",
                      axis_name[axis], count));
    return checked_samples(static_cast<double>(count),
                           fmt::format("the dimension along {}", axis_name[axis]));
  }
  if (!request.space) return extent.full;
  const double scale = (*request.space)[axis];
  if (!(scale > 0.0) || !std::isfinite(scale))
    throw ValueError(fmt::format("the spatial scale along {} must be a number above 0, got {}",
                                 axis_name[axis], scale));
  if (extent.full == 1 || scale == static_cast<double>(extent.scale)) return extent.full;
  return checked_samples(
      std::round(static_cast<double>(extent.full) * scale / static_cast<double>(extent.scale)),
      fmt::format("the spatial scale {} along {}", scale, axis_name[axis]));
}

AxisSamples box_axis(const VariableInfo& coarse, const AxisExtent& extent,
                     const GridRequest& request, std::size_t axis) {
  const Grid& grid = coarse.grid;
  const double box_low = request.box->low[axis];
  const double box_high = request.box->high[axis];
  if (!(box_low <= box_high) || !std::isfinite(box_low) || !std::isfinite(box_high))
    throw ValueError(fmt::format("the box along {} must run from low to high, got {} to {}",
                                 axis_name[axis], box_low, box_high));
  double low = (box_low - grid.origin[axis]) / grid.spacing[axis];
  double high = (box_high - grid.origin[axis]) / grid.spacing[axis];
  constexpr double slack = 1e-6;  // of a coarse spacing: decimal input against binary grids
  const bool inside = extent.full == 1 ? low <= slack && high >= -slack
                                       : low >= -slack && high <= extent.last() + slack;
  if (!inside)
    throw ValueError(fmt::format(
        "the box along {} runs from {} to {}, outside the data's {} to {}; give a box inside",
        axis_name[axis], box_low, box_high, grid.position(axis, 0.0),
        grid.position(axis, extent.last())));
  const AxisSamples whole =
      whole_axis(extent, request.dims ? extent.full : whole_count(extent, request, axis));
  if (extent.full == 1) {
    if (request.dims) (void)whole_count(extent, request, axis);
    return whole;
  }
  low = std::clamp(low, 0.0, extent.last());
  high = std::clamp(high, 0.0, extent.last());
  const std::size_t count = request.dims
                                ? whole_count(extent, request, axis)
                                : checked_samples(std::round((high - low) / whole.step) + 1.0,
                                                  fmt::format("the box along {}", axis_name[axis]));
  if (count > 1 && !(high > low))
    throw ValueError(
        fmt::format("the box along {} has no length, so it cannot hold {} samples; ask for 1",
                    axis_name[axis], count));
  return spread(low, high, count, whole.step);
}

AxisSamples like_axis(const VariableInfo& coarse, const Grid& like, std::size_t axis) {
  const Grid& grid = coarse.grid;
  const std::size_t count = like.dims[axis];
  if (count == 0 || !(like.spacing[axis] > 0.0))
    throw ValueError(
        fmt::format("the grid to match has {} samples along {} at spacing {}; both must be above 0",
                    count, axis_name[axis], like.spacing[axis]));
  AxisSamples samples{
      std::vector<double>(checked_samples(
          static_cast<double>(count), fmt::format("the grid to match along {}", axis_name[axis]))),
      like.spacing[axis] / grid.spacing[axis]};
  const double first = (like.origin[axis] - grid.origin[axis]) / grid.spacing[axis];
  for (std::size_t i = 0; i < count; ++i)
    samples.positions[i] = first + static_cast<double>(i) * samples.step;
  const double last_coarse = static_cast<double>(grid.dims[axis]) - 1.0;
  if (!(first >= -1.0 - 1e-6) || !(samples.positions.back() <= last_coarse + 1.0 + 1e-6))
    throw ValueError(fmt::format(
        "the grid to match runs along {} from {} to {}, more than one spacing ({}) outside the "
        "data's {} to {}; match a grid of the same region",
        axis_name[axis], like.position(axis, 0.0),
        like.position(axis, static_cast<double>(count - 1)), grid.spacing[axis],
        grid.position(axis, 0.0), grid.position(axis, last_coarse)));
  return samples;
}

AxisSamples output_axis(const VariableInfo& coarse, const GridRequest& request, std::size_t axis) {
  const AxisExtent extent = axis_extent(coarse, axis);
  if (request.like) return like_axis(coarse, request.like->grid, axis);
  if (request.box) return box_axis(coarse, extent, request, axis);
  const std::size_t count = whole_count(extent, request, axis);
  const bool known = coarse.reduction && count == extent.full;
  if (request.half_pixel && !known) return resized_axis(coarse, count, axis);
  return whole_axis(extent, count);
}

void check_times(const std::vector<double>& times, const char* what) {
  if (times.empty()) throw ValueError(fmt::format("{} are empty; give at least one time", what));
  (void)checked_samples(static_cast<double>(times.size()), what);
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!std::isfinite(times[i]))
      throw ValueError(fmt::format("{} must be finite, got {}", what, times[i]));
    if (i > 0 && !(times[i] > times[i - 1]))
      throw ValueError(
          fmt::format("{} must increase, but {} follows {}; sort them and drop repeats", what,
                      times[i], times[i - 1]));
  }
}

/// @throws ValueError  `times` reach further than `slack` beyond those of the data before
/// reduction.
void check_inside(const VariableInfo& coarse, const std::vector<double>& full,
                  const std::vector<double>& times, double slack) {
  for (const double time : {times.front(), times.back()})
    if (time < full.front() - slack || time > full.back() + slack)
      throw ValueError(fmt::format(
          "time {} lies outside the times of '{}', {} to {}, about which nothing is known there; "
          "give times inside, or --extrapolate",
          time, coarse.name, full.front(), full.back()));
}

/// Times at even steps of the index of `times`, `count` of them, ends included.
std::vector<double> spread_times(const std::vector<double>& times, std::size_t count) {
  std::vector<double> result(count, times.front());
  const auto intervals = static_cast<double>(times.size() - 1);
  for (std::size_t i = 1; i < count; ++i) {
    const double index = intervals * (static_cast<double>(i) / static_cast<double>(count - 1));
    const auto below = std::min(static_cast<std::size_t>(index), times.size() - 2);
    result[i] = std::lerp(times[below], times[below + 1], index - static_cast<double>(below));
  }
  if (count > 1) result.back() = times.back();
  return result;
}

std::vector<double> output_times(const VariableInfo& coarse, const GridRequest& request) {
  const std::vector<double>& full = coarse.reduction ? coarse.reduction->full_times : coarse.times;
  check_times(full, "the times of the data before its reduction");
  if (request.like) {
    check_times(request.like->times, "the times to match");
    if (!request.extrapolate)
      check_inside(coarse, full, request.like->times,
                   smallest_interval(coarse.times) + time_tolerance(coarse.times));
    return request.like->times;
  }
  if (request.times) {
    check_times(*request.times, "the output times");
    if (!request.extrapolate)
      check_inside(coarse, full, *request.times, time_tolerance(coarse.times));
    return *request.times;
  }
  const double left_out = coarse.reduction ? static_cast<double>(coarse.reduction->time) : 0.0;
  const double time = request.time.value_or(left_out);
  if (!(time >= 0.0) || !std::isfinite(time))
    throw ValueError(fmt::format(
        "the temporal scale (steps between two kept ones) must be 0 or more, got {}", time));
  if (time == left_out || full.size() == 1) return full;
  const double count =
      std::round(static_cast<double>(full.size() - 1) * (time + 1.0) / (left_out + 1.0)) + 1.0;
  return spread_times(full, checked_samples(count, fmt::format("the temporal scale {}", time)));
}

void check_contradictions(const GridRequest& request) {
  const auto refuse = [](bool both, const char* first, const char* second) {
    if (both)
      throw ValueError(fmt::format("{} and {} contradict each other; give one", first, second));
  };
  refuse(request.space && request.dims, "the spatial scale", "the dimensions");
  refuse(request.time && request.times, "the temporal scale", "the times");
  refuse(request.like && (request.space || request.dims || request.box), "a grid to match",
         "a scale, dimensions or a box");
  refuse(request.like && (request.time || request.times), "a grid to match", "times");
  refuse(request.half_pixel && request.box, "the registration 'half-pixel'", "a box");
}

}  // namespace

OutputGrid output_grid(const VariableInfo& coarse, const GridRequest& request) {
  check_contradictions(request);
  OutputGrid output;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    AxisSamples samples = output_axis(coarse, request, axis);
    output.grid.spacing[axis] = samples.step * coarse.grid.spacing[axis];
    output.grid.origin[axis] =
        coarse.grid.position(axis, samples.positions.front() + samples.shift);
    output.positions[axis] = std::move(samples.positions);
  }
  output.grid.dims = {output.positions[0].size(), output.positions[1].size(),
                      output.positions[2].size()};
  if (request.like) output.grid = request.like->grid;
  output.times = output_times(coarse, request);
  (void)checked_product({output.grid.dims.count(), output.times.size(), sizeof(float)});
  return output;
}

}  // namespace stsr

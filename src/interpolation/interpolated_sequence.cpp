#include "stsr/interpolation/interpolated_sequence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/shape.h"
#include "stsr/interpolation/coefficients.h"
#include "stsr/volume/time_blend.h"

namespace stsr {

namespace {

constexpr std::size_t max_bytes = std::size_t{32} << 20;  // of steps kept beyond two
constexpr float missing_value = std::numeric_limits<float>::quiet_NaN();

/// Weights of the samples at -1, 0, 1, 2 for a position f in [0, 1).
std::array<double, 4> kernel_weights(InterpolationKernel kernel, double f) {
  const double g = 1.0 - f;
  switch (kernel) {
    case InterpolationKernel::linear:
      return {0.0, g, f, 0.0};
    case InterpolationKernel::catmull_rom:
      return {-0.5 * f * g * g, 1.0 + f * f * (1.5 * f - 2.5), 1.0 + g * g * (1.5 * g - 2.5),
              -0.5 * g * f * f};
    case InterpolationKernel::b_spline:
      return {g * g * g / 6.0, 2.0 / 3.0 + f * f * (0.5 * f - 1.0),
              2.0 / 3.0 + g * g * (0.5 * g - 1.0), f * f * f / 6.0};
  }
  throw ValueError("unknown interpolation kernel");
}

/// out = sum over k of weights[k] * rows[k * stride ...], `count` values.
void combine(const double* rows, std::size_t stride, const std::array<double, 4>& weights,
             std::size_t count, double* out) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = weights[0] * rows[i] + weights[1] * rows[stride + i] +
             weights[2] * rows[2 * stride + i] + weights[3] * rows[3 * stride + i];
}

}  // namespace

InterpolatedSequence::InterpolatedSequence(VariableInfo coarse, const InterpolationConfig& config,
                                           StepReader read)
    : coarse_(std::move(coarse)), config_(config), read_(std::move(read)) {
  if (coarse_.times.empty() || coarse_.grid.dims.count() == 0)
    throw ValueError(fmt::format("variable '{}' holds no values to interpolate", coarse_.name));
  const std::size_t bytes = extended_dims(coarse_.grid.dims).count() * sizeof(double);
  max_steps_ = std::max<std::size_t>(2, max_bytes / bytes);
}

/// @param position  in units of the coarse sample index
InterpolatedSequence::Taps InterpolatedSequence::taps_at(std::size_t axis, double position) const {
  const auto last = static_cast<double>(coarse_.grid.dims[axis] - 1);
  const double inside = std::clamp(position, 0.0, last);
  const double below = std::floor(inside);
  return {static_cast<std::size_t>(below), kernel_weights(config_.kernel, inside - below),
          static_cast<std::size_t>(std::min(std::floor(inside + 0.5), last))};
}

/// With the mutex held.
InterpolatedSequence::StepPointer InterpolatedSequence::load(std::size_t step) const {
  const auto held = std::find_if(steps_.begin(), steps_.end(),
                                 [&](const StepPointer& one) { return one->step == step; });
  if (held != steps_.end()) {
    std::rotate(held, held + 1, steps_.end());
    return steps_.back();
  }
  if (steps_.size() == max_steps_) steps_.erase(steps_.begin());
  std::vector<float> values = read_(step);
  const Dims& n = coarse_.grid.dims;
  if (values.size() != n.count())
    throw ShapeError(fmt::format(
        "variable '{}', time step {}: {} values for {} x {} x {} samples; check the file's size",
        coarse_.name, step, values.size(), n.x, n.y, n.z));
  auto made = std::make_shared<CoarseStep>();
  made->step = step;
  made->missing = fill_missing(n, values);
  made->coefficients = volume_coefficients(config_.kernel, n, values);
  return steps_.emplace_back(std::move(made));
}

InterpolatedSequence::Moment InterpolatedSequence::at(double time) const {
  const TimeBlend blend = blend_at(coarse_.times, time);
  const std::lock_guard lock(mutex_);
  Moment moment;
  moment.first = load(blend.first);
  if (blend.second == blend.first) {
    moment.coefficients = {moment.first, &moment.first->coefficients};
    return moment;
  }
  moment.second = load(blend.second);
  // Everything is linear, so blending the coefficients in time costs one evaluation, not two.
  if (!mixed_ || mixed_time_ != time) {
    mixed_.reset();
    const std::vector<double>& first = moment.first->coefficients;
    const std::vector<double>& second = moment.second->coefficients;
    auto mixed = std::make_shared<std::vector<double>>(first.size());
    parallel_parts("interpolation in time", mixed->size(),
                   [&](int, std::size_t begin, std::size_t end) {
                     for (std::size_t i = begin; i < end; ++i)
                       (*mixed)[i] = (1.0 - blend.weight) * first[i] + blend.weight * second[i];
                   });
    mixed_ = std::move(mixed);
    mixed_time_ = time;
  }
  moment.coefficients = mixed_;
  return moment;
}

void InterpolatedSequence::sample(double time, const OutputGrid& grid, const GridSelection& part,
                                  std::span<float> out) const {
  if (!std::isfinite(time)) throw ValueError(fmt::format("the time must be finite, got {}", time));
  part.check_inside(grid.grid.dims);
  const Dims dims = part.dims();
  if (out.size() != dims.count())
    throw ShapeError(
        fmt::format("{} x {} x {} samples do not fit into {}", dims.x, dims.y, dims.z, out.size()));
  std::array<std::vector<Taps>, 3> taps;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double step = grid.grid.spacing[axis] / coarse_.grid.spacing[axis];
    const double shift = config_.registration == Registration::half_pixel ? 0.5 * step - 0.5 : 0.0;
    for (const std::size_t index : part.indices[axis])
      taps[axis].push_back(taps_at(axis, grid.positions[axis][index] + shift));
  }
  const Moment moment = at(time);
  const Dims& n = coarse_.grid.dims;
  const Dims big = extended_dims(n);
  const std::size_t plane_size = big.x * big.y;
  const auto mark_missing = [&](const CoarseStep& coarse, const Taps& z, float* values) {
    if (coarse.missing.empty()) return;
    for (const Taps& y : taps[1])
      for (const Taps& x : taps[0]) {
        if (coarse.missing[(z.nearest * n.y + y.nearest) * n.x + x.nearest] != 0)
          *values = missing_value;
        ++values;
      }
  };
  parallel_for("interpolation in space", dims.z, [&](std::size_t k) {
    const Taps& z = taps[2][k];
    float* const values = out.data() + k * dims.x * dims.y;
    float* value = values;
    std::vector<double> plane(plane_size);
    std::vector<double> row(big.x);
    combine(moment.coefficients->data() + z.first * plane_size, plane_size, z.weights, plane_size,
            plane.data());
    for (const Taps& y : taps[1]) {
      combine(plane.data() + y.first * big.x, big.x, y.weights, big.x, row.data());
      for (const Taps& x : taps[0]) {
        const double* const v = row.data() + x.first;
        *value++ = static_cast<float>(x.weights[0] * v[0] + x.weights[1] * v[1] +
                                      x.weights[2] * v[2] + x.weights[3] * v[3]);
      }
    }
    mark_missing(*moment.first, z, values);
    if (moment.second) mark_missing(*moment.second, z, values);
  });
}

/// The kernel's 64 coefficients around a point, weighted.
double InterpolatedSequence::value(const double* coefficients,
                                   const std::array<Taps, 3>& taps) const {
  const Dims big = extended_dims(coarse_.grid.dims);
  double sum = 0.0;
  for (std::size_t k = 0; k < 4; ++k)
    for (std::size_t j = 0; j < 4; ++j) {
      const double* const v =
          coefficients + ((taps[2].first + k) * big.y + taps[1].first + j) * big.x + taps[0].first;
      const auto& x = taps[0].weights;
      sum += taps[2].weights[k] * taps[1].weights[j] *
             (x[0] * v[0] + x[1] * v[1] + x[2] * v[2] + x[3] * v[3]);
    }
  return sum;
}

void InterpolatedSequence::evaluate(std::span<const Point> points, std::span<float> out) const {
  if (points.size() != out.size())
    throw ShapeError(fmt::format("{} points do not fit into {} values", points.size(), out.size()));
  if (config_.registration != Registration::aligned)
    throw ValueError(
        "registration 'half-pixel' depends on the samples of a grid and has no values at points; "
        "use 'aligned'");
  // Points between the same two coarse steps, one after the other: each step is loaded once.
  std::vector<std::size_t> order;
  std::vector<std::pair<std::size_t, std::size_t>> intervals(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Point& p = points[i];
    out[i] = missing_value;
    if (!std::isfinite(p.t) || !std::isfinite(p.x + p.y + p.z)) continue;
    const TimeBlend blend = blend_at(coarse_.times, p.t);
    intervals[i] = {blend.first, blend.second};
    order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return intervals[a] < intervals[b]; });
  const Dims& n = coarse_.grid.dims;
  const Grid& grid = coarse_.grid;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && intervals[order[end]] == intervals[order[begin]]) ++end;
    StepPointer first;
    StepPointer second;
    {
      const std::lock_guard lock(mutex_);
      first = load(intervals[order[begin]].first);
      second = load(intervals[order[begin]].second);
    }
    parallel_for("interpolation at points", end - begin, [&](std::size_t k) {
      const std::size_t i = order[begin + k];
      const Point& p = points[i];
      const std::array<double, 3> place{p.x, p.y, p.z};
      std::array<Taps, 3> taps;
      for (std::size_t axis = 0; axis < 3; ++axis)
        taps[axis] = taps_at(axis, (place[axis] - grid.origin[axis]) / grid.spacing[axis]);
      const double weight = blend_at(coarse_.times, p.t).weight;
      const double early = value(first->coefficients.data(), taps);
      const double late = weight == 0.0 ? early : value(second->coefficients.data(), taps);
      out[i] = static_cast<float>((1.0 - weight) * early + weight * late);
      const std::size_t nearest = (taps[2].nearest * n.y + taps[1].nearest) * n.x + taps[0].nearest;
      for (const StepPointer& step : {first, second})
        if (!step->missing.empty() && step->missing[nearest] != 0) out[i] = missing_value;
    });
    begin = end;
  }
}

}  // namespace stsr

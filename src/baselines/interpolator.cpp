#include "stsr/baselines/interpolator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "baselines/coefficients.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

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

/// Two neighbouring steps and the weight of the later one; the end steps are held outside.
struct TimeBlend {
  std::size_t first = 0;
  std::size_t second = 0;
  double weight = 0.0;
};

TimeBlend blend_at(const std::vector<double>& times, double time) {
  if (time <= times.front()) return {0, 0, 0.0};
  if (time >= times.back()) return {times.size() - 1, times.size() - 1, 0.0};
  const auto next = std::upper_bound(times.begin(), times.end(), time);
  const auto i = static_cast<std::size_t>(next - times.begin());
  const double weight = (time - times[i - 1]) / (times[i] - times[i - 1]);
  if (weight == 0.0) return {i - 1, i - 1, 0.0};
  return {i - 1, i, weight};
}

/// out = sum over k of weights[k] * rows[k * stride ...], `count` values.
void combine(const double* rows, std::size_t stride, const std::array<double, 4>& weights,
             std::size_t count, double* out) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = weights[0] * rows[i] + weights[1] * rows[stride + i] +
             weights[2] * rows[2 * stride + i] + weights[3] * rows[3 * stride + i];
}

}  // namespace

Interpolator::Interpolator(VariableInfo coarse, OutputGrid output,
                           const InterpolationConfig& config, StepReader read)
    : coarse_(std::move(coarse)),
      output_(std::move(output)),
      config_(config),
      read_(std::move(read)) {
  if (coarse_.times.empty() || coarse_.grid.dims.count() == 0)
    throw ValueError(fmt::format("variable '{}' holds no values to interpolate", coarse_.name));
  if (output_.times.empty() || output_.grid.dims.count() == 0)
    throw ValueError("the output grid holds no sample; ask for at least one");
  for (std::size_t axis = 0; axis < 3; ++axis) taps_[axis] = taps_of(axis);
}

VariableInfo Interpolator::info() const {
  return {coarse_.name, coarse_.unit, output_.grid, output_.times, std::nullopt};
}

std::vector<Interpolator::Taps> Interpolator::taps_of(std::size_t axis) const {
  const auto last = static_cast<double>(coarse_.grid.dims[axis] - 1);
  const double step = output_.grid.spacing[axis] / coarse_.grid.spacing[axis];
  const double shift = config_.registration == Registration::half_pixel ? 0.5 * step - 0.5 : 0.0;
  std::vector<Taps> result;
  for (const double aligned : output_.positions[axis]) {
    const double position = std::clamp(aligned + shift, 0.0, last);
    const double below = std::floor(position);
    result.push_back({static_cast<std::size_t>(below),
                      kernel_weights(config_.kernel, position - below),
                      static_cast<std::size_t>(std::min(std::floor(position + 0.5), last))});
  }
  return result;
}

const Interpolator::CoarseStep& Interpolator::load(std::size_t step, std::size_t keep) {
  for (const CoarseStep& held : loaded_)
    if (held.step == step) return held;
  CoarseStep& slot = loaded_[0].step == keep ? loaded_[1] : loaded_[0];
  slot = {};
  std::vector<float> values = read_(step);
  const Dims& n = coarse_.grid.dims;
  if (values.size() != n.count())
    throw ShapeError(fmt::format(
        "variable '{}', time step {}: {} values for {} x {} x {} samples; check the file's size",
        coarse_.name, step, values.size(), n.x, n.y, n.z));
  slot.missing = fill_missing(n, values);
  slot.coefficients = volume_coefficients(config_.kernel, n, values);
  slot.step = step;
  return slot;
}

void Interpolator::evaluate_slice(const double* coefficients, std::size_t z, float* out) const {
  const Dims big = extended_dims(coarse_.grid.dims);
  const std::size_t plane_size = big.x * big.y;
  std::vector<double> plane(plane_size);
  std::vector<double> row(big.x);
  combine(coefficients + taps_[2][z].first * plane_size, plane_size, taps_[2][z].weights,
          plane_size, plane.data());
  for (const Taps& y : taps_[1]) {
    combine(plane.data() + y.first * big.x, big.x, y.weights, big.x, row.data());
    for (const Taps& x : taps_[0]) {
      const double* const v = row.data() + x.first;
      *out++ = static_cast<float>(x.weights[0] * v[0] + x.weights[1] * v[1] + x.weights[2] * v[2] +
                                  x.weights[3] * v[3]);
    }
  }
}

/// In one plane of the output.
void Interpolator::mark_missing(const CoarseStep& coarse, std::size_t z, float* values) const {
  if (coarse.missing.empty()) return;
  const Dims& n = coarse_.grid.dims;
  for (const Taps& y : taps_[1])
    for (const Taps& x : taps_[0]) {
      if (coarse.missing[(taps_[2][z].nearest * n.y + y.nearest) * n.x + x.nearest] != 0)
        *values = std::numeric_limits<float>::quiet_NaN();
      ++values;
    }
}

std::vector<float> Interpolator::step(std::size_t step) {
  std::vector<float> values(output_.grid.dims.count());
  this->step(step, values);
  return values;
}

void Interpolator::step(std::size_t step, std::span<float> out) {
  planes(step, 0, output_.grid.dims.z, out);
}

void Interpolator::planes(std::size_t step, std::size_t z_begin, std::size_t z_end,
                          std::span<float> out) {
  if (step >= output_.times.size())
    throw ValueError(
        fmt::format("there is no output step {}; the last is {}", step, output_.times.size() - 1));
  const Dims& dims = output_.grid.dims;
  if (z_begin >= z_end || z_end > dims.z)
    throw ValueError(fmt::format("planes {} to {} of an output with {}", z_begin, z_end, dims.z));
  if (out.size() != checked_product({dims.x, dims.y, z_end - z_begin}))
    throw ShapeError(fmt::format("{} planes of {} x {} samples do not fit into {}", z_end - z_begin,
                                 dims.x, dims.y, out.size()));
  const TimeBlend blend = blend_at(coarse_.times, output_.times[step]);
  const CoarseStep& first = load(blend.first, blend.second);
  const CoarseStep& second = load(blend.second, blend.first);

  // Everything is linear, so blending the coefficients in time costs one evaluation, not two.
  const double* coefficients = first.coefficients.data();
  if (blend.second != blend.first) {
    if (mixed_step_ != step) mix(first, second, blend.weight);
    mixed_step_ = step;
    coefficients = mixed_.data();
  }

  parallel_for("interpolation in space", z_end - z_begin, [&](std::size_t plane) {
    const std::size_t z = z_begin + plane;
    float* const values = out.data() + plane * dims.x * dims.y;
    evaluate_slice(coefficients, z, values);
    mark_missing(first, z, values);
    if (blend.second != blend.first) mark_missing(second, z, values);
  });
}

void Interpolator::mix(const CoarseStep& first, const CoarseStep& second, double weight) {
  mixed_.resize(first.coefficients.size());
  parallel_parts(
      "interpolation in time", mixed_.size(), [&](int, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
          mixed_[i] = (1.0 - weight) * first.coefficients[i] + weight * second.coefficients[i];
      });
}

}  // namespace stsr

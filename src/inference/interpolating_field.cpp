#include "stsr/inference/interpolating_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/parallel.h"
#include "stsr/volume/time_blend.h"

namespace stsr {

namespace {

constexpr std::size_t max_at_once = std::size_t{1} << 22;  // residuals: 16 MiB
constexpr std::size_t max_points_at_once = std::size_t{1} << 16;
constexpr double negligible = 0.05;  // difference of two weights

/// The samples of a coarse step, less `weight` times the field there.
std::vector<float> residual_of_step(const Field& field, std::size_t variable, double weight,
                                    const StepReader& samples, std::size_t coarse_step) {
  const VariableInfo& coarse = field.variables()[variable];
  std::vector<float> values = samples(coarse_step);
  if (values.size() != coarse.grid.dims.count())
    throw ShapeError(fmt::format("variable '{}', time step {}: {} values for {} samples",
                                 coarse.name, coarse_step, values.size(),
                                 coarse.grid.dims.count()));
  if (weight == 0.0) return values;
  std::vector<float> network(values.size());
  field.step(variable, coarse.times[coarse_step], coarse_samples(coarse), network);
  const auto share = static_cast<float>(weight);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= share * network[i];
  return values;
}

/// The same time, and the nearest place within the samples of a grid.
Point nearest_inside(const Grid& grid, Point point) {
  const auto clamped = [&](std::size_t axis, double coordinate) {
    const double last = grid.position(axis, static_cast<double>(grid.dims[axis] - 1));
    return std::clamp(coordinate, grid.origin[axis], last);
  };
  point.x = clamped(0, point.x);
  point.y = clamped(1, point.y);
  point.z = clamped(2, point.z);
  return point;
}

bool lies_beyond(const Grid& grid, const Point& point) {
  const Point inside = nearest_inside(grid, point);
  return inside.x != point.x || inside.y != point.y || inside.z != point.z;
}

/// Weights of a correction in time, from each kept step to the next. Those near that in space are
/// made the same, which saves the field at the kept steps.
std::vector<double> time_weights(const Correction& correction, double space, std::size_t steps) {
  std::vector<double> weights(std::max<std::size_t>(2, steps) - 1, correction.time);
  weights.back() = correction.last;
  weights.front() = correction.first;
  for (double& weight : weights)
    if (std::abs(weight - space) < negligible) weight = space;
  return weights;
}

/// The later of two values counts `weight`.
float blended(float before, float after, double weight) {
  const auto late = static_cast<float>(weight);
  return (1.0F - late) * before + late * after;
}

/// Turns a value of the field into one of the corrected field.
/// @param kept  the field between the kept steps around, linear in time; NaN where it does not
///              count
float corrected_value(float value, float kept, float residual, double space, double time) {
  if (std::isnan(residual)) return value;
  if (std::isnan(kept)) kept = value;
  return static_cast<float>(time) * value + static_cast<float>(space - time) * kept + residual;
}

}  // namespace

OutputGrid coarse_samples(const VariableInfo& info) {
  OutputGrid samples{info.grid, info.times, {}};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    samples.positions[axis].resize(info.grid.dims[axis]);
    std::iota(samples.positions[axis].begin(), samples.positions[axis].end(), 0.0);
  }
  return samples;
}

InterpolatingField::InterpolatingField(std::shared_ptr<const Field> field,
                                       std::vector<StepReader> samples, std::string fingerprint,
                                       std::vector<Correction> corrections)
    : field_(std::move(field)) {
  if (samples.size() != variables().size())
    throw ShapeError(
        fmt::format("the samples of {} variables for {}", samples.size(), variables().size()));
  if (!corrections.empty() && corrections.size() != samples.size())
    throw ShapeError(
        fmt::format("the corrections of {} variables for {}", corrections.size(), samples.size()));
  Fingerprint all;
  all.add(fingerprint);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Corrected& variable = variables_.emplace_back();
    if (!samples[i]) continue;
    const Correction correction = corrections.empty() ? Correction{} : corrections[i];
    variable.space = correction.space;
    if (std::abs(correction.space - correction.time) < negligible)
      variable.space = 0.5 * (correction.space + correction.time);
    variable.time = time_weights(correction, variable.space, variables()[i].times.size());
    variable.beyond = correction.beyond;
    all.add(std::span<const double>({variable.space, variable.beyond}));
    all.add(std::span<const double>(variable.time));
    // Not by `this`: a field may be moved.
    auto read = [field = field_, i, weight = variable.space,
                 one = std::move(samples[i])](std::size_t coarse_step) {
      return residual_of_step(*field, i, weight, one, coarse_step);
    };
    variable.residual = std::make_unique<InterpolatedSequence>(
        variables()[i], InterpolationConfig{}, std::move(read));
  }
  fingerprint_ = all.text();
}

void InterpolatingField::evaluate(std::span<const Point> points, std::size_t variable,
                                  std::span<float> out) const {
  check(points, variable, out);
  const Grid& grid = variables()[variable].grid;
  std::vector<std::size_t> moved;
  if (variables_[variable].differs_beyond())
    for (std::size_t i = 0; i < points.size(); ++i)
      if (lies_beyond(grid, points[i])) moved.push_back(i);
  if (moved.empty()) {
    evaluate_inside(points, variable, out);
    return;
  }
  std::vector<Point> inside(points.begin(), points.end());
  std::vector<Point> from;
  std::vector<Point> to;
  for (const std::size_t i : moved) {
    inside[i] = nearest_inside(grid, points[i]);
    from.push_back(inside[i]);
    to.push_back(points[i]);
  }
  evaluate_inside(inside, variable, out);
  std::vector<float> there(moved.size());
  std::vector<float> here(moved.size());
  field_->evaluate(from, variable, there);
  field_->evaluate(to, variable, here);
  const auto beyond = static_cast<float>(variables_[variable].beyond);
  for (std::size_t i = 0; i < moved.size(); ++i) out[moved[i]] += beyond * (here[i] - there[i]);
}

void InterpolatingField::evaluate_inside(std::span<const Point> points, std::size_t variable,
                                         std::span<float> out) const {
  field_->evaluate(points, variable, out);
  const Corrected& corrected = variables_[variable];
  if (!corrected.residual) return;
  const std::vector<double>& times = variables()[variable].times;
  std::vector<float> residual(std::min(max_at_once, points.size()));
  for (std::size_t first = 0; first < points.size(); first += residual.size()) {
    const std::size_t count = std::min(residual.size(), points.size() - first);
    const std::span<const Point> now = points.subspan(first, count);
    const std::span<float> some(residual.data(), count);
    corrected.residual->evaluate(now, some);
    float* const values = out.data() + first;
    std::array<std::vector<float>, 2> kept;
    if (corrected.between_kept()) {
      std::vector<Point> moved(now.begin(), now.end());
      for (const bool later : {false, true}) {
        for (std::size_t i = 0; i < count; ++i) {
          const TimeBlend blend = blend_at(times, now[i].t);
          moved[i].t = times[later ? blend.second : blend.first];
        }
        kept[later].resize(count);
        field_->evaluate(moved, variable, kept[later]);
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      const TimeBlend blend = blend_at(times, now[i].t);
      const float linear =
          kept[0].empty() ? values[i] : blended(kept[0][i], kept[1][i], blend.weight);
      values[i] = corrected_value(values[i], linear, some[i], corrected.space,
                                  corrected.time_after(blend.first));
    }
  }
}

void InterpolatingField::sample(std::span<const std::size_t> chosen, double time,
                                const OutputGrid& grid, const GridSelection& part,
                                std::span<float> out, const Advanced& advanced) const {
  field_->sample(chosen, time, grid, part, out, advanced);
  const Dims dims = part.dims();
  const std::size_t plane = checked_product({dims.x, dims.y});
  if (dims.count() == 0) return;
  const std::size_t planes = std::clamp<std::size_t>(max_at_once / plane, 1, dims.z);
  std::vector<float> residual(planes * plane);
  std::array<std::vector<float>, 2> kept;
  GridSelection some{{part.indices[0], part.indices[1], {}}};
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Corrected& corrected = variables_[chosen[i]];
    if (!corrected.residual) continue;
    const std::vector<double>& times = variables()[chosen[i]].times;
    const TimeBlend blend = blend_at(times, time);
    const bool at_step = blend.first == blend.second && times[blend.first] == time;
    const double u = corrected.time_after(blend.first);
    const bool between = u != corrected.space && !at_step;
    for (std::vector<float>& volume : kept) volume.resize(between ? dims.count() : 0);
    if (between) {
      field_->step(chosen[i], times[blend.first], grid, part, kept[0]);
      kept[1] = kept[0];
      if (blend.second != blend.first)
        field_->step(chosen[i], times[blend.second], grid, part, kept[1]);
    }
    for (std::size_t z = 0; z < dims.z; z += planes) {
      const auto first = part.indices[2].begin() + static_cast<std::ptrdiff_t>(z);
      some.indices[2].assign(first,
                             first + static_cast<std::ptrdiff_t>(std::min(planes, dims.z - z)));
      const std::span<float> now(residual.data(), some.dims().count());
      corrected.residual->sample(time, grid, some, now);
      const std::size_t begin = z * plane;
      float* const values = out.data() + i * dims.count() + begin;
      parallel_parts("residual", now.size(), [&](int, std::size_t from, std::size_t to) {
        for (std::size_t k = from; k < to; ++k) {
          const float linear =
              between ? blended(kept[0][begin + k], kept[1][begin + k], blend.weight) : values[k];
          values[k] = corrected_value(values[k], linear, now[k], corrected.space, u);
        }
      });
    }
    if (corrected.differs_beyond())
      sample_beyond(chosen[i], time, grid, part, out.data() + i * dims.count());
  }
}

void InterpolatingField::sample_beyond(std::size_t variable, double time, const OutputGrid& grid,
                                       const GridSelection& part, float* values) const {
  const Grid& coarse = variables()[variable].grid;
  std::array<std::vector<bool>, 3> beyond;
  bool any = false;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (const std::size_t index : part.indices[axis]) {
      const double position = grid.positions[axis][index];
      beyond[axis].push_back(position < 0.0 ||
                             position > static_cast<double>(coarse.dims[axis] - 1));
      any = any || beyond[axis].back();
    }
  if (!any) return;
  std::vector<std::size_t> places;
  std::vector<Point> points;
  const auto write = [&] {
    std::vector<float> some(points.size());
    evaluate(points, variable, some);
    for (std::size_t i = 0; i < places.size(); ++i) values[places[i]] = some[i];
    places.clear();
    points.clear();
  };
  const Dims dims = part.dims();
  for (std::size_t k = 0; k < dims.z; ++k)
    for (std::size_t j = 0; j < dims.y; ++j)
      for (std::size_t i = 0; i < dims.x; ++i) {
        if (!beyond[0][i] && !beyond[1][j] && !beyond[2][k]) continue;
        const auto on_axis = [&](std::size_t axis, std::size_t at) {
          return coarse.position(axis, grid.positions[axis][part.indices[axis][at]]);
        };
        places.push_back((k * dims.y + j) * dims.x + i);
        points.push_back({time, on_axis(2, k), on_axis(1, j), on_axis(0, i)});
        if (points.size() == max_points_at_once) write();
      }
  write();
}

std::vector<GridSelection> InterpolatingField::pieces(std::size_t variable, const OutputGrid& grid,
                                                      std::size_t max_samples) const {
  const bool three_times = variables_.at(variable).between_kept();
  return field_->pieces(variable, grid,
                        three_times ? std::max<std::size_t>(1, max_samples / 3) : max_samples);
}

std::string InterpolatingField::fingerprint() const {
  Fingerprint all;
  all.add(field_->fingerprint()).add(fingerprint_);
  return all.text();
}

}  // namespace stsr

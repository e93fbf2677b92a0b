#include "stsr/inference/interpolating_field.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/parallel.h"

namespace stsr {

namespace {

constexpr std::size_t max_at_once = std::size_t{1} << 22;  // residuals: 16 MiB

/// Adds what is not missing.
void add(std::span<const float> residual, float* values) {
  parallel_parts("residual", residual.size(), [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      if (!std::isnan(residual[i])) values[i] += residual[i];
  });
}

/// What a field misses the samples of a coarse step by.
std::vector<float> residual_of_step(const Field& field, std::size_t variable,
                                    const StepReader& samples, std::size_t coarse_step) {
  const VariableInfo& coarse = field.variables()[variable];
  std::vector<float> values = samples(coarse_step);
  if (values.size() != coarse.grid.dims.count())
    throw ShapeError(fmt::format("variable '{}', time step {}: {} values for {} samples",
                                 coarse.name, coarse_step, values.size(),
                                 coarse.grid.dims.count()));
  std::vector<float> network(values.size());
  field.step(variable, coarse.times[coarse_step], coarse_samples(coarse), network);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= network[i];
  return values;
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
                                       std::vector<StepReader> samples, std::string fingerprint)
    : field_(std::move(field)), fingerprint_(std::move(fingerprint)) {
  if (samples.size() != variables().size())
    throw ShapeError(
        fmt::format("the samples of {} variables for {}", samples.size(), variables().size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    residuals_.emplace_back();
    if (!samples[i]) continue;
    // Not by `this`: a field may be moved.
    auto read = [field = field_, i, one = std::move(samples[i])](std::size_t coarse_step) {
      return residual_of_step(*field, i, one, coarse_step);
    };
    residuals_.back() = std::make_unique<InterpolatedSequence>(
        variables()[i], InterpolationConfig{}, std::move(read));
  }
}

void InterpolatingField::evaluate(std::span<const Point> points, std::size_t variable,
                                  std::span<float> out) const {
  field_->evaluate(points, variable, out);
  if (!residuals_[variable]) return;
  std::vector<float> residual(std::min(max_at_once, points.size()));
  for (std::size_t first = 0; first < points.size(); first += residual.size()) {
    const std::size_t count = std::min(residual.size(), points.size() - first);
    const std::span<float> some(residual.data(), count);
    residuals_[variable]->evaluate(points.subspan(first, count), some);
    add(some, out.data() + first);
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
  GridSelection some{{part.indices[0], part.indices[1], {}}};
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (!residuals_[chosen[i]]) continue;
    float* const values = out.data() + i * dims.count();
    for (std::size_t z = 0; z < dims.z; z += planes) {
      const auto first = part.indices[2].begin() + static_cast<std::ptrdiff_t>(z);
      some.indices[2].assign(first,
                             first + static_cast<std::ptrdiff_t>(std::min(planes, dims.z - z)));
      const std::span<float> now(residual.data(), some.dims().count());
      residuals_[chosen[i]]->sample(time, grid, some, now);
      add(now, values + z * plane);
    }
  }
}

std::string InterpolatingField::fingerprint() const {
  Fingerprint all;
  all.add(field_->fingerprint()).add(fingerprint_);
  return all.text();
}

}  // namespace stsr

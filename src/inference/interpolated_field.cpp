#include "stsr/inference/interpolated_field.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"

namespace stsr {

InterpolatedField::InterpolatedField(std::vector<VariableInfo> coarse,
                                     const InterpolationConfig& config,
                                     std::vector<StepReader> samples, std::string fingerprint)
    : infos_(std::move(coarse)), config_(config), fingerprint_(std::move(fingerprint)) {
  if (samples.size() != infos_.size())
    throw ShapeError(
        fmt::format("the samples of {} variables for {}", samples.size(), infos_.size()));
  for (std::size_t i = 0; i < infos_.size(); ++i)
    sequences_.push_back(
        std::make_unique<InterpolatedSequence>(infos_[i], config, std::move(samples[i])));
}

void InterpolatedField::evaluate(std::span<const Point> points, std::size_t variable,
                                 std::span<float> out) const {
  check(points, variable, out);
  sequences_[variable]->evaluate(points, out);
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!within_extent(infos_[variable], points[i]))
      out[i] = std::numeric_limits<float>::quiet_NaN();
}

void InterpolatedField::sample(std::span<const std::size_t> chosen, double time,
                               const OutputGrid& grid, const GridSelection& part,
                               std::span<float> out, const Advanced& advanced) const {
  const std::size_t samples = check(chosen, time, part, out);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    sequences_[chosen[i]]->sample(time, grid, part, out.subspan(i * samples, samples));
    if (advanced) advanced(samples);
  }
}

std::string InterpolatedField::fingerprint() const {
  Fingerprint all;
  all.add(enum_name(config_.kernel)).add(enum_name(config_.registration)).add(fingerprint_);
  return all.text();
}

}  // namespace stsr

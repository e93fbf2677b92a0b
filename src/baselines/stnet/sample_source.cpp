#include "baselines/stnet/sample_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/random.h"
#include "stsr/interpolation/coefficients.h"
#include "stsr/sampling/permutation.h"
#include "stsr/sampling/time_span.h"
#include "stsr/volume/sample_box.h"
#include "stsr/volume/survey.h"

namespace stsr::stnet {

namespace {

constexpr std::size_t max_cached = (std::size_t{1} << 30) / sizeof(float);

/// Fine samples that the discriminator's three strided convolutions need along each axis.
constexpr std::size_t least_fine = 8;

void append(const std::vector<float>& volume, const Dims& dims, const SampleBox& crop,
            std::vector<float>& out) {
  for_each_run(dims, crop, [&](std::size_t first, std::size_t count) {
    const auto begin = volume.begin() + static_cast<std::ptrdiff_t>(first);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
  });
}

/// The fine samples over a crop: coarse sample i sits at fine position i * scale, and owns the
/// scale - 1 samples after it, as far as they exist.
SampleBox fine_crop(const SampleBox& crop, const Dims& full, std::size_t scale) {
  SampleBox fine;
  std::array<std::size_t, 3> size{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    fine.first[axis] = crop.first[axis] * scale;
    size[axis] = std::min(crop.dims[axis] * scale, full[axis] - fine.first[axis]);
  }
  fine.dims = {size[0], size[1], size[2]};
  return fine;
}

std::uint64_t stream_of(Phase phase, std::size_t epoch) {
  return (static_cast<std::uint64_t>(phase) << 48U) + epoch;
}

SampleBox random_crop(const Dims& dims, std::size_t size, const RandomStream& stream,
                      std::size_t number) {
  const auto words = stream.words(static_cast<std::uint32_t>(number));
  SampleBox crop;
  std::array<std::size_t, 3> extent{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    extent[axis] = std::min(size, dims[axis]);
    const std::uint64_t places = dims[axis] - extent[axis] + 1;
    crop.first[axis] = static_cast<std::size_t>((places * words[axis]) >> 32U);
  }
  crop.dims = {extent[0], extent[1], extent[2]};
  return crop;
}

}  // namespace

Factors factors_of(const VariableInfo& info) {
  if (!info.reduction)
    throw ValueError(fmt::format(
        "variable '{}' is not known to be reduced, so STNet has no factors to undo; make it with "
        "'stsr reduce', or add 'reduction' to its data set file",
        info.name));
  const Reduction& reduction = *info.reduction;
  const auto& s = reduction.space;
  if (s[0] != s[1] || s[0] != s[2])
    throw ValueError(fmt::format(
        "STNet needs one spatial factor for all axes; variable '{}' is reduced by {}, {}, {}",
        info.name, s[0], s[1], s[2]));
  const auto kept = kept_steps(reduction.full_times.size(), reduction.time);
  bool fits = kept.size() == info.times.size();
  for (std::size_t i = 0; fits && i < kept.size(); ++i)
    fits = reduction.full_times[kept[i]] == info.times[i];
  if (!fits)
    throw ValueError(fmt::format(
        "STNet needs every {}th time step from the first; variable '{}' has {} steps of {}",
        reduction.time + 1, info.name, info.times.size(), reduction.full_times.size()));
  return {s[0], reduction.time};
}

Factors common_factors(std::span<const Sequence> coarse) {
  if (coarse.empty()) throw ValueError("STNet needs at least one variable, got none");
  const Factors factors = factors_of(coarse.front().info);
  for (const Sequence& sequence : coarse) {
    const Factors other = factors_of(sequence.info);
    if (other != factors)
      throw ValueError(fmt::format(
          "one STNet has one pair of factors; '{}' is reduced by {} and {}, '{}' by {} and {}",
          coarse.front().info.name, factors.space, factors.time, sequence.info.name, other.space,
          other.time));
  }
  return factors;
}

std::vector<float> normalised(const Dims& dims, std::vector<float> values,
                              const ValueRange& range) {
  fill_missing(dims, values);
  for (float& value : values) value = static_cast<float>(range.normalise(value));
  return values;
}

SampleSource::SampleSource(std::vector<Sequence> coarse, TruthReader truth,
                           const StnetTrainingConfig& config, const Factors& factors)
    : truth_(std::move(truth)), config_(config), factors_(factors) {
  for (Sequence& sequence : coarse) {
    const RangeSeries ranges = ranges_of(sequence, config_.range);
    const VariableInfo& info = sequence.info;
    steps_.emplace_back();
    for (std::size_t step = 0; step < sequence.steps.size(); ++step)
      steps_.back().push_back(
          normalised(info.grid.dims, std::move(sequence.steps[step]), ranges.at(info.times[step])));
    variables_.push_back({info, ranges, time_span(info), {}});
  }
  find_windows();
  check_crops();
}

std::size_t SampleSource::truth_steps(std::size_t variable) const {
  const auto all = static_cast<double>(variables_[variable].info.reduction->full_times.size());
  return static_cast<std::size_t>(std::floor(all * config_.truth_share + 1e-9));
}

void SampleSource::find_windows() {
  const std::size_t frames = factors_.time + 2;
  const std::size_t needed = config_.window == StnetWindow::stretched ? frames : 2;
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    const std::size_t kept = steps_[v].size();
    if (kept < 2)
      throw ValueError(fmt::format("STNet works between two kept steps; variable '{}' has only one",
                                   variables_[v].info.name));
    if (kept < needed && config_.unsupervised_epochs > 0)
      throw ValueError(fmt::format(
          "training.window = 'stretched' needs u_t + 2 = {} kept steps; variable '{}' has {}: set "
          "it to 'ends', or training.unsupervised_epochs to 0",
          needed, variables_[v].info.name, kept));
    for (std::size_t first = 0; first + needed <= kept; ++first)
      unsupervised_.push_back({v, first});
    if (!truth_) continue;
    for (std::size_t first = 0; (first + 1) * (factors_.time + 1) < truth_steps(v); ++first)
      supervised_.push_back({v, first});
  }
  if (truth_ && supervised_.empty() && config_.supervised_epochs + config_.adversarial_epochs > 0)
    throw ValueError(fmt::format(
        "training.truth_share = {} leaves fewer than the u_t + 2 = {} time steps of one window of "
        "fine volumes; raise it",
        config_.truth_share, frames));
  if (!truth_ && config_.window == StnetWindow::ends && frames > 2)
    throw ValueError(
        "training.window = 'ends' never trains the frames between kept steps where there is no "
        "truth; set it to 'stretched', or give the truth");
}

void SampleSource::check_crops() const {
  if (!truth_ || config_.adversarial_epochs == 0) return;
  for (const TrainedVariable& variable : variables_)
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const std::size_t coarse = variable.info.grid.dims[axis];
      const std::size_t full = variable.info.reduction->full_dims[axis];
      const std::size_t crop = std::min(config_.crop, coarse);
      // The crop at the high end has the fewest fine samples.
      const std::size_t fine = full - (coarse - crop) * factors_.space;
      if (fine < least_fine)
        throw ValueError(fmt::format(
            "STNet's discriminator needs crops of at least {} fine samples per axis; variable '{}' "
            "gives {}: raise training.crop, or set training.adversarial_epochs to 0",
            least_fine, variable.info.name, fine));
    }
}

const std::vector<SampleSource::Window>& SampleSource::windows(Phase phase) const {
  return phase == Phase::unsupervised ? unsupervised_ : supervised_;
}

std::size_t SampleSource::samples(Phase phase) const {
  return windows(phase).size() * config_.crops_per_window;
}

const std::vector<float>& SampleSource::truth_step(std::size_t variable, std::size_t step) {
  const auto found = cache_.find({variable, step});
  if (found != cache_.end()) return found->second;
  const VariableInfo& info = variables_[variable].info;
  const Dims& dims = info.reduction->full_dims;
  std::vector<float> values = truth_(variable, step);
  if (values.size() != dims.count())
    throw ShapeError(fmt::format(
        "variable '{}', fine time step {}: {} values for {} x {} x {} samples before the reduction",
        info.name, step, values.size(), dims.x, dims.y, dims.z));
  if (cached_ + values.size() > max_cached) {
    cache_.clear();
    cached_ = 0;
  }
  cached_ += values.size();
  const double time = info.reduction->full_times[step];
  return cache_[{variable, step}] =
             normalised(dims, std::move(values), variables_[variable].ranges.at(time));
}

Sample SampleSource::sample(Phase phase, std::size_t epoch, std::size_t number) {
  const std::uint64_t stream = stream_of(phase, epoch);
  const auto& all = windows(phase);
  const Permutation order(all.size(), {config_.seed, RandomUse::shuffle, stream});
  const Window window = all[order(number / config_.crops_per_window)];
  const auto& steps = steps_[window.variable];
  const VariableInfo& info = variables_[window.variable].info;
  const Dims& dims = info.grid.dims;
  const SampleBox crop =
      random_crop(dims, config_.crop, {config_.seed, RandomUse::noise, stream}, number);

  Sample sample{crop.dims, {}, {}, {}};
  const std::size_t frames = factors_.time + 2;
  const bool stretched = phase == Phase::unsupervised && config_.window == StnetWindow::stretched;
  const std::size_t last = window.first + (stretched ? frames - 1 : 1);
  append(steps[window.first], dims, crop, sample.inputs);
  append(steps[last], dims, crop, sample.inputs);
  if (phase == Phase::unsupervised) {
    for (std::size_t step = window.first; step <= last; ++step)
      append(steps[step], dims, crop, sample.targets);
    return sample;
  }
  const SampleBox fine = fine_crop(crop, info.reduction->full_dims, factors_.space);
  sample.fine = fine.dims;
  for (std::size_t frame = 0; frame < frames; ++frame)
    append(truth_step(window.variable, window.first * (factors_.time + 1) + frame),
           info.reduction->full_dims, fine, sample.targets);
  return sample;
}

std::string SampleSource::fingerprint() {
  Fingerprint all;
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    all.add(variables_[v].info.name);
    for (const auto& step : steps_[v]) all.add(std::span(step));
  }
  if (!supervised_.empty())
    for (const Window& window : {supervised_.front(), supervised_.back()})
      all.add(std::span(truth_step(window.variable, window.first * (factors_.time + 1))));
  return all.text();
}

}  // namespace stsr::stnet

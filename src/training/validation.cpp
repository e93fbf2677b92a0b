#include "stsr/training/validation.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "belief.h"
#include "stsr/base/mean_square.h"
#include "stsr/base/random.h"
#include "stsr/inference/interpolating_field.h"
#include "stsr/interpolation/interpolated_sequence.h"
#include "stsr/volume/sample_box.h"

namespace stsr {

namespace {

constexpr std::size_t patch_samples = std::size_t{1} << 18;
constexpr std::size_t max_samples = 8 * patch_samples;  // of all patches, whatever the data's size
constexpr std::size_t max_patches = 16;
constexpr std::size_t patch_margin = 4;  // beside a cut, where splines are not those of the whole
constexpr std::size_t cube_margin = 1;   // left out of what is compared
constexpr std::size_t places = 20'000;   // between samples, and between steps

/// A time step, or a part of a large one, with the network's values at its samples.
struct Patch {
  std::size_t step = 0;
  SampleBox box;
  std::vector<float> samples = {};
  std::vector<float> network = {};

  /// What lies in it of a plane, from its own low corner; none where the samples that lie below and
  /// above the plane do not.
  [[nodiscard]] std::optional<HeldOut::Plane> clipped(HeldOut::Plane plane, std::size_t below,
                                                      std::size_t above) const {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const std::size_t first = box.first[axis];
      const std::size_t end = first + box.dims[axis];
      if (axis == plane.axis && (plane.low[axis] < first + below || plane.high[axis] + above > end))
        return std::nullopt;
      plane.low[axis] = std::max(plane.low[axis], first);
      plane.high[axis] = std::min(plane.high[axis], end);
      if (plane.low[axis] >= plane.high[axis]) return std::nullopt;
      plane.low[axis] -= first;
      plane.high[axis] -= first;
    }
    return plane;
  }
};

/// Where to look into a sequence: at whole time steps from the first to the last, or at parts of
/// them where they are large.
std::vector<Patch> choose_patches(const VariableInfo& info) {
  const Dims& n = info.grid.dims;
  std::array<std::size_t, 3> size{n.x, n.y, n.z};
  while (size[0] * size[1] * size[2] > patch_samples) {
    std::size_t& longest = *std::max_element(size.begin(), size.end());
    longest = (longest + 1) / 2;
  }
  const Dims dims{size[0], size[1], size[2]};
  const std::size_t steps = info.times.size();
  const std::size_t count =
      std::clamp(max_samples / dims.count(), std::size_t{1},
                 dims.count() == n.count() ? std::min(steps, max_patches) : max_patches);
  const RandomStream random{0, RandomUse::held_out, std::uint64_t{3} << 40};
  std::vector<Patch> patches;
  for (std::size_t k = 0; k < count; ++k) {
    Patch& patch = patches.emplace_back();
    patch.step = spread_step(k, count, steps);
    patch.box.dims = dims;
    const auto words = random.words(static_cast<std::uint32_t>(k));
    for (std::size_t axis = 0; axis < 3; ++axis)
      patch.box.first[axis] = words[axis] % (n[axis] - size[axis] + 1);
  }
  return patches;
}

class Validation {
 public:
  Validation(const Field& network, std::size_t variable, const StoredSequence& sequence,
             const HeldOut& held_out)
      : network_(network),
        variable_(variable),
        sequence_(sequence),
        held_out_(held_out),
        patches_(choose_patches(sequence.info)) {
    for (Patch& patch : patches_) fill(patch);
  }

  [[nodiscard]] Correction correction();

 private:
  void fill(Patch& patch) const;
  [[nodiscard]] SpaceBelief in_space();
  [[nodiscard]] Belief in_time();
  [[nodiscard]] double between_samples();
  [[nodiscard]] Bends bends();

  const Field& network_;
  std::size_t variable_;
  const StoredSequence& sequence_;
  const HeldOut& held_out_;
  std::vector<Patch> patches_;
};

void Validation::fill(Patch& patch) const {
  const SampleBox& box = patch.box;
  const StoredStep& step = sequence_.steps[patch.step];
  patch.samples = cut_box(step.values, sequence_.info.grid.dims, box);
  step.release();
  patch.network.resize(box.dims.count());
  const auto high = [&](std::size_t axis) { return box.first[axis] + box.dims[axis]; };
  network_.step(variable_, sequence_.info.times[patch.step], coarse_samples(sequence_.info),
                GridSelection::extent(box.first, {high(0), high(1), high(2)}), patch.network);
}

SpaceBelief Validation::in_space() {
  const Dims& n = sequence_.info.grid.dims;
  Agreement inside;
  Agreement beyond;
  double near = 0.0;  // errors of interpolation from the nearest samples, and from every other one
  double far = 0.0;
  for (const Patch& patch : patches_) {
    const auto sample = [&](std::size_t i) { return patch.samples[i]; };
    const auto network = [&](std::size_t i) { return patch.network[i]; };
    for (const HeldOut::Plane& held_out : held_out_.planes) {
      const bool last = held_out.last(n);
      const auto plane = patch.clipped(held_out, last ? 1 : 2, last ? 0 : 2);
      if (!plane) continue;
      const std::size_t apart = stride(patch.box.dims, plane->axis);
      if (last) {
        each_sample(patch.box.dims, *plane, [&](std::size_t i) {
          beyond.add(sample(i) - sample(i - apart), network(i) - network(i - apart), plane->share);
        });
        continue;
      }
      const bool has_far = patch.clipped(held_out, 4, 4).has_value();
      each_sample(patch.box.dims, *plane, [&](std::size_t i) {
        const double e = sample(i) - across(sample, i, apart);
        inside.add(e, network(i) - across(network, i, apart));
        const double other = has_far ? sample(i) - across(sample, i, 2 * apart) : 0.0;
        if (!has_far || !std::isfinite(e) || !std::isfinite(other)) return;
        near += e * e;
        far += other * other;
      });
    }
  }
  const double ratio = far > 0.0 ? std::sqrt(near / far) : 0.4;
  SpaceBelief belief;
  belief.resolved = std::clamp((1.1 - ratio) / 0.2, 0.0, 1.0);
  belief.inside = believed_inside(inside, beyond, ratio);
  belief.beyond = beyond.measured() ? Belief::measured(beyond) : belief.inside;
  if (inside.measured()) belief.error_beyond = beyond.ee / (inside.ee * ratio * ratio);
  belief.inside.scale(belief.resolved);
  belief.beyond.scale(belief.resolved);
  return belief;
}

Belief Validation::in_time() {
  const std::vector<double>& times = sequence_.info.times;
  const Dims& n = sequence_.info.grid.dims;
  const OutputGrid grid = coarse_samples(sequence_.info);
  Agreement all;
  for (HeldOut::Cube cube : held_out_.cubes) {
    const std::size_t t = cube.step;
    // What is near the faces is given away by the samples beside them.
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (cube.high[axis] - cube.low[axis] <= 2 * cube_margin) continue;
      if (cube.low[axis] > 0) cube.low[axis] += cube_margin;
      if (cube.high[axis] < n[axis]) cube.high[axis] -= cube_margin;
    }
    const GridSelection part = GridSelection::extent(cube.low, cube.high);
    std::array<std::vector<float>, 3> network;
    for (std::size_t k = 0; k < 3; ++k) {
      network[k].resize(part.dims().count());
      network_.step(variable_, times[t + k - 1], grid, part, network[k]);
    }
    const double share = (times[t] - times[t - 1]) / (times[t + 1] - times[t - 1]);
    const auto missed = [&](double before, double now, double after) {
      return now - ((1.0 - share) * before + share * after);
    };
    const auto samples = [&](std::size_t step) { return sequence_.steps[step].values; };
    std::size_t k = 0;
    each_sample(n, cube, [&](std::size_t i) {
      all.add(missed(samples(t - 1)[i], samples(t)[i], samples(t + 1)[i]),
              missed(network[0][k], network[1][k], network[2][k]));
      ++k;
    });
    for (const std::size_t used : {t - 1, t, t + 1}) sequence_.steps[used].release();
  }
  return all.measured() ? Belief::measured(all) : Belief::prior(0.5, 0.7);
}

/// Mean square of the network less the interpolation of its values, between samples.
double Validation::between_samples() {
  const VariableInfo& info = sequence_.info;
  const RandomStream random{0, RandomUse::held_out, std::uint64_t{1} << 40};
  std::uint32_t draw = 0;
  MeanSquare all;
  for (const Patch& patch : patches_) {
    VariableInfo part = info;
    part.reduction.reset();
    part.times = {info.times[patch.step]};
    part.grid.dims = patch.box.dims;
    for (std::size_t axis = 0; axis < 3; ++axis)
      part.grid.origin[axis] +=
          info.grid.spacing[axis] * static_cast<double>(patch.box.first[axis]);
    const InterpolatedSequence interpolated(part, {}, [&](std::size_t) { return patch.network; });
    std::vector<Point> points(places / patches_.size());
    for (Point& point : points) {
      const auto words = random.words(draw++);
      const auto on_axis = [&](std::size_t axis) {
        const std::size_t size = patch.box.dims[axis];
        const std::size_t margin =
            size < info.grid.dims[axis] && size > 2 * patch_margin ? patch_margin : 0;
        const std::size_t scale = info.reduction ? info.reduction->space[axis] : 2;
        const std::size_t fine = (size - 2 * margin - 1) * scale + 1;
        const double place = static_cast<double>(margin) +
                             static_cast<double>(words[axis] % fine) / static_cast<double>(scale);
        return part.grid.origin[axis] + info.grid.spacing[axis] * place;
      };
      point = {part.times.front(), on_axis(2), on_axis(1), on_axis(0)};
    }
    std::vector<float> network(points.size());
    std::vector<float> coarse(points.size());
    network_.evaluate(points, variable_, network);
    interpolated.evaluate(points, coarse);
    for (std::size_t i = 0; i < points.size(); ++i) all.add(double(network[i]) - double(coarse[i]));
  }
  return all.value();
}

/// How the network bends from each kept step to the next, beside how the samples do, by the
/// parabolas through three of them.
Bends Validation::bends() {
  const VariableInfo& info = sequence_.info;
  const std::vector<double>& times = info.times;
  const std::size_t intervals = times.size() - 1;
  Bends bends;
  if (intervals == 0) return bends;
  const Dims& n = info.grid.dims;
  const RandomStream random{0, RandomUse::held_out, std::uint64_t{2} << 40};
  struct Place {
    std::size_t interval = 0;
    std::size_t sample = 0;
    double share = 0.0;  // of the interval
  };
  std::vector<Place> chosen;
  std::vector<Point> points;
  for (std::uint32_t i = 0; i < places; ++i) {
    const auto words = random.words(i);
    const std::array<std::size_t, 3> at{words[0] % n.x, words[1] % n.y, words[2] % n.z};
    const auto on_axis = [&](std::size_t axis) {
      return info.grid.position(axis, static_cast<double>(at[axis]));
    };
    // The first and the last interval are looked at as much as all others.
    const std::size_t turn = i / 3 % 3;
    const std::size_t t = intervals < 3 || turn == 0 ? words[3] % intervals
                          : turn == 1                ? words[3] % 2 * (intervals - 1)
                                                     : 1 + words[3] % (intervals - 2);
    const Place place{t, (at[2] * n.y + at[1]) * n.x + at[0], static_cast<double>(1 + i % 3) / 4.0};
    chosen.push_back(place);
    const double now = times[t] + place.share * (times[t + 1] - times[t]);
    for (const double time : {times[t], now, times[t + 1]})
      points.push_back({time, on_axis(2), on_axis(1), on_axis(0)});
  }
  std::vector<float> network(points.size());
  network_.evaluate(points, variable_, network);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto& [t, sample, share] = chosen[i];
    // The second divided difference of the samples around kept step k.
    const auto bend_at = [&, place = sample](std::size_t k) {
      const auto slope = [&](std::size_t from) {
        return (double(sequence_.steps[from + 1].values[place]) -
                double(sequence_.steps[from].values[place])) /
               (times[from + 1] - times[from]);
      };
      return (slope(k) - slope(k - 1)) / (times[k + 1] - times[k - 1]);
    };
    const bool before = t > 0;
    const bool after = t + 1 < intervals;
    const double bend = before && after ? 0.5 * (bend_at(t) + bend_at(t + 1))
                        : before        ? bend_at(t)
                        : after         ? bend_at(t + 1)
                                        : 0.0;
    const double length = times[t + 1] - times[t];
    const double g =
        network[3 * i + 1] - ((1.0 - share) * network[3 * i] + share * network[3 * i + 2]);
    bends.add(before, after, -bend * share * (1.0 - share) * length * length, g);
  }
  for (const StoredStep& step : sequence_.steps) step.release();
  return bends;
}

/// Decibels by which an error falls to a share of itself; at most 20, as held-out samples cannot
/// promise more.
double gain_of(double share) {
  return 10.0 * std::log10(1.0 / std::clamp(share, 0.01, 1.0));
}

Correction Validation::correction() {
  const SpaceBelief space = in_space();
  Belief time = in_time();
  time.scale(space.resolved);
  // TL's errors inside, beyond the last samples and in time, and what stays of all.
  const double inside = space.inside.share_of_error * between_samples();
  const Bends bends = this->bends();
  const double in_time = time.share_of_error * bends.network();
  const double in_space = inside * (1.0 + space.error_beyond);
  const double all = in_space + in_time;
  const double first = bends.trust(bends.first);
  const double last = bends.trust(bends.last);
  const double intervals = std::max(2.0, static_cast<double>(sequence_.info.times.size()) - 1.0);
  const auto lost = [&](double trust) { return (1.0 - trust * trust) / intervals; };
  const double stays_in_time = 1.0 - (1.0 - time.stays()) * (1.0 - lost(first) - lost(last));
  const double stays = all > 0.0 ? (in_space * space.stays() + in_time * stays_in_time) / all : 1.0;
  return {.space = space.inside.weight,
          .time = time.weight,
          .beyond = space.beyond.weight,
          .first = time.weight * first,
          .last = time.weight * last,
          .kept_gain = gain_of(space.stays()),
          .between_gain = gain_of(stays)};
}

}  // namespace

Correction validate(const Field& network, std::size_t variable, const StoredSequence& sequence,
                    const HeldOut& held_out) {
  return Validation(network, variable, sequence, held_out).correction();
}

}  // namespace stsr

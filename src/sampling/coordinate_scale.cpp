#include "stsr/sampling/coordinate_scale.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "stsr/base/mean_square.h"
#include "stsr/base/parallel.h"
#include "stsr/sampling/partition.h"
#include "stsr/sampling/time_span.h"

namespace stsr {

namespace {

constexpr std::size_t max_steps = 32;     // read of a variable, each with the one after it
constexpr double smallest_share = 0.02;   // of the largest scale
constexpr double radians_per_unit = 5.0;  // of the axis of the most variation
constexpr std::size_t axes = 4;           // x, y, z, time

/// Sums over part of a step, added up in the order of the parts.
struct Variation {
  std::array<MeanSquare, axes> difference;  // of neighbours along x, y, z; per unit of time
  MeanSquare value;                         // from a first guess of the mean
  double offset = 0.0;                      // sum of the same

  void add(const Variation& other) {
    for (std::size_t a = 0; a < axes; ++a) difference[a].add(other.difference[a]);
    value.add(other.value);
    offset += other.offset;
  }
  [[nodiscard]] double variance() const {
    if (value.count == 0.0) return 0.0;
    const double mean = offset / value.count;
    return std::max(0.0, value.value() - mean * mean);
  }
};

/// One plane of a step; `next` is none, or the step that follows after `interval`.
Variation variation_of_plane(const Dims& n, std::span<const float> step,
                             std::span<const float> next, double interval, std::size_t z,
                             double guess) {
  Variation sums;
  for (std::size_t y = 0; y < n.y; ++y)
    for (std::size_t x = 0; x < n.x; ++x) {
      const std::size_t i = (z * n.y + y) * n.x + x;
      const double value = step[i];
      if (std::isfinite(value)) {
        sums.value.add(value - guess);
        sums.offset += value - guess;
      }
      if (x + 1 < n.x) sums.difference[0].add(step[i + 1] - value);
      if (y + 1 < n.y) sums.difference[1].add(step[i + n.x] - value);
      if (z + 1 < n.z) sums.difference[2].add(step[i + n.x * n.y] - value);
      if (!next.empty()) sums.difference[3].add((next[i] - value) / interval);
    }
  return sums;
}

double first_finite(std::span<const float> values) {
  const auto found =
      std::find_if(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
  return found == values.end() ? 0.0 : *found;
}

Variation variation_of(const StoredSequence& sequence) {
  const Dims& n = sequence.info.grid.dims;
  const std::size_t steps = sequence.steps.size();
  const std::size_t read = std::min(steps, max_steps);
  const double guess = first_finite(sequence.steps.front().values);
  Variation all;
  std::vector<Variation> planes(n.z);
  for (std::size_t k = 0; k < read; ++k) {
    const std::size_t t = spread_step(k, read, steps);
    const bool last = t + 1 == steps;
    sequence.steps[t].fetch();
    if (!last) sequence.steps[t + 1].fetch();
    const double interval = last ? 1.0 : sequence.info.times[t + 1] - sequence.info.times[t];
    parallel_for("wavenumbers", n.z, [&](std::size_t z) {
      planes[z] = variation_of_plane(n, sequence.steps[t].values,
                                     last ? std::span<const float>{} : sequence.steps[t + 1].values,
                                     interval, z, guess);
    });
    for (const Variation& plane : planes) all.add(plane);
    sequence.steps[t].release();
    if (!last && read < steps) sequence.steps[t + 1].release();
  }
  return all;
}

}  // namespace

CoordinateScale coordinate_scale(std::span<const StoredSequence> sequences,
                                 const BlockConfig& blocks) {
  std::array<double, axes> squares{};  // of b, over the variables
  for (const StoredSequence& sequence : sequences) {
    const Variation variation = variation_of(sequence);
    const double variance = variation.variance();
    if (variance == 0.0) continue;
    const Partition partition(blocks, sequence.info);
    const auto span = time_span(sequence.info);
    for (std::size_t a = 0; a < axes; ++a) {
      const double length =
          a == 3 ? span[1] - span[0] : static_cast<double>(partition.axis(a).local_samples() - 1);
      squares[a] += variation.difference[a].value() / variance * 0.25 * length * length;
    }
  }
  const double largest = std::sqrt(*std::max_element(squares.begin(), squares.end()));
  CoordinateScale scale;
  if (largest == 0.0) return scale;
  const double most = largest / std::sqrt(static_cast<double>(sequences.size()));
  const double widest = std::max(1.0, most / radians_per_unit);
  for (std::size_t a = 0; a < axes; ++a) {
    const double factor = widest * std::max(std::sqrt(squares[a]) / largest, smallest_share);
    (a == 3 ? scale.time : scale.space[a]) = factor;
  }
  return scale;
}

}  // namespace stsr

#include "stsr/volume/fill_value.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <span>

namespace stsr {

namespace {

constexpr double smallest_share = 0.005;
constexpr double apart = 0.1;  // of the range of the other values

double share_of(std::span<const float> values, float value) {
  return static_cast<double>(std::count(values.begin(), values.end(), value)) /
         static_cast<double>(values.size());
}

/// An end of the range that lies apart from all other values.
std::optional<FillValue> outlier(std::span<const float> values) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  // The two smallest and the two largest different values.
  std::array<float, 2> low{infinity, infinity};
  std::array<float, 2> high{-infinity, -infinity};
  for (const float v : values) {
    if (!std::isfinite(v)) continue;
    if (v < low[0]) {
      low = {v, low[0]};
    } else if (v > low[0] && v < low[1]) {
      low[1] = v;
    }
    if (v > high[0]) {
      high = {v, high[0]};
    } else if (v < high[0] && v > high[1]) {
      high[1] = v;
    }
  }
  if (!(low[1] < high[0])) return std::nullopt;  // at most two values: nothing to be apart from
  const auto found = [&](float value, double gap, double others) -> std::optional<FillValue> {
    const double share = share_of(values, value);
    if (share < smallest_share || !(gap > apart * others)) return std::nullopt;
    return FillValue{value, share};
  };
  if (const auto fill = found(low[0], double(low[1]) - low[0], double(high[0]) - low[1]))
    return fill;
  return found(high[0], double(high[0]) - high[1], double(high[1]) - low[0]);
}

}  // namespace

std::optional<FillValue> probable_fill_value(const StoredSequence& sequence) {
  const std::size_t steps = sequence.steps.size();
  if (steps == 0 || sequence.steps.front().values.empty()) return std::nullopt;
  const std::span<const float> first = sequence.steps.front().values;
  if (const auto fill = outlier(first)) return fill;
  if (steps < 2) return std::nullopt;
  std::size_t always = 0;
  const std::set<std::size_t> others{steps / 2, steps - 1};
  for (std::size_t i = 0; i < first.size(); ++i)
    if (first[i] == 0.0F && std::all_of(others.begin(), others.end(), [&](std::size_t t) {
          return sequence.steps[t].values[i] == 0.0F;
        }))
      ++always;
  const double share = static_cast<double>(always) / static_cast<double>(first.size());
  if (share < smallest_share || always == first.size()) return std::nullopt;
  return FillValue{0.0F, share};
}

}  // namespace stsr

#include "stsr/volume/time_blend.h"

#include <algorithm>

namespace stsr {

TimeBlend blend_at(std::span<const double> times, double time) {
  if (!(time > times.front())) return {0, 0, 0.0};  // also where it is no number
  if (time >= times.back()) return {times.size() - 1, times.size() - 1, 0.0};
  const auto next = std::upper_bound(times.begin(), times.end(), time);
  const auto i = static_cast<std::size_t>(next - times.begin());
  const double weight = (time - times[i - 1]) / (times[i] - times[i - 1]);
  if (weight == 0.0) return {i - 1, i - 1, 0.0};
  return {i - 1, i, weight};
}

}  // namespace stsr

#include "stsr/volume/value_range.h"

#include <algorithm>

namespace stsr {

ValueRange finite_range(std::span<const float> values) {
  ValueRange range = ValueRange::of_nothing();
  for (const float value : values) range.include(value);
  return range;
}

ValueRange RangeSeries::at(double time) const {
  if (ranges.size() == 1 || time <= times.front()) return ranges.front();
  if (time >= times.back()) return ranges.back();
  const auto next = std::upper_bound(times.begin(), times.end(), time);
  const auto i = static_cast<std::size_t>(next - times.begin());
  const double weight = (time - times[i - 1]) / (times[i] - times[i - 1]);
  return {std::lerp(ranges[i - 1].low, ranges[i].low, weight),
          std::lerp(ranges[i - 1].high, ranges[i].high, weight)};
}

}  // namespace stsr

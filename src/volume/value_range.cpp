#include "stsr/volume/value_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "stsr/base/error.h"
#include "stsr/volume/sequence.h"

namespace stsr {

namespace {

constexpr ValueRange empty_range{std::numeric_limits<double>::infinity(),
                                 -std::numeric_limits<double>::infinity()};

ValueRange extend(ValueRange range, std::span<const float> values) {
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    range.low = std::min(range.low, static_cast<double>(value));
    range.high = std::max(range.high, static_cast<double>(value));
  }
  return range;
}

ValueRange checked(const ValueRange& range, const std::string& what) {
  if (range.low > range.high)
    throw ValueError(what + " holds no finite value; leave it out or mend the file");
  return range;
}

}  // namespace

ValueRange range_of(std::span<const float> values, const std::string& what) {
  return checked(extend(empty_range, values), what);
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

RangeSeries ranges_of(const Sequence& sequence, RangeMode mode) {
  const std::string name = fmt::format("variable '{}'", sequence.info.name);
  if (mode == RangeMode::global) {
    ValueRange range = empty_range;
    for (const auto& step : sequence.steps) range = extend(range, step);
    return {mode, {}, {checked(range, name)}};
  }
  RangeSeries series{mode, sequence.info.times, {}};
  for (std::size_t t = 0; t < sequence.steps.size(); ++t)
    series.ranges.push_back(range_of(sequence.steps[t], fmt::format("{}, time step {}", name, t)));
  return series;
}

}  // namespace stsr

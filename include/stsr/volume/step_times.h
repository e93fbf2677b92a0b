#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace stsr {

/// The smallest distance between two consecutive times; 1 where there are none.
[[nodiscard]] inline double smallest_interval(std::span<const double> times) {
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < times.size(); ++i)
    smallest = std::min(smallest, times[i] - times[i - 1]);
  return std::isfinite(smallest) ? smallest : 1.0;
}

/// Two times that differ by no more mean the same step of `times`: a thousandth of the smallest
/// interval, or what is left of the times in float32 and in texts of six digits, but never a
/// quarter of the interval.
[[nodiscard]] inline double time_tolerance(std::span<const double> times) {
  constexpr double rounding = 1e-6;  // of a text of six digits; float32 has 6e-8
  const double interval = smallest_interval(times);
  double largest = 0.0;
  for (const double time : times) largest = std::max(largest, std::abs(time));
  return std::min(0.25 * interval, std::max(1e-3 * interval, rounding * largest));
}

}  // namespace stsr

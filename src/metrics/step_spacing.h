#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace stsr {

/// The smallest distance between two consecutive times; 1 where there are none.
inline double smallest_distance(const std::vector<double>& times) {
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < times.size(); ++i)
    smallest = std::min(smallest, times[i] - times[i - 1]);
  return std::isfinite(smallest) ? smallest : 1.0;
}

}  // namespace stsr

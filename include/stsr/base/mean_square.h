#pragma once

#include <cmath>

namespace stsr {

/// A mean of squares; values that are not finite do not count.
struct MeanSquare {
  double sum = 0.0;
  double count = 0.0;

  void add(double value) {
    if (!std::isfinite(value)) return;
    sum += value * value;
    count += 1.0;
  }
  void add(const MeanSquare& other) {
    sum += other.sum;
    count += other.count;
  }
  /// 0 where nothing was added.
  [[nodiscard]] double value() const { return count > 0.0 ? sum / count : 0.0; }
};

}  // namespace stsr

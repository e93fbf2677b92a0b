#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "stsr/base/config_field.h"

namespace stsr {

/// Smallest and largest value, in the data's unit, that the network sees as -1 and 1.
struct ValueRange {
  double low = 0.0;
  double high = 0.0;

  /// 2 (v - low) / (high - low) - 1; 0 where low == high.
  [[nodiscard]] double normalise(double v) const {
    return high == low ? 0.0 : 2.0 * ((v - low) / (high - low)) - 1.0;
  }
  /// The inverse: low + (u + 1)/2 (high - low); low where low == high.
  [[nodiscard]] double denormalise(double u) const { return low + 0.5 * (u + 1.0) * (high - low); }
  bool operator==(const ValueRange&) const = default;

  /// The range of no value: low > high.
  [[nodiscard]] static ValueRange of_nothing() {
    return {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  }
  /// True where there is a value in it.
  [[nodiscard]] bool holds_values() const { return low <= high; }
  /// Takes a value in, unless it is NaN or infinite.
  void include(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// Takes in all of another range.
  void include(const ValueRange& other) {
    low = std::min(low, other.low);
    high = std::max(high, other.high);
  }
};

/// Smallest and largest of the finite values.
[[nodiscard]] ValueRange finite_range(std::span<const float> values);

/// normalise() for many values of one range: the division is done once, so that results may differ
/// from normalise() by the rounding of double.
class Normaliser {
 public:
  explicit Normaliser(const ValueRange& range)
      : low_(range.low),
        scale_(range.high == range.low ? 0.0 : 2.0 / (range.high - range.low)),
        shift_(range.high == range.low ? 0.0 : 1.0) {}

  /// In [-1, 1] within the range; NaN where `value` is NaN or infinite.
  [[nodiscard]] float operator()(float value) const {
    return std::isfinite(value) ? static_cast<float>((value - low_) * scale_ - shift_)
                                : std::numeric_limits<float>::quiet_NaN();
  }

 private:
  double low_;
  double scale_;
  double shift_;
};

/// Which values share a range (method section 1). `global`: all kept time steps of the variable.
/// `per_step`: each time step has its own, as in the paper.
enum class RangeMode { global, per_step };
template <>
struct EnumNames<RangeMode> {
  static constexpr std::array<EnumTable<RangeMode>, 2> values{
      {{RangeMode::global, "global"}, {RangeMode::per_step, "per-step"}}};
};

/// The value range of one variable over time. One entry, valid at all times, for `global`; one a
/// kept time step, interpolated linearly in between and held outside, for `per_step`.
struct RangeSeries {
  RangeMode mode = RangeMode::global;
  std::vector<double> times;       ///< of the kept steps; empty for `global`
  std::vector<ValueRange> ranges;  ///< as many as `times`, or exactly one for `global`

  /// @param time  finite
  [[nodiscard]] ValueRange at(double time) const;
  bool operator==(const RangeSeries&) const = default;
};

}  // namespace stsr

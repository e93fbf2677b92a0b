#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace stsr {

/// What float32 values in memory stand for, where those of a file vary too little about a large
/// value, or are too small, for float32: value = offset + scale v. Everywhere else the
/// values are those of the file.
struct Packing {
  double offset = 0.0;
  double scale = 1.0;

  [[nodiscard]] bool plain() const { return offset == 0.0 && scale == 1.0; }
  [[nodiscard]] double unpacked(double v) const { return offset + scale * v; }
  [[nodiscard]] double packed(double value) const { return (value - offset) / scale; }
  bool operator==(const Packing&) const = default;
};

/// The packing of values that lie from `low` to `low + range`, as far as is known before all are
/// read: an offset where float32 would leave the variation 14 bits or less, and a scale where what
/// is left is below 2^-100, where float32 has few digits or none.
/// @param whole  the values are whole numbers, and the offset is to be one
[[nodiscard]] inline Packing packing_for(double low, double range, bool whole) {
  const double smallest = std::ldexp(1.0, -100);
  Packing packing;
  if (!(range >= 0.0)) return packing;
  const double high = low + range;
  const double largest = std::max(std::abs(low), std::abs(high));
  const bool held = static_cast<double>(static_cast<float>(low)) == low;
  if (range > 0.0 ? range < std::ldexp(largest, -10) : !held) {
    packing.offset = low + 0.5 * range;
    if (whole) packing.offset = std::floor(packing.offset);
  }
  const double left = std::max(std::abs(low - packing.offset), std::abs(high - packing.offset));
  if (left > 0.0 && left < smallest) packing.scale = std::ldexp(1.0, std::ilogb(left));
  return packing;
}

/// Values of one packing as those of another.
[[nodiscard]] inline std::vector<float> repacked(std::vector<float> values, const Packing& from,
                                                 const Packing& to) {
  if (from == to) return values;
  for (float& value : values) value = static_cast<float>(to.packed(from.unpacked(value)));
  return values;
}

}  // namespace stsr

#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>

#include "stsr/volume/packing.h"

namespace stsr {

/// Looks at stored numbers for the packing that they need.
template <class T>
class PackingSurvey {
 public:
  /// @param missing  the fill value, which does not count
  void add(std::span<const T> values, const std::optional<double>& missing) {
    for (const T value : values) {
      const auto number = static_cast<double>(value);
      if (!std::isfinite(number) || (missing && number == *missing)) continue;
      if (value < low_) low_ = value;
      if (value > high_) high_ = value;
    }
  }

  [[nodiscard]] Packing packing() const {
    if (high_ < low_) return {};
    return packing_for(static_cast<double>(low_), range(), std::is_integral_v<T>);
  }

 private:
  /// The difference of integers is taken before they are rounded to double.
  [[nodiscard]] double range() const {
    if constexpr (std::is_integral_v<T>)
      return static_cast<double>(static_cast<std::uint64_t>(high_) -
                                 static_cast<std::uint64_t>(low_));
    return static_cast<double>(high_) - static_cast<double>(low_);
  }

  T low_ = std::numeric_limits<T>::max();
  T high_ = std::numeric_limits<T>::lowest();
};

}  // namespace stsr

#pragma once

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>

#include "stsr/base/file_error.h"
#include "stsr/base/parallel.h"
#include "stsr/volume/packing.h"

namespace stsr {

/// How stored numbers become float32.
struct ToFloat32 {
  std::optional<double> missing = {};  ///< the fill value
  Packing packing = {};
};

/// Whether numbers of type T may vary by less than float32 can tell, so that a packing pays.
template <class T>
inline constexpr bool may_be_packed = std::is_same_v<T, double> ||
                                      (std::is_integral_v<T> && sizeof(T) >= 4);

/// What a stored number becomes: NaN where it is `missing`, infinity where float32 cannot hold it.
template <class T>
[[nodiscard]] float to_float32(T value, const ToFloat32& how) {
  const std::optional<double>& missing = how.missing;
  constexpr double largest = std::numeric_limits<float>::max();
  if (missing) {
    // The fill value was rounded to the file's type when it was written.
    const bool equal = std::is_same_v<T, float>
                           ? static_cast<float>(value) == static_cast<float>(*missing)
                           : static_cast<double>(value) == *missing;
    if (equal) return std::numeric_limits<float>::quiet_NaN();
  }
  if constexpr (may_be_packed<T>) {
    if (!how.packing.plain()) {
      // Integers of 64 bits have more digits than double.
      using Wide = std::conditional_t<sizeof(T) == 8 && std::is_integral_v<T>, long double, double>;
      const auto left = static_cast<double>(static_cast<Wide>(value) - Wide{how.packing.offset}) /
                        how.packing.scale;
      return std::abs(left) > largest ? std::numeric_limits<float>::infinity()
                                      : static_cast<float>(left);
    }
  }
  if constexpr (std::is_same_v<T, double>)
    if (std::abs(value) > largest) return std::numeric_limits<float>::infinity();
  return static_cast<float>(value);
}

/// Converts the values of one file; `out` may be the same memory as `values` where T is float.
/// @param first  index of the first of them in the file, for the message
/// @throws FileError  a value is infinite or too large for float32; the message names its index.
template <class T>
void to_float32(std::span<const T> values, const ToFloat32& how, const std::filesystem::path& path,
                std::span<float> out, std::size_t first = 0) {
  parallel_parts("io.to_float32", values.size(), [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) out[i] = to_float32(values[i], how);
  });
  if constexpr (std::is_floating_point_v<T> || may_be_packed<T>) {
    for (std::size_t i = 0; i < out.size(); ++i)
      if (std::isinf(out[i]))
        throw_file_error(path,
                         "the value at index {} (x fastest, from 0) is infinite or too large for "
                         "float32; repair the file, or declare the value as 'missing'",
                         first + i);
  }
}

}  // namespace stsr

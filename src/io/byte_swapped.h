#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace stsr {

/// A number with its bytes in the other order.
template <class T>
[[nodiscard]] T byte_swapped(T value) {
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<T>(bytes);
}

}  // namespace stsr

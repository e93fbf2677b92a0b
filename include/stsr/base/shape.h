#pragma once

#include <cstddef>
#include <initializer_list>

namespace stsr {

/// The product of sizes, refused when it does not fit std::size_t. Every size that comes from a
/// file or a user is multiplied here before anything is allocated.
/// @throws ShapeError  on overflow; the message lists the factors.
[[nodiscard]] std::size_t checked_product(std::initializer_list<std::size_t> factors);

/// ceil(a / b) for b > 0.
[[nodiscard]] constexpr std::size_t ceil_divide(std::size_t a, std::size_t b) {
  return a / b + (a % b != 0);
}

}  // namespace stsr

#include "stsr/io/element_type.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "with_element_type.h"

namespace stsr {

std::optional<ElementType> element_type_named(std::string_view name) {
  const auto found = std::find(element_type_names.begin(), element_type_names.end(), name);
  if (found == element_type_names.end()) return std::nullopt;
  return static_cast<ElementType>(found - element_type_names.begin());
}

std::string_view name_of(ElementType type) {
  return element_type_names[static_cast<std::size_t>(type)];
}

std::size_t bytes_of(ElementType type) {
  return with_element_type(type, [](auto zero) { return sizeof(zero); });
}

bool can_hold(ElementType type, double value) {
  return with_element_type(type, [&](auto zero) {
    using T = decltype(zero);
    const bool inside = value >= static_cast<double>(std::numeric_limits<T>::lowest()) &&
                        value <= static_cast<double>(std::numeric_limits<T>::max());
    if (std::is_floating_point_v<T>) return inside || !std::isfinite(value);
    return inside && value == std::floor(value);
  });
}

}  // namespace stsr

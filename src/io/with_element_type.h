#pragma once

#include <cstdint>
#include <stdexcept>

#include "stsr/io/element_type.h"

namespace stsr {

/// Calls f with a value of the C++ type that `type` names.
template <class F>
auto with_element_type(ElementType type, F&& f) {
  switch (type) {
    case ElementType::float32:
      return f(float{});
    case ElementType::float64:
      return f(double{});
    case ElementType::int8:
      return f(std::int8_t{});
    case ElementType::uint8:
      return f(std::uint8_t{});
    case ElementType::int16:
      return f(std::int16_t{});
    case ElementType::uint16:
      return f(std::uint16_t{});
    case ElementType::int32:
      return f(std::int32_t{});
    case ElementType::uint32:
      return f(std::uint32_t{});
    case ElementType::int64:
      return f(std::int64_t{});
    case ElementType::uint64:
      return f(std::uint64_t{});
  }
  throw std::logic_error("an element type without a C++ type");
}

}  // namespace stsr

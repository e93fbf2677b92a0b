#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace stsr {

/// Types of the numbers in files.
enum class ElementType {
  float32,
  float64,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64
};

/// Names as data set files write them, in the order of the enumerators.
inline constexpr std::array<std::string_view, 10> element_type_names{
    "float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"};

[[nodiscard]] std::optional<ElementType> element_type_named(std::string_view name);
[[nodiscard]] std::string_view name_of(ElementType type);
[[nodiscard]] std::size_t bytes_of(ElementType type);
/// False where a value of this type can never equal `value`: it has a fraction, or lies outside.
[[nodiscard]] bool can_hold(ElementType type, double value);

}  // namespace stsr

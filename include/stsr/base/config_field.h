#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace stsr {

/// Configuration is plain structs whose initialisers are the only defaults. Each struct has a
/// static member template
///
///   template <class Self, class Visitor>
///   static void fields(Self& self, Visitor&& field) {
///     field("width", self.width, "Features of a hidden layer.");
///     ...
///   }
///
/// that names its fields once; reading TOML, writing the resolved configuration and the reference
/// page all walk it. A field is a bool, an integer, a floating-point number, a std::string, a
/// std::array of these, or an enum with EnumNames.
///
/// EnumNames<E>::values lists the names of an enum as configuration files write them.
template <class Enum>
struct EnumNames;

template <class Enum>
using EnumTable = std::pair<Enum, std::string_view>;

/// The name of an enumerator as configuration files write it.
template <class Enum>
[[nodiscard]] constexpr std::string_view enum_name(Enum value) {
  for (const auto& [candidate, name] : EnumNames<Enum>::values)
    if (candidate == value) return name;
  return "?";
}

}  // namespace stsr

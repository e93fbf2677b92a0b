#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace stsr {

/// Configuration is plain structs whose initialisers are the only defaults. Each struct has a
/// static member template
///
///   template <class Self, class Visitor>
///   static void fields(Self& self, Visitor&& field) {
///     field("width", self.width, "Features of a hidden layer.");
///     field("noise", self.noise, "Share of noise.", applies_if(self.noisy, "only where noisy"));
///     ...
///   }
///
/// that names its fields once; reading TOML, writing the resolved configuration, the reference
/// page and the search for settings without effect all walk it. A field is a bool, an integer, a
/// floating-point number, a std::string, a std::array of these, or an enum with EnumNames. A
/// visitor takes (const char* key, auto& field, const char* doc, const auto&... condition), where
/// `condition` is nothing or one Condition.

/// Tells when a field has an effect; `text` completes "it is ..." and begins with "only".
template <class Test>
struct Condition {
  Test test;  ///< (whole configuration) -> bool
  std::string_view text;
};

/// A condition on other sections: `test` takes the whole configuration, as const auto&.
template <class Test>
requires(!std::is_same_v<Test, bool>)
    [[nodiscard]] constexpr Condition<Test> applies_if(Test test, std::string_view text) {
  return {test, text};
}

/// A condition on the fields of the same struct.
[[nodiscard]] constexpr auto applies_if(bool holds, std::string_view text) {
  return applies_if([holds](const auto&) { return holds; }, text);
}

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

/// The enumerator of that name, or nothing.
template <class Enum>
[[nodiscard]] constexpr std::optional<Enum> find_enum(std::string_view name) {
  for (const auto& [candidate, known] : EnumNames<Enum>::values)
    if (known == name) return candidate;
  return std::nullopt;
}

/// All names, in the order of their table.
template <class Enum>
[[nodiscard]] std::vector<std::string> enum_names() {
  std::vector<std::string> names;
  for (const auto& [value, name] : EnumNames<Enum>::values) names.emplace_back(name);
  return names;
}

/// @throws ValueError  "<what> '<name>'; did you mean 'x'?", or "; known: a, b" where none is near.
[[noreturn]] void throw_unknown_name(std::string_view what, std::string_view name,
                                     const std::vector<std::string>& known);

/// The enumerator of that name.
/// @param what  how the message begins, e.g. "--kernel cannot be"
/// @throws ValueError  as throw_unknown_name.
template <class Enum>
[[nodiscard]] Enum enum_from_name(std::string_view name, std::string_view what) {
  if (const auto value = find_enum<Enum>(name)) return *value;
  throw_unknown_name(what, name, enum_names<Enum>());
}

}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "stsr/base/config_field.h"

namespace stsr {

/// Configuration files: TOML on one side, any plain struct with `fields` (base/config_field.h) on
/// the other. Every key that a file holds must be a field; what a file leaves out keeps its value.
/// A struct inside is a [section], a vector of structs an array of tables ([[name]]), a
/// std::optional may be left out.

/// A value as a configuration file writes it.
struct ConfigValue {
  std::variant<bool, std::int64_t, double, std::string, std::vector<ConfigValue>> content;
};

/// One field of a struct: how to read, write and describe it.
struct ConfigKey {
  std::string name;
  std::string doc;
  std::string type;  ///< for people, e.g. "an integer", "'adam' or 'muon'"
  std::function<void(const ConfigValue&)> set;  ///< throws ValueError without a position
  std::function<std::string()> text;  ///< the current value as TOML; empty: nothing to write
};

/// A struct of scalars: a [section], or the keys before the first section where `name` is empty.
struct ConfigSection {
  std::string name;
  std::string doc;
  std::vector<ConfigKey> keys;
};

/// A std::vector of structs: an array of tables, [[name]].
struct ConfigList {
  std::string name;
  std::string doc;
  ConfigSection defaults;                               ///< of one entry
  std::function<ConfigSection()> append;                ///< adds an entry and gives its keys
  std::function<std::vector<ConfigSection>()> entries;  ///< those that are there
};

/// All that one configuration struct holds.
struct ConfigFields {
  std::vector<ConfigSection> sections;
  std::vector<ConfigList> lists;
};

namespace config_detail {

/// A message such as "must be an integer, got \"many\"".
[[nodiscard]] std::string expected(const std::string& type, const ConfigValue& value);
[[noreturn]] void fail(const std::string& message);
[[nodiscard]] std::string number_text(double value);
[[nodiscard]] std::string toml_quoted(std::string_view value);

template <class T>
struct IsArray : std::false_type {};
template <class T, std::size_t n>
struct IsArray<std::array<T, n>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// True for a struct with `fields`, i.e. a section.
template <class T>
concept HasFields = requires(T& value) {
  T::fields(value, [](const char*, auto&, const char*, const auto&...) {});
};

/// True for a std::vector of such structs, i.e. an array of tables.
template <class T>
[[nodiscard]] constexpr bool is_list() {
  if constexpr (IsVector<T>::value)
    return HasFields<typename T::value_type>;
  else
    return false;
}

template <class T>
[[nodiscard]] std::string type_name() {
  if constexpr (std::is_same_v<T, bool>)
    return "true or false";
  else if constexpr (std::is_enum_v<T>) {
    std::string names;
    for (const std::string& name : enum_names<T>())
      names += (names.empty() ? "" : " or ") + toml_quoted(name);
    return names;
  } else if constexpr (std::is_unsigned_v<T>)
    return "an integer of at least 0";
  else if constexpr (std::is_integral_v<T>)
    return "an integer";
  else if constexpr (std::is_floating_point_v<T>)
    return "a number";
  else if constexpr (IsArray<T>::value)
    return "a list of " + std::to_string(std::tuple_size_v<T>) + ", each " +
           type_name<typename T::value_type>();
  else if constexpr (IsVector<T>::value)
    return "a list, each " + type_name<typename T::value_type>();
  else if constexpr (IsOptional<T>::value)
    return type_name<typename T::value_type>();
  else
    return "text";
}

template <class T>
void assign(T& out, const ConfigValue& value) {
  if constexpr (IsArray<T>::value) {
    const auto* items = std::get_if<std::vector<ConfigValue>>(&value.content);
    if (items == nullptr || items->size() != out.size()) fail(expected(type_name<T>(), value));
    for (std::size_t i = 0; i < out.size(); ++i) assign(out[i], (*items)[i]);
  } else if constexpr (IsVector<T>::value) {
    const auto* items = std::get_if<std::vector<ConfigValue>>(&value.content);
    if (items == nullptr) fail(expected(type_name<T>(), value));
    out.resize(items->size());
    for (std::size_t i = 0; i < out.size(); ++i) assign(out[i], (*items)[i]);
  } else if constexpr (IsOptional<T>::value) {
    assign(out.emplace(), value);
  } else if constexpr (std::is_enum_v<T>) {
    const auto* text = std::get_if<std::string>(&value.content);
    if (text == nullptr) fail(expected(type_name<T>(), value));
    out = enum_from_name<T>(*text, "cannot be");
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string>) {
    const auto* same = std::get_if<T>(&value.content);
    if (same == nullptr) fail(expected(type_name<T>(), value));
    out = *same;
  } else if constexpr (std::is_floating_point_v<T>) {
    const auto* integer = std::get_if<std::int64_t>(&value.content);
    const auto* number = std::get_if<double>(&value.content);
    if (integer == nullptr && number == nullptr) fail(expected(type_name<T>(), value));
    const double wide = number != nullptr ? *number : static_cast<double>(*integer);
    if (!(wide >= std::numeric_limits<T>::lowest() && wide <= std::numeric_limits<T>::max()))
      fail("must be a finite number");
    out = static_cast<T>(wide);
  } else {
    static_assert(std::is_integral_v<T>, "a configuration field of this type is not supported");
    const auto* integer = std::get_if<std::int64_t>(&value.content);
    if (integer == nullptr) fail(expected(type_name<T>(), value));
    if (!std::in_range<T>(*integer)) fail(expected(type_name<T>(), value));
    out = static_cast<T>(*integer);
  }
}

template <class T>
[[nodiscard]] std::string toml_text(const T& value) {
  if constexpr (IsOptional<T>::value) {
    return value ? toml_text(*value) : std::string();
  } else if constexpr (IsArray<T>::value || IsVector<T>::value) {
    std::string text = "[";
    for (const auto& item : value) text += (text.size() == 1 ? "" : ", ") + toml_text(item);
    return text + "]";
  } else if constexpr (std::is_same_v<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::is_enum_v<T>)
    return toml_quoted(enum_name(value));
  else if constexpr (std::is_floating_point_v<T>)
    return number_text(static_cast<double>(value));
  else if constexpr (std::is_integral_v<T>) {
    if (!std::in_range<std::int64_t>(value)) fail("must be below 2^63 to fit a TOML integer");
    return std::to_string(value);
  } else
    return toml_quoted(value);
}

template <class T>
[[nodiscard]] std::function<void(const ConfigValue&)> setter(T& field) {
  if constexpr (std::is_const_v<T>)
    return {};
  else
    return [&field](const ConfigValue& value) { assign(field, value); };
}

/// What the description of a field says of its condition: " Only ... ."
template <class Test>
[[nodiscard]] std::string condition_text(const Condition<Test>& condition) {
  return " O" + std::string(condition.text.substr(1)) + ".";
}

/// The keys of one struct; they refer to `self`, which must outlive them.
template <class T>
[[nodiscard]] ConfigSection section_of(T& self, std::string name, std::string doc) {
  ConfigSection section{std::move(name), std::move(doc), {}};
  T::fields(self, [&](const char* key, auto& field, const char* key_doc, const auto&... condition) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (!HasFields<Field> && !is_list<Field>())
      section.keys.push_back({key, (std::string(key_doc) + ... + condition_text(condition)),
                              type_name<Field>(), setter(field),
                              [&field] { return toml_text(field); }});
  });
  return section;
}

/// The entries of a vector of structs, which must outlive what is returned.
template <class T>
[[nodiscard]] ConfigList list_of(T& entries, const std::string& name, const char* doc) {
  using Entry = typename std::remove_cvref_t<T>::value_type;
  static const Entry defaults{};
  ConfigList list{name, doc, section_of(defaults, name, doc), {}, {}};
  if constexpr (!std::is_const_v<T>)
    list.append = [&entries, name] { return section_of(entries.emplace_back(), name, ""); };
  list.entries = [&entries, name] {
    std::vector<ConfigSection> sections;
    for (auto& entry : entries) sections.push_back(section_of(entry, name, ""));
    return sections;
  };
  return list;
}

/// The keys of a struct, then one section for each of its members that has fields itself, and one
/// list for each vector of such structs.
template <class C>
[[nodiscard]] ConfigFields fields_of(C& config) {
  ConfigFields all{{section_of(config, "", "")}, {}};
  C::fields(config, [&](const char* name, auto& member, const char* doc, const auto&...) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (HasFields<Member>)
      all.sections.push_back(section_of(member, name, doc));
    else if constexpr (is_list<Member>())
      all.lists.push_back(list_of(member, name, doc));
  });
  return all;
}

/// Reads into the fields; where `only` is not empty, that section must exist, and is the only one
/// that is read.
void read_fields(std::string_view text, std::string_view source, std::string_view only,
                 const ConfigFields& fields);
void assign_key(std::string_view assignment, const ConfigFields& fields);
[[nodiscard]] std::string write_fields(const ConfigFields& fields);
[[nodiscard]] std::string markdown_fields(const ConfigFields& fields);
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path);

}  // namespace config_detail

/// Sets the fields of `config` that the TOML `text` holds. `config` is unchanged on failure.
/// @param source  what messages call the text, e.g. the path of its file
/// @throws FileError  "source:line: ...": not TOML, an unknown key or section (with the nearest
/// right name), a wrong type, an integer that does not fit, an unknown name of an enum.
template <class C>
void read_config_text(std::string_view text, std::string_view source, C& config) {
  C result = config;
  config_detail::read_fields(text, source, "", config_detail::fields_of(result));
  config = std::move(result);
}

/// The fields of one [section] of `text`, other sections being ignored: for reading a part of a
/// resolved configuration without knowing the rest. @throws FileError  also if there is none.
template <class C>
void read_config_section(std::string_view text, std::string_view source, std::string_view section,
                         C& config) {
  C result = config;
  config_detail::read_fields(text, source, section,
                             {{config_detail::section_of(result, std::string(section), "")}, {}});
  config = std::move(result);
}

/// `base` with the fields that the file sets. @throws FileError  as above, or the file is missing.
template <class C>
[[nodiscard]] C read_config(const std::filesystem::path& path, C base = {}) {
  read_config_text(config_detail::read_text_file(path), path.string(), base);
  return base;
}

/// Sets one field from "section.key=value"; text and names of enums need no quotes.
/// @throws ValueError  with the rule and, for an unknown key, the nearest name.
template <class C>
void set_config_value(C& config, std::string_view assignment) {
  C result = config;
  config_detail::assign_key(assignment, config_detail::fields_of(result));
  config = std::move(result);
}

/// The whole configuration as TOML, each field below its description; numbers read back to the same
/// bits. @throws ValueError  an integer is 2^63 or more.
template <class C>
[[nodiscard]] std::string write_config(const C& config) {
  return config_detail::write_fields(config_detail::fields_of(config));
}

/// A Markdown page with a table a section: key, type, default (from `C{}`), meaning.
template <class C>
[[nodiscard]] std::string config_reference_markdown() {
  const C defaults{};
  return config_detail::markdown_fields(config_detail::fields_of(defaults));
}

}  // namespace stsr

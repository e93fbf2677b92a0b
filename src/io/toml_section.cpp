#include "toml_section.h"

#include <algorithm>
#include <cmath>

#include "stsr/base/text.h"

namespace stsr {

namespace {

std::optional<std::uint64_t> whole_of(const toml::node& node) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::optional<double> number_of(const toml::node& node) {
  if (!node.is_number()) return std::nullopt;
  return node.is_integer() ? static_cast<double>(*node.value_exact<std::int64_t>())
                           : *node.value_exact<double>();
}

/// The items of a list, each through `convert`; nothing where it is no list or an item is wrong.
template <class Convert>
auto list_of(const toml::node& node, const Convert& convert) {
  using Item = typename decltype(convert(node))::value_type;
  std::optional<std::vector<Item>> items;
  const toml::array* array = node.as_array();
  if (array == nullptr) return items;
  items.emplace();
  for (const toml::node& element : *array) {
    const auto item = convert(element);
    if (!item) return decltype(items){};
    items->push_back(*item);
  }
  return items;
}

}  // namespace

const toml::node* TomlSection::find(std::string_view key) const {
  const toml::node* node = table_->get(key);
  return node == nullptr && defaults_ != nullptr ? defaults_->get(key) : node;
}

std::size_t TomlSection::line_of(std::string_view key) const {
  const toml::node* node = find(key);
  const std::size_t line = (node == nullptr ? *table_ : *node).source().begin.line;
  return std::max<std::size_t>(line, 1);  // the root table of an empty file has no line
}

void TomlSection::allow_only(std::span<const std::string> keys) const {
  for (const auto& [key, node] : *table_)
    if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
      fail(key.str(), "unknown key '{}'{}", key.str(), name_hint(key.str(), keys));
}

std::optional<std::string> TomlSection::text(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::string>();
  if (!value) fail(key, "'{}' must be a text in quotes", key);
  return value;
}

bool TomlSection::is_list(std::string_view key) const {
  const toml::node* node = find(key);
  return node != nullptr && node->is_array();
}

std::optional<std::vector<std::string>> TomlSection::texts(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto one = node->value_exact<std::string>()) return std::vector{*one};
  auto list = list_of(*node, [](const toml::node& n) { return n.value_exact<std::string>(); });
  if (!list || list->empty()) fail(key, "'{}' must be a text or a list of texts", key);
  return list;
}

std::optional<double> TomlSection::number(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = number_of(*node);
  if (!value) fail(key, "'{}' must be a number", key);
  return value;
}

std::optional<std::uint64_t> TomlSection::whole(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = whole_of(*node);
  if (!value) fail(key, "'{}' must be a whole number of at least 0", key);
  return value;
}

std::optional<std::vector<double>> TomlSection::numbers(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  auto list = list_of(*node, number_of);
  if (!list) fail(key, "'{}' must be a list of numbers", key);
  return list;
}

std::optional<std::array<double, 3>> TomlSection::triple(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto list = list_of(*node, number_of);
  if (!list || list->size() != 3 ||
      !std::all_of(list->begin(), list->end(), [](double v) { return std::isfinite(v); }))
    fail(key, "'{}' must be three numbers [x, y, z]", key);
  return std::array{(*list)[0], (*list)[1], (*list)[2]};
}

std::optional<std::array<std::size_t, 3>> TomlSection::whole_triple(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto list = list_of(*node, whole_of);
  if (!list || list->size() != 3 || std::count(list->begin(), list->end(), 0U) != 0)
    fail(key, "'{}' must be three whole numbers [x, y, z] of at least 1", key);
  return std::array<std::size_t, 3>{(*list)[0], (*list)[1], (*list)[2]};
}

std::optional<TomlSection> TomlSection::section(std::string_view key) const {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const toml::table* table = node->as_table();
  if (table == nullptr) fail(key, "'{}' must be a table", key);
  return TomlSection(file_, *table);
}

}  // namespace stsr

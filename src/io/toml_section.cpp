#include "stsr/io/toml_section.h"

#include <toml++/toml.h>

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

struct TomlSection::Tables {
  std::string file;
  std::shared_ptr<const toml::table> root;  // keeps the other two
  const toml::table* own;
  const toml::table* defaults;  // or null

  [[nodiscard]] const toml::node* find(std::string_view key) const {
    const toml::node* node = own->get(key);
    return node == nullptr && defaults != nullptr ? defaults->get(key) : node;
  }
  [[nodiscard]] std::shared_ptr<const Tables> inner(const toml::table& table) const {
    return std::make_shared<const Tables>(Tables{file, root, &table, nullptr});
  }
};

TomlSection::TomlSection(std::string file, const std::string& text) {
  if (const std::size_t at = find_invalid_utf8(text); at != std::string::npos)
    throw FileError(fmt::format("{}:{}: is not UTF-8 text; save it as UTF-8", file,
                                1 + std::count(text.begin(), text.begin() + at, '\n')));
  try {
    const auto root = std::make_shared<const toml::table>(toml::parse(text, file));
    tables_ = std::make_shared<const Tables>(Tables{std::move(file), root, root.get(), nullptr});
  } catch (const toml::parse_error& error) {
    std::string message(error.description());
    std::replace_if(
        message.begin(), message.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    throw FileError(fmt::format("{}:{}: {}", file, error.source().begin.line, message));
  }
}

void TomlSection::fail_at(std::string_view key, const std::string& message) const {
  const toml::node* node = tables_->find(key);
  const std::size_t line = (node == nullptr ? *tables_->own : *node).source().begin.line;
  // The root table of an empty file has no line.
  throw FileError(fmt::format("{}:{}: {}", tables_->file, std::max<std::size_t>(line, 1), message));
}

bool TomlSection::has(std::string_view key) const {
  return tables_->find(key) != nullptr;
}

bool TomlSection::has_own(std::string_view key) const {
  return tables_->own->contains(key);
}

void TomlSection::allow_only(std::span<const std::string> keys) const {
  for (const auto& [key, node] : *tables_->own)
    if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
      fail(key.str(), "unknown key '{}'{}", key.str(), name_hint(key.str(), keys));
}

std::optional<std::string> TomlSection::text(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::string>();
  if (!value) fail(key, "'{}' must be a text in quotes", key);
  return value;
}

bool TomlSection::is_list(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  return node != nullptr && node->is_array();
}

std::optional<std::vector<std::string>> TomlSection::texts(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  if (const auto one = node->value_exact<std::string>()) return std::vector{*one};
  auto list = list_of(*node, [](const toml::node& n) { return n.value_exact<std::string>(); });
  if (!list || list->empty()) fail(key, "'{}' must be a text or a list of texts", key);
  return list;
}

std::optional<double> TomlSection::number(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = number_of(*node);
  if (!value) fail(key, "'{}' must be a number", key);
  return value;
}

std::optional<std::uint64_t> TomlSection::whole(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = whole_of(*node);
  if (!value) fail(key, "'{}' must be a whole number of at least 0", key);
  return value;
}

std::optional<std::vector<double>> TomlSection::numbers(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  auto list = list_of(*node, number_of);
  if (!list) fail(key, "'{}' must be a list of numbers", key);
  return list;
}

std::optional<std::array<double, 3>> TomlSection::triple(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  const auto list = list_of(*node, number_of);
  if (!list || list->size() != 3 ||
      !std::all_of(list->begin(), list->end(), [](double v) { return std::isfinite(v); }))
    fail(key, "'{}' must be three numbers [x, y, z]", key);
  return std::array{(*list)[0], (*list)[1], (*list)[2]};
}

std::optional<std::array<std::size_t, 3>> TomlSection::whole_triple(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  const auto list = list_of(*node, whole_of);
  if (!list || list->size() != 3 || std::count(list->begin(), list->end(), 0U) != 0)
    fail(key, "'{}' must be three whole numbers [x, y, z] of at least 1", key);
  return std::array<std::size_t, 3>{(*list)[0], (*list)[1], (*list)[2]};
}

std::optional<TomlSection> TomlSection::section(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  const toml::table* table = node->as_table();
  if (table == nullptr) fail(key, "'{}' must be a table", key);
  return TomlSection(tables_->inner(*table));
}

std::optional<std::vector<TomlSection>> TomlSection::sections(std::string_view key) const {
  const toml::node* node = tables_->find(key);
  if (node == nullptr) return std::nullopt;
  const toml::array* array = node->as_array();
  if (array == nullptr) fail(key, "'{0}' must be written as [[{0}]]", key);
  std::vector<TomlSection> all;
  for (const toml::node& one : *array) {
    const toml::table* table = one.as_table();
    if (table == nullptr) fail(key, "'{0}' must be written as [[{0}]]", key);
    all.push_back(TomlSection(tables_->inner(*table)));
  }
  return all;
}

TomlSection TomlSection::with_defaults(const TomlSection& defaults) const {
  Tables both = *tables_;
  both.defaults = defaults.tables_->own;
  return TomlSection(std::make_shared<const Tables>(std::move(both)));
}

}  // namespace stsr

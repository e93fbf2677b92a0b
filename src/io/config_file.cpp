#include "stsr/io/config_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <optional>

#include "stsr/base/error.h"
#include "stsr/base/text.h"

namespace stsr::config_detail {

namespace {

constexpr std::uintmax_t largest_file = 1U << 20U;
constexpr std::size_t comment_width = 96;

/// The text of a value in messages.
std::string shown(const ConfigValue& value) {
  if (const auto* flag = std::get_if<bool>(&value.content)) return *flag ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value.content))
    return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value.content)) return number_text(*number);
  if (const auto* text = std::get_if<std::string>(&value.content)) return toml_quoted(*text);
  std::vector<std::string> items;
  for (const ConfigValue& item : std::get<std::vector<ConfigValue>>(value.content))
    items.push_back(shown(item));
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::optional<ConfigValue> value_of(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) return ConfigValue{flag->get()};
  if (const auto* integer = node.as_integer()) return ConfigValue{integer->get()};
  if (const auto* number = node.as_floating_point()) return ConfigValue{number->get()};
  if (const auto* text = node.as_string()) return ConfigValue{text->get()};
  const auto* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<ConfigValue> items;
  for (const toml::node& item : *array) {
    auto value = value_of(item);
    if (!value) return std::nullopt;
    items.push_back(std::move(*value));
  }
  return ConfigValue{std::move(items)};
}

/// Walks a parsed document; every complaint says where.
class Reader {
 public:
  Reader(std::string_view source, bool lines) : source_(source), lines_(lines) {}

  [[noreturn]] void fail_at(toml::source_index line, const std::string& message) const {
    if (!lines_) throw ValueError(fmt::format("{}: {}", source_, message));
    throw FileError(fmt::format("{}:{}: {}", source_, line, message));
  }

  [[nodiscard]] toml::table parse(std::string_view text) const {
    if (const std::size_t at = find_invalid_utf8(text); at != std::string_view::npos)
      fail_at(
          1 + static_cast<toml::source_index>(std::count(text.begin(), text.begin() + at, '\n')),
          "is not UTF-8 text; save it as UTF-8");
    try {
      return toml::parse(text);
    } catch (const toml::parse_error& error) {
      fail_at(error.source().begin.line, fmt::format("not TOML: {}", error.description()));
    }
  }

  /// Sets the keys of `section` from `table`; tables inside that `sections` names are left out.
  void read(const toml::table& table, const ConfigSection& section,
            const std::vector<std::string>& sections) const {
    std::vector<std::string> known;
    for (const ConfigKey& key : section.keys) known.push_back(key.name);
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const auto line = key.source().begin.line;
      if ((node.is_table() || node.is_array()) &&
          std::find(sections.begin(), sections.end(), name) != sections.end())
        continue;
      const auto match = std::find(known.begin(), known.end(), name);
      if (match != known.end())
        set(section.keys[static_cast<std::size_t>(match - known.begin())], node, line);
      else if (node.is_table())
        fail_at(line, fmt::format("unknown section [{}]{}", name, name_hint(name, sections)));
      else
        fail_at(line, unknown_key(name, section, known, sections));
    }
  }

 private:
  static std::string unknown_key(const std::string& name, const ConfigSection& section,
                                 const std::vector<std::string>& known,
                                 const std::vector<std::string>& sections) {
    if (known.empty())
      return fmt::format("the key '{}' stands outside of a section; sections: {}", name,
                         fmt::join(sections, ", "));
    const std::string place = section.name.empty() ? "" : fmt::format(" in [{}]", section.name);
    return fmt::format("unknown key '{}'{}{}", name, place, name_hint(name, known));
  }

  void set(const ConfigKey& key, const toml::node& node, toml::source_index line) const {
    const auto value = value_of(node);
    if (!value) fail_at(line, fmt::format("'{}' must be {}", key.name, key.type));
    try {
      key.set(*value);
    } catch (const ValueError& error) {
      fail_at(line, fmt::format("'{}' {}", key.name, error.what()));
    }
  }

  std::string source_;
  bool lines_;
};

std::vector<std::string> names_of(const ConfigFields& fields) {
  std::vector<std::string> names;
  for (const ConfigSection& section : fields.sections)
    if (!section.name.empty()) names.push_back(section.name);
  for (const ConfigList& list : fields.lists) names.push_back(list.name);
  return names;
}

void read_list(const Reader& reader, const toml::node& node, const ConfigList& list) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    reader.fail_at(node.source().begin.line,
                   fmt::format("'{}' must be tables, each begun by [[{}]]", list.name, list.name));
  for (const toml::node& entry : *array) reader.read(*entry.as_table(), list.append(), {});
}

void read_table(const Reader& reader, const toml::table& document, const ConfigFields& fields) {
  const std::vector<std::string> names = names_of(fields);
  for (const ConfigSection& section : fields.sections) {
    if (section.name.empty()) {
      reader.read(document, section, names);
      continue;
    }
    const toml::node* node = document.get(section.name);
    if (node == nullptr) continue;
    if (!node->is_table())
      reader.fail_at(node->source().begin.line,
                     fmt::format("'{}' must be a section, [{}]", section.name, section.name));
    reader.read(*node->as_table(), section, {});
  }
  for (const ConfigList& list : fields.lists)
    if (const toml::node* node = document.get(list.name); node != nullptr)
      read_list(reader, *node, list);
}

/// `text` as comment lines of at most comment_width columns.
std::string comment(std::string_view text) {
  std::string result;
  std::string line = "#";
  for (const std::string& word : split(text, ' ')) {
    if (line.size() + 1 + word.size() > comment_width) {
      result += line + '\n';
      line.resize(1);
    }
    line += ' ';
    line += word;
  }
  return result + line + '\n';
}

}  // namespace

std::string expected(const std::string& type, const ConfigValue& value) {
  return fmt::format("must be {}, got {}", type, shown(value));
}

void fail(const std::string& message) {
  throw ValueError(message);
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);  // the shortest text that reads back to these bits
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string toml_quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\')
      text += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      text += c;
  }
  return text + "\"";
}

void read_fields(std::string_view text, std::string_view source, std::string_view only,
                 const ConfigFields& fields) {
  const Reader reader(source, true);
  const toml::table document = reader.parse(text);
  if (!only.empty() && !document.contains(only))
    throw FileError(fmt::format("{}: there is no section [{}]", source, only));
  read_table(reader, document, fields);
}

void assign_key(std::string_view assignment, const ConfigFields& fields) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw ValueError(fmt::format("'{}' must have the form section.key=value", assignment));
  const Reader reader(assignment, false);
  const std::string key(assignment.substr(0, equals));
  const std::string_view value = assignment.substr(equals + 1);
  if (find_invalid_utf8(assignment) != std::string_view::npos)
    throw ValueError(fmt::format("'{}' is not UTF-8 text", printable(assignment)));
  toml::table document;
  try {
    document = toml::parse(assignment);
  } catch (const toml::parse_error&) {  // a bare word is text
    document = reader.parse(fmt::format("{} = {}", key, toml_quoted(value)));
  }
  read_table(reader, document, fields);
}

std::string write_fields(const ConfigFields& fields) {
  std::string text;
  const auto write_key = [&](const ConfigKey& key, bool commented) {
    try {
      const std::string value = key.text();
      if (commented) text += fmt::format("\n{}", comment(key.doc));
      if (!value.empty()) text += fmt::format("{} = {}\n", key.name, value);
    } catch (const ValueError& error) {
      fail(fmt::format("'{}' {}", key.name, error.what()));
    }
  };
  for (const ConfigSection& section : fields.sections) {
    if (!section.name.empty()) {
      if (!text.empty()) text += "\n";
      text += comment(section.doc) + fmt::format("[{}]\n", section.name);
    }
    for (const ConfigKey& key : section.keys) write_key(key, true);
  }
  for (const ConfigList& list : fields.lists)
    for (const ConfigSection& entry : list.entries()) {
      text += fmt::format("\n[[{}]]\n", list.name);
      for (const ConfigKey& key : entry.keys) write_key(key, false);
    }
  return text;
}

std::string markdown_fields(const ConfigFields& fields) {
  std::string text;
  const auto table = [&](const std::string& heading, const ConfigSection& section) {
    if (!heading.empty()) text += fmt::format("## {}\n\n{}\n\n", heading, section.doc);
    if (section.keys.empty()) return;
    text += "| key | type | default | meaning |\n|---|---|---|---|\n";
    for (const ConfigKey& key : section.keys) {
      const std::string value = key.text();
      text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.type,
                          value.empty() ? "none" : fmt::format("`{}`", value), key.doc);
    }
    text += "\n";
  };
  for (const ConfigSection& section : fields.sections)
    table(section.name.empty() ? "" : fmt::format("[{}]", section.name), section);
  for (const ConfigList& list : fields.lists)
    table(fmt::format("[[{}]]", list.name), list.defaults);
  if (!text.empty()) text.pop_back();
  return text;
}

std::string read_text_file(const std::filesystem::path& path) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code))
    throw FileError(fmt::format("{}: there is no such file", path.string()));
  const std::uintmax_t size = std::filesystem::file_size(path, code);
  if (code || size > largest_file)
    throw FileError(fmt::format("{}: a configuration file holds at most {} bytes", path.string(),
                                largest_file));
  std::ifstream stream(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size)))
    throw FileError(fmt::format("{}: cannot be read; check its permissions", path.string()));
  return text;
}

}  // namespace stsr::config_detail

#pragma once

#include <toml++/toml.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "file_error.h"

namespace stsr {

/// A table of a TOML file and, behind it, a table of defaults. Every getter gives nothing where the
/// key is absent and throws a FileError "<file>:<line>: <what is wrong>" where it has another type.
class TomlSection {
 public:
  /// The tables must outlive this.
  TomlSection(std::filesystem::path file, const toml::table& table,
              const toml::table* defaults = nullptr)
      : file_(std::move(file)), table_(&table), defaults_(defaults) {}

  /// @throws FileError  the table itself (not the defaults) holds another key.
  void allow_only(std::span<const std::string> keys) const;

  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  /// True where the table itself, not the defaults, has the key.
  [[nodiscard]] bool has_own(std::string_view key) const { return table_->contains(key); }
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  /// One string or a list of strings.
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key) const;
  [[nodiscard]] bool is_list(std::string_view key) const;
  [[nodiscard]] std::optional<double> number(std::string_view key) const;
  [[nodiscard]] std::optional<std::uint64_t> whole(std::string_view key) const;
  [[nodiscard]] std::optional<std::vector<double>> numbers(std::string_view key) const;
  /// One number each for x, y, z.
  [[nodiscard]] std::optional<std::array<double, 3>> triple(std::string_view key) const;
  [[nodiscard]] std::optional<std::array<std::size_t, 3>> whole_triple(std::string_view key) const;
  [[nodiscard]] std::optional<TomlSection> section(std::string_view key) const;

  /// @throws FileError  with the line of `key`, or of the table where it has no such key.
  template <class... Args>
  [[noreturn]] void fail(std::string_view key, fmt::format_string<Args...> message,
                         Args&&... args) const {
    throw FileError(fmt::format("{}:{}: {}", file_.string(), line_of(key),
                                fmt::format(message, std::forward<Args>(args)...)));
  }

 private:
  [[nodiscard]] const toml::node* find(std::string_view key) const;
  [[nodiscard]] std::size_t line_of(std::string_view key) const;

  std::filesystem::path file_;
  const toml::table* table_;
  const toml::table* defaults_;
};

}  // namespace stsr

#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stsr/base/error.h"

namespace stsr {

/// A table of a TOML file and, behind it, a table of defaults. Every getter gives nothing where the
/// key is absent and throws a FileError "<file>:<line>: <what is wrong>" where it has another type.
/// Copies share the parsed file.
class TomlSection {
 public:
  /// The top of a TOML text. @param file  its name in messages
  /// @throws FileError  with the line where the text is not TOML.
  TomlSection(std::string file, const std::string& text);

  /// @throws FileError  the table itself (not the defaults) holds another key.
  void allow_only(std::span<const std::string> keys) const;

  [[nodiscard]] bool has(std::string_view key) const;
  /// True where the table itself, not the defaults, has the key.
  [[nodiscard]] bool has_own(std::string_view key) const;
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
  /// A table without defaults.
  [[nodiscard]] std::optional<TomlSection> section(std::string_view key) const;
  /// The tables [[key]], without defaults. @throws FileError  it is no list of tables.
  [[nodiscard]] std::optional<std::vector<TomlSection>> sections(std::string_view key) const;
  /// This table with the table `defaults` of the same file behind it.
  [[nodiscard]] TomlSection with_defaults(const TomlSection& defaults) const;

  /// @throws FileError  with the line of `key`, or of the table where it has no such key.
  template <class... Args>
  [[noreturn]] void fail(std::string_view key, fmt::format_string<Args...> message,
                         Args&&... args) const {
    fail_at(key, fmt::format(message, std::forward<Args>(args)...));
  }

 private:
  struct Tables;  // of toml++

  explicit TomlSection(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}
  [[noreturn]] void fail_at(std::string_view key, const std::string& message) const;

  std::shared_ptr<const Tables> tables_;
};

}  // namespace stsr

#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace stsr {

/// All of `text` as a number; nothing where it is none, does not fit T or something is left over.
///
/// A plus sign and Fortran's D of an exponent (`1.5D+03`) are read; an exponent without a letter
/// (`0.5-100`) is not. What is too small for T is 0, what is too large infinite.
template <class T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if constexpr (std::is_floating_point_v<T>) {
    if (error != std::errc::invalid_argument && rest != end && (*rest == 'D' || *rest == 'd')) {
      std::string with_e(text);
      with_e[static_cast<std::size_t>(rest - text.data())] = 'e';
      return parse_number<T>(with_e);
    }
    if (error == std::errc::result_out_of_range && rest == end) {
      const bool small = text.find("e-") != text.npos || text.find("E-") != text.npos;
      constexpr T infinity = std::numeric_limits<T>::infinity();
      return small ? T{0} : text.starts_with('-') ? -infinity : infinity;
    }
  }
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

/// `text` without spaces, tabs and line breaks at its ends.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(space) + 1));
  return text;
}

/// The beginning of a text from a file, fit for a message of one line.
[[nodiscard]] inline std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string shown(text.substr(0, longest));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text.size() > longest ? shown + "..." : shown;
}

}  // namespace stsr

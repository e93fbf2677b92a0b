#include "parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "stsr/base/error.h"
#include "stsr/base/text.h"

namespace stsr::app {

namespace {

/// The number that `text` is, from its first character to its last.
template <class T>
std::optional<T> number_in(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[noreturn]] void refuse(std::string_view option, std::string_view rule, std::string_view text) {
  throw ValueError(fmt::format("{} must be {}, got '{}'", option, rule, text));
}

constexpr std::size_t max_times = std::size_t{1} << 20U;

}  // namespace

double parse_number(std::string_view option, std::string_view text) {
  const auto value = number_in<double>(text);
  if (!value || !std::isfinite(*value)) refuse(option, "a finite number", text);
  return *value;
}

std::size_t parse_count(std::string_view option, std::string_view text, std::size_t least) {
  const auto value = number_in<std::size_t>(text);
  if (!value || *value < least)
    refuse(option, fmt::format("an integer of at least {}", least), text);
  return *value;
}

std::vector<double> parse_numbers(std::string_view option, const std::string& text) {
  std::vector<double> numbers;
  for (const std::string& item : split(text, ',')) numbers.push_back(parse_number(option, item));
  if (numbers.empty()) refuse(option, "numbers separated by commas", text);
  return numbers;
}

Dims parse_dims(std::string_view option, const std::string& text) {
  const auto items = split(text, ',');
  if (items.size() != 2 && items.size() != 3)
    refuse(option, "X,Y,Z (or X,Y for a slice), such as 128,128,64", text);
  Dims dims{parse_count(option, items[0], 1), parse_count(option, items[1], 1), 1};
  if (items.size() == 3) dims.z = parse_count(option, items[2], 1);
  return dims;
}

std::array<double, 3> parse_scale(std::string_view option, const std::string& text) {
  const auto numbers = parse_numbers(option, text);
  if (numbers.size() == 1) return {numbers[0], numbers[0], numbers[0]};
  if (numbers.size() != 3) refuse(option, "one number or three, such as 2 or 2,2,1.5", text);
  return {numbers[0], numbers[1], numbers[2]};
}

std::array<std::size_t, 3> parse_stride(std::string_view option, const std::string& text) {
  const auto items = split(text, ',');
  if (items.size() != 1 && items.size() != 3)
    refuse(option, "one integer or three, such as 2 or 2,2,1", text);
  std::array<std::size_t, 3> stride{};
  for (std::size_t axis = 0; axis < 3; ++axis)
    stride[axis] = parse_count(option, items[items.size() == 1 ? 0 : axis], 1);
  return stride;
}

std::vector<double> parse_times(std::string_view option, const std::string& text) {
  if (text.find(':') == std::string::npos) return parse_numbers(option, text);
  const auto items = split(text, ':');
  if (items.size() != 3) refuse(option, "A:B:N or a list, such as 0:4:81 or 0,0.5,1", text);
  const double first = parse_number(option, items[0]);
  const double last = parse_number(option, items[1]);
  const std::size_t count = parse_count(option, items[2], 1);
  if (count > max_times) refuse(option, fmt::format("at most {} times", max_times), items[2]);
  if (count == 1) return {first};
  std::vector<double> times(count);
  for (std::size_t i = 0; i < count; ++i)
    times[i] = std::lerp(first, last, static_cast<double>(i) / static_cast<double>(count - 1));
  return times;
}

double parse_duration(std::string_view option, const std::string& text) {
  constexpr std::string_view rule = "a time above 0 such as 90s, 10m or 1.5h";
  if (text.empty()) refuse(option, rule, text);
  double unit = 1.0;
  std::string_view digits = text;
  if (const char last = text.back(); last == 's' || last == 'm' || last == 'h') {
    unit = last == 's' ? 1.0 : last == 'm' ? 60.0 : 3600.0;
    digits.remove_suffix(1);
  }
  const auto value = number_in<double>(digits);
  if (!value || !std::isfinite(*value) || *value <= 0.0) refuse(option, rule, text);
  return *value * unit;
}

std::uint64_t parse_size(std::string_view option, const std::string& text) {
  constexpr std::string_view rule = "a size such as 8G, 512M or 0";
  constexpr std::string_view units = "KMGT";
  constexpr double max_bytes = 9e18;
  double factor = 1.0;
  std::string_view digits = text;
  const auto unit = text.empty() ? std::string_view::npos : units.find(text.back());
  if (unit != std::string_view::npos) {
    factor = std::ldexp(1.0, 10 * (static_cast<int>(unit) + 1));
    digits.remove_suffix(1);
  }
  const auto value = number_in<double>(digits);
  if (!value || !(*value >= 0.0) || !(*value * factor <= max_bytes)) refuse(option, rule, text);
  return static_cast<std::uint64_t>(*value * factor);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024.0 && unit + 1 < units.size(); ++unit) value /= 1024.0;
  return fmt::format("{:.{}g} {}", value, value < 1000.0 ? 3 : 4, units[unit]);
}

Rgb parse_colour(std::string_view option, const std::string& text) {
  const std::string_view digits = std::string_view(text).substr(text.starts_with('#') ? 1 : 0);
  std::uint32_t number = 0;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (digits.size() != 6 || code != std::errc{} || end != digits.data() + digits.size())
    refuse(option, "a colour such as #4682b4", text);
  return {static_cast<std::uint8_t>(number >> 16U), static_cast<std::uint8_t>(number >> 8U & 255U),
          static_cast<std::uint8_t>(number & 255U)};
}

const Format& parse_format(const std::string& text) {
  if (text.empty()) return default_output_format();
  const std::vector<std::string> known = output_format_names();
  if (std::find(known.begin(), known.end(), text) == known.end())
    throw ValueError(fmt::format("--format cannot be '{}'{}", text, name_hint(text, known)));
  return format_named(text);
}

Precision parse_precision(const std::string& text) {
  if (text.empty()) return Precision::float32;
  return parse_enum<Precision>("--precision", text);
}

}  // namespace stsr::app

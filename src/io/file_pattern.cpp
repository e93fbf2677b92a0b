#include "file_pattern.h"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "stsr/base/file_error.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// A file name around a number, e.g. "speed_" 0007 ".raw".
struct NumberedName {
  std::string before;
  std::string after;
  std::size_t width = 0;
  bool numbered = false;

  [[nodiscard]] std::string at(std::size_t number) const {
    return numbered ? fmt::format("{}{:0{}}{}", before, number, width, after) : before;
  }
  /// The number that makes `name`, if there is one.
  [[nodiscard]] std::optional<std::size_t> number_of(const std::string& name) const {
    if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
        !name.ends_with(after))
      return std::nullopt;
    std::size_t number = 0;
    const char* end = name.data() + name.size() - after.size();
    const auto result = std::from_chars(name.data() + before.size(), end, number);
    if (result.ec != std::errc() || result.ptr != end || at(number) != name) return std::nullopt;
    return number;
  }
};

NumberedName parse_numbered(const fs::path& pattern) {
  const std::string text = pattern.filename().string();
  NumberedName name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& part = name.numbered ? name.after : name.before;
    if (text[i] != '%') {
      part += text[i];
    } else if (text.compare(i, 2, "%%") == 0) {
      part += text[i++];
    } else {
      const std::size_t d = std::min(text.find_first_not_of("0123456789", i + 1), text.size());
      const std::string digits = text.substr(i + 1, d - i - 1);
      const bool padded = digits.empty() || (digits[0] == '0' && digits.size() <= 3);
      if (d == text.size() || text[d] != 'd' || name.numbered || !padded)
        throw_file_error(pattern,
                         "is not a pattern; give one number as %d or %04d, and %% for a percent "
                         "sign");
      name.numbered = true;
      if (!digits.empty())
        std::from_chars(digits.data(), digits.data() + digits.size(), name.width);
      i = d;
    }
  }
  return name;
}

/// True if a comes before b where runs of digits compare as numbers.
bool natural_less(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto take_number = [&](std::string_view& text) {
    std::size_t length = 0;
    while (length < text.size() && is_digit(text[length])) ++length;
    std::string_view digits = text.substr(0, length);
    text.remove_prefix(length);
    while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
    return digits;
  };
  const std::string_view whole_a = a;
  const std::string_view whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) && is_digit(b[0])) {
      const std::string_view number_a = take_number(a);
      const std::string_view number_b = take_number(b);
      if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
      if (number_a != number_b) return number_a < number_b;
    } else {
      if (a[0] != b[0]) return a[0] < b[0];
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.empty() != b.empty() ? a.empty() : whole_a < whole_b;
}

std::vector<fs::path> expand_glob(const fs::path& pattern) {
  std::vector<std::string> names;
  for (const std::string& name : names_in(pattern.parent_path()))
    if (fnmatch(pattern.filename().c_str(), name.c_str(), FNM_PERIOD) == 0) names.push_back(name);
  if (names.empty()) throw_file_error(pattern, "no file fits this pattern");
  std::sort(names.begin(), names.end(), natural_less);
  std::vector<fs::path> files;
  for (const std::string& name : names) files.push_back(pattern.parent_path() / name);
  return files;
}

/// Numbers from `first` upwards that exist, without a gap.
std::size_t count_numbered(const fs::path& pattern, const NumberedName& name, std::size_t first) {
  std::vector<std::size_t> numbers;
  for (const std::string& file : names_in(pattern.parent_path())) {
    const auto number = name.number_of(file);
    if (number && *number >= first) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  if (numbers.empty())
    throw_file_error(pattern, "no file fits this pattern from the number {}", first);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] != first + i)
      throw_file_error(pattern, "'{}' is missing though '{}' is there; set 'first' or use a glob",
                       name.at(first + i), name.at(numbers[i]));
  return numbers.size();
}

}  // namespace

std::vector<fs::path> expand_pattern(const fs::path& folder, const std::string& pattern,
                                     std::size_t first, std::optional<std::size_t> count) {
  const fs::path full = folder / pattern;
  if (pattern.empty() || !full.has_filename()) throw_file_error(full, "is not the name of a file");
  if (fs::path(pattern).parent_path().string().find_first_of("*?%") != std::string::npos)
    throw_file_error(full, "has a wildcard in a folder's name; only the file name may have one");
  if (pattern.find_first_of("*?") != std::string::npos) return expand_glob(full);
  const NumberedName name = parse_numbered(full);
  if (!name.numbered) return {full.parent_path() / name.before};
  const std::size_t steps = count ? *count : count_numbered(full, name, first);
  std::vector<fs::path> files;
  for (std::size_t i = 0; i < steps; ++i) files.push_back(full.parent_path() / name.at(first + i));
  return files;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path place = folder.empty() ? "." : folder;
  fs::directory_iterator entry(place, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error))
    names.push_back(entry->path().filename().string());
  if (error) throw_file_error(place, "cannot be listed: {}", error.message());
  return names;
}

}  // namespace stsr

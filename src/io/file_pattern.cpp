#include "file_pattern.h"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <set>
#include <string>
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

/// A number in a file name, or the text between two.
struct NamePart {
  std::string_view text;
  double number = 0.0;
  bool is_number = false;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The length of the number that `text` begins with: digits, and a fraction and an exponent.
/// @param whole  digits alone, as those of a date between its points
std::size_t number_length(std::string_view text, bool whole) {
  const auto digits_from = [&](std::size_t at) {
    while (at < text.size() && is_digit(text[at])) ++at;
    return at;
  };
  const auto digit_at = [&](std::size_t at) { return at < text.size() && is_digit(text[at]); };
  std::size_t end = digits_from(0);
  if (whole) return end;
  if (end < text.size() && text[end] == '.' && digit_at(end + 1)) {
    const std::size_t fraction = digits_from(end + 1);
    const bool groups = fraction < text.size() && text[fraction] == '.' && digit_at(fraction + 1);
    if (groups) return end;
    end = fraction;
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    const std::size_t sign = end + 1;
    const bool has_sign = sign < text.size() && (text[sign] == '-' || text[sign] == '+');
    if (digit_at(sign + (has_sign ? 1 : 0))) end = digits_from(sign + (has_sign ? 1 : 0));
  }
  return end;
}

/// The parts of a name.
/// @param minus_counts  a '-' before a number is its sign also behind a letter or digit
std::vector<NamePart> parts_of(std::string_view name, bool minus_counts) {
  std::vector<NamePart> parts;
  std::size_t begin = 0;  // of the text that is not a part yet
  for (std::size_t at = 0; at < name.size();) {
    const bool sign =
        name[at] == '-' && at + 1 < name.size() && is_digit(name[at + 1]) &&
        (minus_counts || at == 0 || std::isalnum(static_cast<unsigned char>(name[at - 1])) == 0);
    if (!sign && !is_digit(name[at])) {
      ++at;
      continue;
    }
    if (at > begin) parts.push_back({name.substr(begin, at - begin)});
    const bool in_date = at > 1 && name[at - 1] == '.' && is_digit(name[at - 2]);
    const std::size_t digits = at + (sign ? 1 : 0);
    const std::string_view text =
        name.substr(at, digits - at + number_length(name.substr(digits), in_date));
    NamePart part{text, 0.0, true};
    std::from_chars(text.data(), text.data() + text.size(), part.number);
    parts.push_back(part);
    at += text.size();
    begin = at;
  }
  if (begin < name.size()) parts.push_back({name.substr(begin)});
  return parts;
}

/// True if `a` comes before `b`: numbers by their values, all else by its letters.
bool comes_before(std::string_view a, std::string_view b, bool minus_counts) {
  const std::vector<NamePart> of_a = parts_of(a, minus_counts);
  const std::vector<NamePart> of_b = parts_of(b, minus_counts);
  for (std::size_t i = 0; i < std::min(of_a.size(), of_b.size()); ++i) {
    const NamePart& x = of_a[i];
    const NamePart& y = of_b[i];
    if (x.is_number && y.is_number) {
      if (x.number != y.number) return x.number < y.number;
    } else if (x.text != y.text) {
      return x.text < y.text;
    }
  }
  if (of_a.size() != of_b.size()) return of_a.size() < of_b.size();
  return a < b;
}

/// Sorts names by the numbers in them. Behind a letter or digit a '-' separates ("run-2") unless
/// only some of the names have one there ("t-1", "t0").
void sort_names(std::vector<std::string>& names) {
  std::set<std::string> texts;  // of names without their numbers
  for (const std::string& name : names) {
    std::string text;
    for (const NamePart& part : parts_of(name, false)) text += part.is_number ? "#" : part.text;
    texts.insert(text);
  }
  bool minus_counts = false;
  for (const std::string& text : texts) {
    std::string without;
    for (std::size_t i = 0; i < text.size(); ++i)
      if (!(text[i] == '-' && i + 1 < text.size() && text[i + 1] == '#')) without += text[i];
    minus_counts = minus_counts || (without != text && texts.contains(without));
  }
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return comes_before(a, b, minus_counts);
  });
}

/// The pattern for fnmatch in which all but * and ? stands for itself.
std::string only_wildcards(const std::string& pattern) {
  std::string escaped;
  for (const char c : pattern) {
    if (c == '[' || c == ']' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::vector<fs::path> expand_glob(const fs::path& pattern) {
  const std::string wanted = only_wildcards(pattern.filename().string());
  std::vector<std::string> names;
  for (const std::string& name : names_in(pattern.parent_path()))
    if (fnmatch(wanted.c_str(), name.c_str(), FNM_PERIOD) == 0) names.push_back(name);
  if (names.empty()) throw_file_error(pattern, "no file fits this pattern");
  sort_names(names);
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
  if (has_wildcard(pattern)) return expand_glob(full);
  const NumberedName name = parse_numbered(full);
  if (!name.numbered) return {full.parent_path() / name.before};
  const std::size_t steps = count ? *count : count_numbered(full, name, first);
  // Before as many names are made as a file asks for.
  std::error_code ignored;
  for (const std::size_t number : {first, first + steps - 1})
    if (const fs::path file = full.parent_path() / name.at(number); !fs::exists(file, ignored))
      throw_file_error(file, "is missing; there must be {} files from {} on", steps,
                       name.at(first));
  std::vector<fs::path> files;
  for (std::size_t i = 0; i < steps; ++i) files.push_back(full.parent_path() / name.at(first + i));
  return files;
}

std::vector<std::string> numbered_in(const fs::path& folder, const std::string& pattern,
                                     std::size_t count) {
  const NumberedName name = parse_numbered(pattern);
  std::vector<std::string> names;
  for (const std::string& file : names_in(folder)) {
    const auto number = name.number_of(file);
    if (number && *number < count) names.push_back(file);
  }
  return names;
}

bool has_wildcard(const fs::path& file) {
  return file.filename().string().find_first_of("*?") != std::string::npos;
}

void sort_by_numbers(std::vector<fs::path>& files) {
  std::vector<std::string> names;
  std::map<std::string, fs::path> folders;
  for (const fs::path& file : files) {
    names.push_back(file.filename().string());
    folders[names.back()] = file.parent_path();
  }
  sort_names(names);
  for (std::size_t i = 0; i < files.size(); ++i) files[i] = folders[names[i]] / names[i];
}

std::string common_pattern(std::span<const std::string> names) {
  const std::vector<NamePart> first = parts_of(names.front(), true);
  std::set<std::size_t> differ;  // the parts that are not the same in all names
  for (const std::string& name : names) {
    const std::vector<NamePart> parts = parts_of(name, true);
    if (parts.size() != first.size()) return {};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].is_number != first[i].is_number) return {};
      if (parts[i].text == first[i].text) continue;
      if (!parts[i].is_number) return {};
      differ.insert(i);
    }
  }
  if (differ.size() != 1) return {};
  std::string pattern;
  for (std::size_t i = 0; i < first.size(); ++i)
    pattern += differ.contains(i) ? "*" : first[i].text;
  return has_wildcard(names.front()) ? std::string() : pattern;
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

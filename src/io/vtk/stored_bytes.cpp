#include "stored_bytes.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "stsr/base/file_error.h"

namespace stsr {

namespace {

/// The value of each base64 digit; -1 for other characters.
constexpr auto digit_values = [] {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
  return values;
}();

/// Four characters as up to three bytes; @return how many, 0 where they are no base64.
std::size_t decode_group(const char* text, std::byte* out) {
  const std::size_t bytes = text[3] != '=' ? 3 : text[2] != '=' ? 2 : 1;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int value = i <= bytes ? digit_values[static_cast<unsigned char>(text[i])] : 0;
    if (value < 0) return 0;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
  }
  for (std::size_t i = 0; i < 3; ++i) out[i] = static_cast<std::byte>(bits >> (16 - 8 * i) & 0xFF);
  return bytes;
}

}  // namespace

std::uint64_t StoredBytes::available() const {
  const std::uint64_t stored = end_ > begin_ ? end_ - begin_ : 0;
  return base64_ ? stored / 4 * 3 : stored;
}

std::uint64_t StoredBytes::place_of(std::uint64_t bytes) const {
  return begin_ + (base64_ ? (bytes + 2) / 3 * 4 : bytes);
}

void StoredBytes::fail_at_end() const {
  throw_file_error(file_.path(), "array '{}' ends too early; the file is truncated or damaged",
                   name_);
}

void StoredBytes::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset > available() || out.size() > available() - offset) fail_at_end();
  if (base64_)
    read_base64(offset, out);
  else
    file_.read(begin_ + offset, out);
}

void StoredBytes::read_base64(std::uint64_t offset, std::span<std::byte> out) const {
  constexpr std::size_t most = std::size_t{1} << 18;  // groups at a time
  std::string text;
  std::vector<std::byte> bytes;
  while (!out.empty()) {
    const std::uint64_t first = offset / 3;
    const auto skipped = static_cast<std::size_t>(offset % 3);
    const std::size_t groups = std::min(most, (skipped + out.size() + 2) / 3);
    text.resize(groups * 4);
    bytes.resize(groups * 3);
    file_.read(begin_ + first * 4, std::as_writable_bytes(std::span(text)));
    std::size_t count = 0;
    for (std::size_t group = 0; group < groups; ++group) {
      const std::size_t decoded = decode_group(text.data() + group * 4, bytes.data() + group * 3);
      if (decoded == 0)
        throw_file_error(file_.path(),
                         "array '{}' is no base64 at byte {}; it is too short, or "
                         "damaged",
                         name_, begin_ + (first + group) * 4);
      count += decoded;
      if (decoded < 3 && group + 1 < groups) fail_at_end();
    }
    const std::size_t taken = std::min(out.size(), groups * 3 - skipped);
    if (skipped + taken > count) fail_at_end();
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(skipped), taken, out.begin());
    offset += taken;
    out = out.subspan(taken);
  }
}

}  // namespace stsr

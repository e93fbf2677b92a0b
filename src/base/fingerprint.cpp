#include "stsr/base/fingerprint.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <system_error>

#include "stsr/base/error.h"

namespace stsr {

namespace {

/// A bijection in which every bit of the result depends on every bit of `x`.
/// Source: Stafford 2011, "Better bit mixing", variant 13 (also the finaliser of SplitMix64).
std::uint64_t scrambled(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

}  // namespace

void Fingerprint::mix(std::uint64_t word) {
  // Not commutative: the rotation keeps words from trading places.
  state_ = scrambled(std::rotl(state_, 23) + word);
}

Fingerprint& Fingerprint::add(std::span<const std::byte> bytes) {
  mix(bytes.size());
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t count = bytes.size() < sizeof word ? bytes.size() : sizeof word;
    std::memcpy(&word, bytes.data(), count);
    mix(word);
    bytes = bytes.subspan(count);
  }
  return *this;
}

std::string fingerprint_text(std::uint64_t bits) {
  return fmt::format("{:016x}", bits);
}

std::uint64_t fingerprint_from(std::string_view text) {
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits, 16);
  if (text.size() != 16 || error != std::errc() || end != text.data() + text.size())
    throw ValueError(fmt::format("a fingerprint has 16 hexadecimal digits, got '{}'", text));
  return bits;
}

}  // namespace stsr

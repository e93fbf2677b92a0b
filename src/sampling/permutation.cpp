#include "stsr/sampling/permutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "stsr/base/error.h"

namespace stsr {

namespace {

/// Spreads every bit of x over all bits. Source: Steele et al. 2014, "Fast splittable pseudorandom
/// number generators" (the finaliser of SplitMix64).
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

constexpr std::uint64_t low_mask(int bits) {
  return (std::uint64_t{1} << bits) - 1;
}

}  // namespace

Permutation::Permutation(std::uint64_t n, const RandomStream& stream) : n_(n) {
  if (n == 0 || n > std::uint64_t{1} << 48)
    throw ValueError(fmt::format("a permutation needs from 1 to 2^48 elements, got {}", n));
  // At least six bits, so that the halves of tiny domains still mix.
  const int bits = std::max(6, static_cast<int>(std::bit_width(n - 1)));
  high_bits_ = bits / 2;
  low_bits_ = bits - high_bits_;
  for (std::size_t i = 0; i < rounds; i += 2) {
    const auto word = stream.words(static_cast<std::uint32_t>(i / 2));
    keys_[i] = (std::uint64_t{word[1]} << 32) | word[0];
    keys_[i + 1] = (std::uint64_t{word[3]} << 32) | word[2];
  }
}

std::uint64_t Permutation::operator()(std::uint64_t place) const {
  std::uint64_t value = place;
  do {
    std::uint64_t high = value >> low_bits_;
    std::uint64_t low = value & low_mask(low_bits_);
    int high_bits = high_bits_;
    int low_bits = low_bits_;
    for (const std::uint64_t key : keys_) {
      // (high, low) -> (low, high ^ F(low)); the widths change places with the halves.
      high = std::exchange(low, high ^ (mix(low ^ key) & low_mask(high_bits)));
      std::swap(high_bits, low_bits);
    }
    value = (high << low_bits_) | low;
  } while (value >= n_);
  return value;
}

}  // namespace stsr

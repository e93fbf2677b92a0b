#include "stsr/sampling/permutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "stsr/base/error.h"

namespace stsr {

namespace {

/// The round function: `bits` upper bits of a product that every bit of x has a part in. Two
/// multipliers of the finaliser of SplitMix64 (Steele et al. 2014, "Fast splittable pseudorandom
/// number generators"); it is quick because 16 of them follow one another for each element.
std::uint64_t mix(std::uint64_t x, int bits) {
  x *= 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 32)) * 0x94D049BB133111EBU;
  return x >> (64 - bits);
}

constexpr std::uint64_t low_mask(int bits) {
  return (std::uint64_t{1} << bits) - 1;
}

}  // namespace

Permutation::Permutation(std::uint64_t n, const RandomStream& stream, std::uint64_t number)
    : n_(n) {
  if (n == 0 || n > std::uint64_t{1} << 48)
    throw ValueError(fmt::format("a permutation needs from 1 to 2^48 elements, got {}", n));
  // At least six bits, so that the halves of tiny domains still mix.
  const int bits = std::max(6, static_cast<int>(std::bit_width(n - 1)));
  high_bits_ = bits / 2;
  low_bits_ = bits - high_bits_;
  for (std::size_t i = 0; i < rounds; i += 2) {
    const auto word = stream.words(static_cast<std::uint32_t>(number * (rounds / 2) + i / 2));
    keys_[i] = (std::uint64_t{word[1]} << 32) | word[0];
    keys_[i + 1] = (std::uint64_t{word[3]} << 32) | word[2];
  }
}

/// All rounds once: a permutation of 0..2^bits - 1. Two rounds bring the halves back to their
/// places: high ^= F(low), low ^= F(high).
std::uint64_t Permutation::encrypt(std::uint64_t value) const {
  std::uint64_t high = value >> low_bits_;
  std::uint64_t low = value & low_mask(low_bits_);
  for (std::size_t i = 0; i < rounds; i += 2) {
    high ^= mix(low ^ keys_[i], high_bits_);
    low ^= mix(high ^ keys_[i + 1], low_bits_);
  }
  return (high << low_bits_) | low;
}

std::uint64_t Permutation::operator()(std::uint64_t place) const {
  std::uint64_t value = encrypt(place);
  while (value >= n_) value = encrypt(value);
  return value;
}

void Permutation::apply(std::span<std::uint64_t> values) const {
  for (std::uint64_t& value : values) value = encrypt(value);
  for (std::uint64_t& value : values)
    if (value >= n_) value = (*this)(value);
}

}  // namespace stsr

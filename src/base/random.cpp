#include "stsr/base/random.h"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace stsr {

namespace {

/// Uniform in (0, 1): never 0, so that its logarithm is finite.
float unit(std::uint32_t word) {
  return (static_cast<float>(word >> 8) + 0.5F) * 0x1p-24F;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 2> key,
                                    std::array<std::uint32_t, 4> counter) {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53;
  constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
  constexpr std::uint32_t weyl_0 = 0x9E3779B9;
  constexpr std::uint32_t weyl_1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product_0 = multiplier_0 * counter[0];
    const std::uint64_t product_1 = multiplier_1 * counter[2];
    counter = {static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product_1),
               static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product_0)};
    key[0] += weyl_0;
    key[1] += weyl_1;
  }
  return counter;
}

std::array<std::uint32_t, 4> RandomStream::words(std::uint32_t position) const {
  return philox({static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)},
                {position, static_cast<std::uint32_t>(use), static_cast<std::uint32_t>(index),
                 static_cast<std::uint32_t>(index >> 32)});
}

void RandomStream::fill_uniform(std::span<float> out, float low, float high) const {
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = low + (high - low) * unit(words(static_cast<std::uint32_t>(i / 4))[i % 4]);
}

void RandomStream::fill_normal(std::span<float> out) const {
  for (std::size_t i = 0; i < out.size(); i += 4) {
    const auto word = words(static_cast<std::uint32_t>(i / 4));
    for (std::size_t pair = 0; pair < 4; pair += 2) {
      const float radius = std::sqrt(-2.0F * std::log(unit(word[pair])));
      const float angle = 2.0F * std::numbers::pi_v<float> * unit(word[pair + 1]);
      if (i + pair < out.size()) out[i + pair] = radius * std::cos(angle);
      if (i + pair + 1 < out.size()) out[i + pair + 1] = radius * std::sin(angle);
    }
  }
}

}  // namespace stsr

#include "stsr/base/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace stsr {

namespace {

// The constants of Philox 4x32.
constexpr std::uint64_t multiplier_0 = 0xD2511F53;
constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9;
constexpr std::uint32_t weyl_1 = 0xBB67AE85;
constexpr int rounds = 10;

/// Uniform in (0, 1]: never 0, so that its logarithm is finite.
float unit(std::uint32_t word) {
  return (static_cast<float>(static_cast<std::int32_t>(word >> 8)) + 0.5F) * 0x1p-24F;
}

/// Positions of a stream that fill_normal works on side by side, in loops that the compiler turns
/// into vector instructions (hence their run-time length: it would unroll a constant one).
constexpr std::size_t lanes = 16;
using Lanes = std::array<std::uint32_t, lanes>;

/// The four words of `count` positions from `first` on.
void philox_lanes(const RandomStream& stream, std::uint32_t first, std::size_t count,
                  std::array<Lanes, 4>& words) {
  for (std::size_t i = 0; i < count; ++i) {
    words[0][i] = first + static_cast<std::uint32_t>(i);
    words[1][i] = static_cast<std::uint32_t>(stream.use);
    words[2][i] = static_cast<std::uint32_t>(stream.index);
    words[3][i] = static_cast<std::uint32_t>(stream.index >> 32);
  }
  auto key_0 = static_cast<std::uint32_t>(stream.seed);
  auto key_1 = static_cast<std::uint32_t>(stream.seed >> 32);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t product_0 = multiplier_0 * words[0][i];
      const std::uint64_t product_1 = multiplier_1 * words[2][i];
      words[0][i] = static_cast<std::uint32_t>(product_1 >> 32) ^ words[1][i] ^ key_0;
      words[1][i] = static_cast<std::uint32_t>(product_1);
      words[2][i] = static_cast<std::uint32_t>(product_0 >> 32) ^ words[3][i] ^ key_1;
      words[3][i] = static_cast<std::uint32_t>(product_0);
    }
    key_0 += weyl_0;
    key_1 += weyl_1;
  }
}

/// ln x for normal x > 0, relative error below 3e-7: x = 2^e (1 + m) with 1 + m in
/// [sqrt(1/2), sqrt(2)); the polynomial is a least-maximum fit of ln(1 + m) / m.
float logarithm(float x) {
  constexpr std::uint32_t root_half = 0x3F3504F3;
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::int32_t e = static_cast<std::int32_t>(bits - root_half) >> 23;
  const float m = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(e) << 23)) - 1.0F;
  float p = -0.10106894725094066F;
  p = p * m + 0.16222580345462928F;
  p = p * m - 0.17250829899258852F;
  p = p * m + 0.1990016549226674F;
  p = p * m - 0.2496990905168508F;
  p = p * m + 0.3333505894424832F;
  p = p * m - 0.500003651235982F;
  p = p * m + 0.9999999453096016F;
  return p * m + 0.6931471805599453F * static_cast<float>(e);
}

/// Box-Muller on `count` pairs of words: radius from the first, angle from the second. The lowest
/// 31 bits of `angle` give an angle pi f in the right half plane, the highest one the half plane;
/// cosine and sine are least-maximum fits with errors of 5e-8 and 7e-9 before rounding.
void box_muller(const Lanes& radius, const Lanes& angle, std::size_t count, float* cosines,
                float* sines) {
  constexpr std::uint32_t sign_bit = 0x80000000;
  for (std::size_t i = 0; i < count; ++i) {
    const float positive = std::sqrt(-2.0F * logarithm(unit(radius[i])));
    const auto r =
        std::bit_cast<float>(std::bit_cast<std::uint32_t>(positive) ^ (angle[i] & sign_bit));
    const float f = static_cast<float>(static_cast<std::int32_t>(angle[i] << 1)) * 0x1p-32F;
    const float f2 = f * f;
    float sine = 0.07765944536220228F;
    sine = sine * f2 - 0.5982921803370608F;
    sine = sine * f2 + 2.5500776636365017F;
    sine = sine * f2 - 5.167710090602612F;
    sine = sine * f2 + 3.1415926401890566F;
    float cosine = 0.21969692721233203F;
    cosine = cosine * f2 - 1.3318802335364335F;
    cosine = cosine * f2 + 4.0584119277071F;
    cosine = cosine * f2 - 4.934792859614155F;
    cosine = cosine * f2 + 0.9999999534842301F;
    cosines[i] = r * cosine;
    sines[i] = r * (sine * f);
  }
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 2> key,
                                    std::array<std::uint32_t, 4> counter) {
  for (int round = 0; round < rounds; ++round) {
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
  constexpr std::size_t block = 4 * lanes;
  std::array<Lanes, 4> words;
  std::array<float, block> numbers;
  std::uint32_t position = 0;
  for (std::size_t begin = 0; begin < out.size(); begin += block, position += lanes) {
    const std::size_t wanted = std::min(block, out.size() - begin);
    const std::size_t count = std::min(wanted, lanes);
    float* target = wanted == block ? out.data() + begin : numbers.data();
    philox_lanes(*this, position, count, words);
    box_muller(words[0], words[1], count, target, target + lanes);
    if (wanted > 2 * lanes)
      box_muller(words[2], words[3], count, target + 2 * lanes, target + 3 * lanes);
    if (wanted < block)
      std::copy_n(numbers.begin(), wanted, out.begin() + static_cast<std::ptrdiff_t>(begin));
  }
}

}  // namespace stsr

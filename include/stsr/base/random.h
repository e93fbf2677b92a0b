#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace stsr {

/// What a stream of random numbers is for. Streams of different use never share numbers.
enum class RandomUse : std::uint32_t {
  weights = 1,
  latents = 2,
  shuffle = 3,
  noise = 4,
  held_out = 5,
  tests = 9
};

/// Philox 4x32-10: four random words that are a pure function of key and counter, so a number
/// depends on what it is for and never on the thread that draws it or on what was drawn before.
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 2> key,
                                                  std::array<std::uint32_t, 4> counter);

/// Names a stream: `index` separates streams of one use (a tensor, an epoch, a noise group).
struct RandomStream {
  std::uint64_t seed = 0;
  RandomUse use = RandomUse::tests;
  std::uint64_t index = 0;

  /// Fills `out` with independent uniform numbers in [low, high].
  void fill_uniform(std::span<float> out, float low, float high) const;

  /// Fills `out` with independent standard normal numbers: at most 5.9 in size, each within 1e-6
  /// of the exact Box-Muller transform of its words. Blocks of 64 numbers come from 16 positions:
  /// with w = words(16 b + i), number 64 b + i is r(w[0]) cos(w[1]), the one 16 further on
  /// r(w[0]) sin(w[1]), and those 32 and 48 further on are made of w[2] and w[3] in the same way.
  /// Only exactly rounded operations make them: the same bits on every machine.
  void fill_normal(std::span<float> out) const;

  /// The four words at `position` of the stream.
  [[nodiscard]] std::array<std::uint32_t, 4> words(std::uint32_t position) const;
};

}  // namespace stsr

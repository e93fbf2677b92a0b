#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stsr/baselines/stnet_config.h"

namespace stsr::stnet {

/// A three-dimensional convolution: weights [out][in][k][k][k], a bias [out].
struct Convolution {
  std::string name;
  std::size_t in = 0;
  std::size_t out = 0;
  std::size_t kernel = 3;

  [[nodiscard]] std::size_t weights() const { return out * in * kernel * kernel * kernel; }
  [[nodiscard]] std::size_t parameters() const { return weights() + out; }
};

/// One network's parameters: the convolutions in order, weights before bias.
using Layers = std::vector<Convolution>;

[[nodiscard]] std::size_t parameter_count(const Layers& layers);

/// The shape of STNet (method section 7).
///
///   generator      rdb0..rdb3   conv1 a->2a; conv2 on [x, x1] 3a->4a; conv3 on [x, x1, x2] 7a->b
///                  up0..        value a->8b and gate a->8b, each shuffled to b at twice the
///                               resolution; gate_conv b->b; dense b->b; out on [x1, x2] 2b->b
///                  frames       last -> u_t + 2
///   discriminator  conv1 1->c, conv2 c->d (kernel 4, stride 2), gates 2d->4d (i, f, o, g),
///                  score d->1 (kernel 4, stride 2)
struct Plan {
  StnetNetworkConfig config;
  std::size_t scale = 1;   ///< u_s, a power of two
  std::size_t frames = 2;  ///< u_t + 2
  Layers generator;
  Layers discriminator;

  [[nodiscard]] std::size_t upscales() const {
    return static_cast<std::size_t>(std::countr_zero(scale));
  }
  /// How far the dense blocks see, in coarse samples.
  [[nodiscard]] static constexpr std::size_t body_halo() { return 12; }
  /// How far what follows them sees, in coarse samples, rounded up.
  [[nodiscard]] std::size_t head_halo() const;
};

/// @throws ValueError  a number of channels is 0 or above 4096, the scale is no power of two from 1
/// to 64, the last of `features` cannot be halved for every doubling, or frames is not in 2..257.
[[nodiscard]] Plan make_plan(const StnetNetworkConfig& config, std::size_t scale,
                             std::size_t frames);

/// Kaiming-uniform weights, U(+-sqrt(6 / fan_in)), and biases 0, in the order of the layers.
/// @param first_stream  layer i draws from the stream first_stream + i
[[nodiscard]] std::vector<float> initial_parameters(const Layers& layers, std::uint64_t seed,
                                                    std::uint64_t first_stream);

}  // namespace stsr::stnet

#include "baselines/stnet/plan.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <span>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/base/shape.h"

namespace stsr::stnet {

namespace {

void check(const StnetNetworkConfig& config, std::size_t scale, std::size_t frames) {
  const auto channels = [](const char* name, std::size_t value) {
    if (value < 1 || value > 4096)
      throw ValueError(
          fmt::format("network.{} must be numbers from 1 to 4096, got {}", name, value));
  };
  for (const std::size_t value : config.features) channels("features", value);
  for (const std::size_t value : config.discriminator_features)
    channels("discriminator_features", value);
  if (!std::has_single_bit(scale) || scale > 64)
    throw ValueError(fmt::format(
        "STNet doubles the resolution step by step: u_s must be 1, 2, 4, ... up to 64, got {}",
        scale));
  if (frames < 2 || frames > 257)
    throw ValueError(
        fmt::format("STNet makes u_t + 2 frames at once: u_t must be at most 255, "
                    "got {}",
                    frames - 2));
  if (config.features.back() % scale != 0)
    throw ValueError(
        fmt::format("the last of network.features is halved with every doubling and must be a "
                    "multiple of u_s = {}, got {}",
                    scale, config.features.back()));
}

void add_dense_block(Layers& layers, const std::string& name, std::size_t in, std::size_t out) {
  layers.push_back({name + ".conv1", in, 2 * in});
  layers.push_back({name + ".conv2", 3 * in, 4 * in});
  layers.push_back({name + ".conv3", 7 * in, out});
}

void add_upscale(Layers& layers, const std::string& name, std::size_t in, std::size_t out) {
  layers.push_back({name + ".value", in, 8 * out});
  layers.push_back({name + ".gate", in, 8 * out});
  layers.push_back({name + ".gate_conv", out, out});
  layers.push_back({name + ".dense", out, out});
  layers.push_back({name + ".out", 2 * out, out});
}

}  // namespace

std::size_t parameter_count(const Layers& layers) {
  std::size_t count = 0;
  for (const Convolution& layer : layers) count += layer.parameters();
  return count;
}

std::size_t Plan::head_halo() const {
  // In fine samples: each upscaling convolves once before the shuffle and three times after it.
  std::size_t fine = 1;
  for (std::size_t at = scale; at > 1; at /= 2) fine += at + 3 * (at / 2);
  return ceil_divide(fine, scale);
}

Plan make_plan(const StnetNetworkConfig& config, std::size_t scale, std::size_t frames) {
  check(config, scale, frames);
  Plan plan{config, scale, frames, {}, {}};
  std::size_t channels = 2;
  for (std::size_t i = 0; i < config.features.size(); ++i) {
    add_dense_block(plan.generator, fmt::format("rdb{}", i), channels, config.features[i]);
    channels = config.features[i];
  }
  for (std::size_t i = 0; i < plan.upscales(); ++i) {
    add_upscale(plan.generator, fmt::format("up{}", i), channels, channels / 2);
    channels /= 2;
  }
  plan.generator.push_back({"frames", channels, frames});

  const auto [first, second] = config.discriminator_features;
  plan.discriminator = {{"conv1", 1, first, 4},
                        {"conv2", first, second, 4},
                        {"gates", 2 * second, 4 * second, 3},
                        {"score", second, 1, 4}};
  return plan;
}

std::vector<float> initial_parameters(const Layers& layers, std::uint64_t seed,
                                      std::uint64_t first_stream) {
  std::vector<float> parameters(parameter_count(layers));
  std::size_t offset = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Convolution& layer = layers[i];
    const double fan_in = static_cast<double>(layer.weights() / layer.out);
    const auto bound = static_cast<float>(std::sqrt(6.0 / fan_in));
    RandomStream{seed, RandomUse::weights, first_stream + i}.fill_uniform(
        std::span(parameters).subspan(offset, layer.weights()), -bound, bound);
    offset += layer.parameters();
  }
  return parameters;
}

}  // namespace stsr::stnet

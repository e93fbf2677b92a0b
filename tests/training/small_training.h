#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "stsr/training/network_training.h"

namespace stsr {

/// A wave that travels through a grid; `offset` tells variables apart.
inline Sequence wave(const std::string& name, const Dims& dims, std::size_t steps, double offset) {
  Sequence sequence;
  sequence.info.name = name;
  sequence.info.grid.dims = dims;
  for (std::size_t t = 0; t < steps; ++t) {
    sequence.info.times.push_back(static_cast<double>(t));
    std::vector<float> values;
    for (std::size_t z = 0; z < dims.z; ++z)
      for (std::size_t y = 0; y < dims.y; ++y)
        for (std::size_t x = 0; x < dims.x; ++x)
          values.push_back(static_cast<float>(offset + std::sin(0.5 * static_cast<double>(x + y) +
                                                                0.3 * static_cast<double>(z) -
                                                                0.4 * static_cast<double>(t))));
    sequence.steps.push_back(std::move(values));
  }
  return sequence;
}

inline Config small_config() {
  Config config;
  config.network.width = 16;
  config.network.residual_blocks = 1;
  config.network.latent_length = 8;
  config.training.batch_rows = 64;
  config.training.noise_group = 4;
  config.training.epochs = 6;
  config.training.keep_samples = false;
  return config;
}

inline TrainingRequest small_request(const std::filesystem::path& output) {
  TrainingRequest request;
  request.sequences = {wave("a", {9, 8, 5}, 4, 0.0), wave("b", {6, 7, 4}, 3, 10.0)};
  request.output = output;
  request.config = small_config();
  return request;
}

}  // namespace stsr

#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "stsr/volume/grid.h"
#include "stsr/volume/image.h"

namespace stsr {

/// Two volumes or pictures to compare.
template <class T>
struct Compared {
  T truth;
  T result;
};

/// The volumes of tests/golden/made_up.py.
inline Compared<std::vector<float>> made_up_volumes(const Dims& dims, double offset = 0.0) {
  Compared<std::vector<float>> pair;
  for (std::size_t k = 0; k < dims.z; ++k)
    for (std::size_t j = 0; j < dims.y; ++j)
      for (std::size_t i = 0; i < dims.x; ++i) {
        const auto x = static_cast<double>(i);
        const auto y = static_cast<double>(j);
        const auto z = static_cast<double>(k);
        const auto truth = static_cast<float>(offset + 3.0 * std::sin(0.21 * x + 0.13 * y) +
                                              2.0 * std::cos(0.17 * y + 0.29 * z) + 0.02 * x);
        pair.truth.push_back(truth);
        pair.result.push_back(static_cast<float>(static_cast<double>(truth) +
                                                 0.4 * std::sin(0.9 * x + 0.7 * y + 1.1 * z)));
      }
  return pair;
}

/// The pictures of tests/golden/made_up.py.
inline Compared<Image> made_up_pictures(std::size_t width, std::size_t height) {
  Compared<Image> pair{{width, height, {}}, {width, height, {}}};
  for (std::size_t y = 0; y < height; ++y)
    for (std::size_t x = 0; x < width; ++x)
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t first = (7 * x + 3 * y + 50 * c + x * y / 8) % 256;
        const std::size_t second = std::min<std::size_t>(first + (x * x + 3 * y + 5 * c) % 41, 255);
        pair.truth.pixels.push_back(static_cast<std::uint8_t>(first));
        pair.result.pixels.push_back(static_cast<std::uint8_t>(second));
      }
  return pair;
}

/// `count` numbers in [-1, 1) as in tests/golden/made_up.py: bits of splitmix64.
inline std::vector<double> hashed(std::size_t count, std::uint64_t seed) {
  std::vector<double> numbers;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t z = (i + (seed << 32U)) * 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z = z ^ (z >> 31U);
    numbers.push_back(static_cast<double>(z >> 40U) / 8388608.0 - 1.0);
  }
  return numbers;
}

inline nlohmann::json golden(const std::string& name) {
  std::ifstream file(std::string(STSR_GOLDEN_DIR) + "/" + name);
  return nlohmann::json::parse(file);
}

}  // namespace stsr

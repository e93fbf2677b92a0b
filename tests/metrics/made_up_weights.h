#pragma once

#include <cmath>
#include <vector>

#include "made_up.h"
#include "stsr/metrics/lpips.h"

namespace stsr {

/// offset + factor * number, in float32.
inline std::vector<float> rounded(const std::vector<double>& numbers, double factor,
                                  double offset) {
  std::vector<float> values;
  for (const double number : numbers)
    values.push_back(static_cast<float>(offset + factor * number));
  return values;
}

/// The weights of tests/golden/make_lpips.py.
inline LpipsWeights made_up_weights() {
  LpipsWeights weights;
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    const ImageConvolution& c = alexnet[n];
    const std::size_t fan_in = c.inputs * c.window * c.window;
    const std::uint64_t seed = 10 * (n + 1);
    weights.layers[n] = {rounded(hashed(c.outputs * fan_in, seed),
                                 std::sqrt(6.0 / static_cast<double>(fan_in)), 0.0),
                         rounded(hashed(c.outputs, seed + 1), 0.1, 0.0),
                         rounded(hashed(c.outputs, seed + 2), 0.5, 0.5)};
  }
  return weights;
}

}  // namespace stsr

#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "stsr/base/error.h"

namespace stsr {

/// Weights that are to be saved. @throws NumericError  one of them is not finite.
inline void check_finite_weights(std::span<const float> weights) {
  if (std::all_of(weights.begin(), weights.end(), [](float w) { return std::isfinite(w); })) return;
  throw NumericError(
      "the network's weights are not finite any more and are not saved; lower the learning rates "
      "and begin anew");
}

}  // namespace stsr

#pragma once

#include <optional>

#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// A number that stands where there are no data, and was not declared as missing.
struct FillValue {
  float value = 0.0F;
  double share = 0.0;  ///< of the values of a time step, in [0, 1]
};

/// What is probably one, if anything is: a value that at least 0.5 % of the samples of a time step
/// have exactly, and that either lies apart from all others, by more than a tenth of their range
/// (-9999, 1e20), or is 0 at the same samples in the first, the middle and the last time step.
/// A training that takes it for data learns the jumps around it. Reads these three steps.
[[nodiscard]] std::optional<FillValue> probable_fill_value(const StoredSequence& sequence);

}  // namespace stsr

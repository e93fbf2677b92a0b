#pragma once

#include <array>

#include "stsr/volume/sequence.h"

namespace stsr {

/// The times that the network sees as -1 and 1. At scale 1, the first and the last time of a
/// variable: of all time steps before a reduction where that is known, else of the kept ones
/// (method section 1). At another one, those with the same middle that make these -scale and scale.
/// @throws ValueError  the variable has no time step.
[[nodiscard]] std::array<double, 2> time_span(const VariableInfo& info, double scale = 1.0);

/// Network time: linear, -1 at span[0], 1 at span[1] and beyond; 0 where the two are equal.
[[nodiscard]] double network_time(const std::array<double, 2>& span, double time);

}  // namespace stsr

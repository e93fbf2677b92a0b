#pragma once

#include <array>

#include "stsr/volume/sequence.h"

namespace stsr {

/// The first and the last time of a variable, which the network sees as -1 and 1: of all time steps
/// before a reduction where that is known, else of the kept ones (method section 1).
/// @throws ValueError  the variable has no time step.
[[nodiscard]] std::array<double, 2> time_span(const VariableInfo& info);

/// Network time: linear, -1 at span[0], 1 at span[1] and beyond; 0 where the two are equal.
[[nodiscard]] double network_time(const std::array<double, 2>& span, double time);

}  // namespace stsr

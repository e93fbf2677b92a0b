#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace stsr {

/// Numbers for an axis: multiples of 1, 2 or 5 times a power of ten in [lo, hi], as many as fit
/// into `max_ticks` and at least two where any step gives them.
/// @param lo, hi  finite, lo < hi
[[nodiscard]] std::vector<double> nice_ticks(double lo, double hi, std::size_t max_ticks);

/// Their texts, all with as many decimals; in powers of ten where they are very large or small.
[[nodiscard]] std::vector<std::string> tick_texts(const std::vector<double>& ticks);

}  // namespace stsr

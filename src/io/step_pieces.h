#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "stsr/io/step_values.h"

namespace stsr {

/// Calls f with one piece of at most `max_values` after the other, so that mapped values never take
/// more memory than one.
template <class F>
void for_each_piece(const StepValues& values, std::size_t max_values, const F& f) {
  const std::span<const float> all = values.values();
  for (std::size_t begin = 0; begin < all.size(); begin += max_values) {
    f(all.subspan(begin, std::min(max_values, all.size() - begin)));
    values.release_memory();
  }
}

}  // namespace stsr

#pragma once

#include <cstddef>
#include <span>

namespace stsr {

/// Two neighbouring time steps and the weight of the later one.
struct TimeBlend {
  std::size_t first = 0;
  std::size_t second = 0;  ///< equal to `first` at a step, before the first and after the last one
  double weight = 0.0;     ///< of `second`
};

/// Linear interpolation in time; the end steps are held outside. @param times  increasing, not
/// empty
[[nodiscard]] TimeBlend blend_at(std::span<const double> times, double time);

}  // namespace stsr

#pragma once

#include <cstdint>

namespace stsr {

/// One training sample: the local sample (t, z, y, x) of a variable with
/// row = ((t*lz + z)*ly + y)*lx + x, where lx, ly, lz are the local indices of its Partition.
struct TrainingRow {
  static constexpr std::uint64_t none = ~std::uint64_t{0};  ///< `row` of a place without a sample

  std::uint32_t variable = 0;
  std::uint64_t row = none;
  bool operator==(const TrainingRow&) const = default;
};

}  // namespace stsr

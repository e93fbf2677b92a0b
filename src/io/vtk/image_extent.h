#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "stsr/volume/grid.h"

namespace stsr {

/// A box of samples: the first and the last along x, y, z, as VTK counts them; it is empty where a
/// last one comes before its first.
struct Extent {
  std::array<std::int64_t, 3> first{};
  std::array<std::int64_t, 3> last{};

  [[nodiscard]] bool empty() const;
  /// Of an extent that is not empty.
  [[nodiscard]] Dims dims() const;
  bool operator==(const Extent&) const = default;
};

/// What lies in both; empty where nothing does.
[[nodiscard]] Extent overlap(const Extent& a, const Extent& b);

/// How many samples of `whole` lie in none of the boxes.
/// @throws ValueError  the boxes leave more than a million gaps.
[[nodiscard]] std::uint64_t uncovered(const Extent& whole, std::span<const Extent> boxes);

}  // namespace stsr

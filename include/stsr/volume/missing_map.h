#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stsr {

/// Which coarse samples hold no value. One bit a sample, x fastest, lowest bit first; one map for
/// all time steps where they agree, else one per step; no map where nothing is missing.
struct MissingMap {
  std::vector<std::vector<std::uint8_t>> steps;

  [[nodiscard]] bool any() const { return !steps.empty(); }
  [[nodiscard]] bool missing(std::size_t step, std::size_t index) const {
    if (steps.empty()) return false;
    const auto& bits = steps[steps.size() == 1 ? 0 : step];
    return ((bits[index / 8] >> (index % 8)) & 1U) != 0;
  }
  bool operator==(const MissingMap&) const = default;
};

}  // namespace stsr

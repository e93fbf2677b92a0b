#include "stsr/sampling/block_choice.h"

#include <algorithm>

namespace stsr {

std::array<std::size_t, 3> choose_split(std::span<const StoredSequence> sequences, double rows) {
  constexpr double enough_passes = 16.0;
  constexpr std::size_t max_blocks = 64;
  constexpr double least_samples = 16.0;  // along the axis that is halved
  std::array<std::size_t, 3> split{1, 1, 1};
  double samples = 0.0;
  std::array<double, 3> block{};  // samples along x, y, z, of the largest grid
  for (const StoredSequence& sequence : sequences) {
    const Dims& dims = sequence.info.grid.dims;
    samples += static_cast<double>(dims.count()) * static_cast<double>(sequence.info.times.size());
    for (std::size_t axis = 0; axis < 3; ++axis)
      block[axis] = std::max(block[axis], static_cast<double>(dims[axis]));
  }
  for (std::size_t blocks = 1; blocks < max_blocks; blocks *= 2) {
    const auto longest = std::max_element(block.begin(), block.end());
    const bool enough = rows * static_cast<double>(blocks) >= enough_passes * samples;
    if (enough || *longest < least_samples) break;
    *longest /= 2.0;
    split[static_cast<std::size_t>(longest - block.begin())] *= 2;
  }
  return split;
}

}  // namespace stsr

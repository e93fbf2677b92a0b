#include "stsr/sampling/block_choice.h"

#include <algorithm>

#include "stsr/sampling/coordinate_scale.h"

namespace stsr {

std::array<std::size_t, 3> choose_split(std::span<const StoredSequence> sequences, double rows) {
  constexpr double enough_passes = 40.0;
  constexpr std::size_t max_blocks = 64;
  constexpr double least_samples = 16.0;  // along the axis that is halved
  double samples = 0.0;
  std::array<double, 3> block{};  // samples along x, y, z, of the largest grid
  for (const StoredSequence& sequence : sequences) {
    const Dims& dims = sequence.info.grid.dims;
    samples += static_cast<double>(dims.count()) * static_cast<double>(sequence.info.times.size());
    for (std::size_t axis = 0; axis < 3; ++axis)
      block[axis] = std::max(block[axis], static_cast<double>(dims[axis]));
  }
  std::array<std::size_t, 3> split{1, 1, 1};
  const auto enough = [&] {
    const auto blocks = static_cast<double>(split[0] * split[1] * split[2]);
    return rows * blocks >= enough_passes * samples || blocks >= max_blocks;
  };
  if (enough()) return split;
  std::array<double, 3> variation =
      coordinate_scale(sequences, {BlockMode::shared_faces, split}).space;
  while (!enough()) {
    std::size_t most = 3;
    for (std::size_t axis = 0; axis < 3; ++axis)
      if (block[axis] >= least_samples && (most == 3 || variation[axis] > variation[most]))
        most = axis;
    if (most == 3) break;
    split[most] *= 2;
    block[most] /= 2.0;
    variation[most] /= 2.0;
  }
  return split;
}

}  // namespace stsr

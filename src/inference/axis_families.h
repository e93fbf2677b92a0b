#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stsr/sampling/partition.h"

namespace stsr {

/// Output samples along one axis that one pass of the network can share. All coordinates of a
/// family are wanted from the same blocks, so a row at coordinate i evaluates all of them and
/// gives the samples outputs[i*blocks.size() + b] from blocks[b].
struct AxisFamily {
  std::vector<std::size_t> blocks;   ///< ascending
  std::vector<float> coordinates;    ///< local, as the network sees them
  std::vector<std::size_t> outputs;  ///< [coordinates][blocks], indices into the chosen outputs
};

/// Sorts output samples by local coordinate (equal within 1e-9 of a coarse interval) and by the set
/// of blocks that own a sample there. Every output is in exactly one family, once.
///
/// At integer scales nearly all coordinates fall into one family of all blocks; at other scales
/// most families have one block.
///
/// @param positions  of all output samples along the axis, in units of the coarse index
/// @param chosen     indices into `positions`; AxisFamily::outputs are indices into this list
[[nodiscard]] std::vector<AxisFamily> axis_families(const AxisPartition& axis,
                                                    std::span<const double> positions,
                                                    std::span<const std::size_t> chosen);

}  // namespace stsr

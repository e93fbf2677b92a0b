#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// How many blocks along each axis, where `blocks.split` leaves that open: as few as the training
/// has time for. One pass of the network serves a sample of every block, so more blocks learn
/// faster; but what one block learns of the data, another does not know, so fewer blocks know more
/// in the end (docs/quality.md). They are doubled, the longest first, until every sample is trained
/// on about 16 times, or there are 64 or none could be halved that has 16 samples along an axis.
/// @param sequences  coarse; at least one, else one block
/// @param rows       of one sample a block, that the training has time for
[[nodiscard]] std::array<std::size_t, 3> choose_split(std::span<const StoredSequence> sequences,
                                                      double rows);

}  // namespace stsr

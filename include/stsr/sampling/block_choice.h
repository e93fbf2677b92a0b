#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// How many blocks along each axis, where `blocks.split` leaves that open: as few as the training
/// has time for. One pass of the network serves a sample of every block, so more blocks learn
/// faster; but what one block learns of the data, another does not know, so fewer blocks know more
/// in the end (docs/quality.md). They are halved, along the axis on which the data vary most in a
/// block (coordinate_scale), until every sample is trained on about 40 times, or there are 64, or
/// no axis of a block has 16 samples.
/// @param sequences  coarse; that none is empty is checked by check_trainable()
/// @param rows       of one sample a block, that the training has time for
[[nodiscard]] std::array<std::size_t, 3> choose_split(std::span<const StoredSequence> sequences,
                                                      double rows);

}  // namespace stsr

#pragma once

#include <array>
#include <span>

#include "stsr/sampling/block_config.h"
#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// What multiplies the local coordinates along x, y, z and the network time, so that the data vary
/// equally fast along each of them (root mean square, over all variables).
///
/// A sine network bends as fast along all of its inputs. Where every axis and the whole time span
/// are [-1, 1], it is therefore free to bend between the samples of a short axis and between the
/// steps of a short sequence, whether the data do or not. The wavenumber of a variable along an
/// axis is taken from neighbouring samples, k = rms(difference) / rms(fluctuation) radians per
/// sample (2 sin(q/2) for a sine of q); times half the samples of a block, or of the time span, it
/// is the variation b per unit of the coordinate, and
///
///   scale = m max(b / b_max, 0.02),   m = max(1, b_max / 5),
///
/// so that the axis of the most variation spans [-1, 1] and has at most 5 radians per unit.
/// Constant data have scale 1.
struct CoordinateScale {
  std::array<double, 3> space{1.0, 1.0, 1.0};
  double time = 1.0;
};

/// Of the coarse samples of all variables. Missing values do not count. Reads at most 32 pairs of
/// time steps of a variable, evenly spread.
[[nodiscard]] CoordinateScale coordinate_scale(std::span<const StoredSequence> sequences,
                                               const BlockConfig& blocks);

}  // namespace stsr

#pragma once

#include <cstddef>

#include "stsr/inference/field.h"
#include "stsr/model/correction.h"
#include "stsr/sampling/held_out.h"
#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// How far to believe a network that was trained without some samples, from these samples.
///
/// In space, over the held-out planes: e is what interpolation across a plane misses the sample by,
/// g what the network says about the same thing, its own value less the interpolation of its own
/// values. In time, over the held-out cubes, the same with the steps before and after, linearly.
/// The share of the network that leaves the smallest error is w = <e, g> / <g, g>, the correlation
/// rho = <e, g> / sqrt(<e, e> <g, g>), and the error that stays 1 - rho^2 of that of TL.
///
/// The distance between the neighbours of a held-out plane is twice that of the samples between
/// which the output lies. With r what is left of interpolation's error where that distance is
/// halved, rho there follows from the planes' by 1/rho^2 - 1 = max(1, 0.5/r^2) (1/rho_planes^2 -
/// 1), and w in space is rho^2 <e, e> / <e, g>: the network finds the same part of the error, and
/// half of the rest of what it says is left (docs/quality.md). In time both carry over.
/// Where the error does not fall at all (r from 0.9 to 1.1), the samples do not resolve the data,
/// and w is 0 everywhere. Where a sequence has no planes, w is 1/2; where it has two time steps, w
/// is 1/2 in time, which is never worse than TL where the network is right in a quarter.
///
/// Beyond the last samples TL holds the last value, and the last planes tell the same of what the
/// network adds to the plane before it. Where rho of these and the planes between others together
/// is near 1 (from 0.8 to 0.95) and that of the latter is not, their w and rho are those of the
/// space between samples. Without last planes, w beyond is that between samples.
///
/// In the first and the last interval of time, w is less where the network bends less like the
/// parabolas through three steps' samples than in the others.
///
/// Expected gain: what stays of TL's error, in space that across planes as it falls to the places
/// between samples, and that of the last planes; between time steps, with that in time: the shares
/// that the network has of TL's errors at what is held out, times what the network says at places
/// between samples and at times between steps.
/// @param network   trained without `held_out`
/// @param variable  of the network
/// @param sequence  its samples, in the data's unit
[[nodiscard]] Correction validate(const Field& network, std::size_t variable,
                                  const StoredSequence& sequence, const HeldOut& held_out);

}  // namespace stsr

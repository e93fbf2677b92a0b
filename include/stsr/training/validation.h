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
/// which the output lies, and correlation is lost on the way from one to the other wherever the
/// data have detail below the distance of samples. So w in space counts down to a half and rho to
/// 0.7 of what the planes say, unless rho is near 1 (from 0.8 to 0.95), or the error of
/// interpolation falls little where the distance is halved (by a factor of 0.4 to 0.6), which makes
/// both tasks the same (docs/quality.md); in time both carry over. Where it falls by a factor of
/// 0.2 or less (from 0.3 on), interpolation between samples is so much better than across planes
/// that w is 0 unless rho is near 1. Where the error does not fall at all (0.9 to 1.1), the samples
/// do not resolve the data, and w is 0 everywhere. Where a sequence has no planes, w is 1/2; where
/// it has two time steps, w is 1/2 in time, which is never worse than TL where the network is right
/// in a quarter.
///
/// Beyond the last samples TL holds the last value, and the last planes tell the same of what the
/// network adds to the plane before it. Where rho of these and the planes between others together
/// is near 1 (from 0.8 to 0.95), their w and rho are those of the space between samples. Without
/// last planes, w beyond is that between samples.
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

#pragma once

#include "stsr/training/training_config.h"

namespace stsr {

/// What multiplies all learning rates at `progress` in [0, 1] of a run: 1 for `constant`;
///   final_rate + (1 - final_rate) (1 + cos(pi progress)) / 2    for `cosine`.
/// @throws ValueError  final_rate is outside [0, 1].
[[nodiscard]] double rate_factor(ScheduleKind kind, double final_rate, double progress);

}  // namespace stsr

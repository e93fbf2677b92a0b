#include "stsr/training/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "stsr/base/error.h"

namespace stsr {

double rate_factor(ScheduleKind kind, double final_rate, double progress) {
  if (!(final_rate >= 0.0 && final_rate <= 1.0))
    throw ValueError(fmt::format("training.final_rate must be in [0, 1], got {}", final_rate));
  if (kind == ScheduleKind::constant) return 1.0;
  const double angle = std::numbers::pi * std::clamp(progress, 0.0, 1.0);
  return final_rate + (1.0 - final_rate) * 0.5 * (1.0 + std::cos(angle));
}

}  // namespace stsr

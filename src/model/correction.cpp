#include "stsr/model/correction.h"

#include <fmt/format.h>

#include <algorithm>

namespace stsr {

std::string expectation_text(const Correction& correction) {
  double most = 0.0;
  Correction::fields(
      correction, [&](const char* /*name*/, double weight) { most = std::max(most, weight); },
      [](const char* /*name*/, double /*gain*/) {});
  if (most == 0.0) return "nothing over interpolation: the output is interpolation";
  return fmt::format(
      "{:.1f} dB over interpolation at kept time steps, {:.1f} dB between (the network counts "
      "{:.0f} % in space, {:.0f} % in time)",
      correction.kept_gain, correction.between_gain, 100.0 * correction.space,
      100.0 * correction.time);
}

}  // namespace stsr

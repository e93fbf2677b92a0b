#include "stsr/model/correction.h"

#include <fmt/format.h>

namespace stsr {

std::string expectation_text(const Correction& correction) {
  if (correction.space == 0.0 && correction.time == 0.0 && correction.beyond == 0.0)
    return "nothing over interpolation: the output is interpolation";
  return fmt::format(
      "{:.1f} dB over interpolation at kept time steps, {:.1f} dB between (the network counts "
      "{:.0f} % in space, {:.0f} % in time)",
      correction.kept_gain, correction.between_gain, 100.0 * correction.space,
      100.0 * correction.time);
}

}  // namespace stsr

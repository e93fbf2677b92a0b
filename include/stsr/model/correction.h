#pragma once

#include <string>

namespace stsr {

/// How much of a network is to be believed beside the interpolation of its samples, and what that
/// is expected to gain (training/validation.h says how it is measured, without any truth).
///
///   value = TL(samples) + space * TL_time(f - TL_space(f)) + time * (f - TL_time(f))
///
/// where f is the network, TL_space interpolates its values at the coarse samples of a kept time
/// step and TL_time its time steps, linearly. With 1 and 1 this is the network plus its
/// interpolated residual; with 0 and 0 it is TL. Beyond the last sample of an axis, where TL holds
/// the value at the nearest place within the samples, it is the value there and
/// beyond * (f - f there). Between the first two kept time steps, and between the last two, where
/// a network has samples on one side only, `first` and `last` are in place of `time`.
struct Correction {
  double space = 1.0;  ///< in [0, 1], as all weights
  double time = 1.0;
  double beyond = 1.0;
  double first = 1.0;
  double last = 1.0;
  /// Expected gain in PSNR over TL, dB, of kept time steps and of those between them.
  double kept_gain = 0.0;
  double between_gain = 0.0;

  /// Calls visit(name, weight), and visit_gain(name, gain), as model files name them.
  template <class Self, class Visit, class VisitGain>
  static void fields(Self& self, const Visit& visit, const VisitGain& visit_gain) {
    visit("space", self.space);
    visit("time", self.time);
    visit("beyond", self.beyond);
    visit("first", self.first);
    visit("last", self.last);
    visit_gain("kept_gain", self.kept_gain);
    visit_gain("between_gain", self.between_gain);
  }
  bool operator==(const Correction&) const = default;
};

/// For people, e.g. "1.2 dB over interpolation at kept time steps, 6.7 dB between (the network
/// counts 80 % in space, 97 % in time)".
[[nodiscard]] std::string expectation_text(const Correction& correction);

}  // namespace stsr

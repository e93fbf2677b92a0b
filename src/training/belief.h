// What is concluded from held-out samples: how far a network is to be believed beside
// interpolation. docs/quality.md has the reasons. validation.cpp measures.
#pragma once

#include <algorithm>
#include <cmath>

#include "stsr/base/mean_square.h"

namespace stsr {

/// 0 up to `from`, 1 from `to` on.
inline double rises(double x, double from, double to) {
  return std::clamp((x - from) / (to - from), 0.0, 1.0);
}

/// Sums over samples of e, what interpolation misses, and g, what the network says of it.
struct Agreement {
  double ee = 0.0;
  double eg = 0.0;
  double gg = 0.0;

  void add(double e, double g, double share = 1.0) {
    if (!std::isfinite(e) || !std::isfinite(g)) return;
    ee += share * e * e;
    eg += share * e * g;
    gg += share * g * g;
  }
  void add(const Agreement& other) {
    ee += other.ee;
    eg += other.eg;
    gg += other.gg;
  }
  [[nodiscard]] bool measured() const { return ee > 0.0 && gg > 0.0; }
  [[nodiscard]] double weight() const { return std::clamp(eg / gg, 0.0, 1.0); }
  [[nodiscard]] double correlation() const { return std::clamp(eg / std::sqrt(ee * gg), 0.0, 1.0); }
};

/// How much is to be believed, and how large a share of TL's error that explains (rho^2).
struct Belief {
  double weight = 0.0;
  double correlation = 0.0;
  double share_of_error = 1.0;  ///< of TL's mean square error, in what the network says of it

  [[nodiscard]] static Belief measured(const Agreement& all) {
    return {all.weight(), all.correlation(), all.ee / all.gg};
  }
  [[nodiscard]] static Belief prior(double weight, double correlation) {
    return {weight, correlation, weight * weight / (correlation * correlation)};
  }
  void scale(double factor) {
    weight *= factor;
    correlation *= factor;
  }
  /// What stays of TL's error.
  [[nodiscard]] double stays() const { return 1.0 - correlation * correlation; }
};

/// What the held-out planes tell.
struct SpaceBelief {
  Belief inside;  // of the samples
  Belief beyond;  // the last ones
  /// TL's error beyond the last samples, in TL's error inside; sums over all places.
  double error_beyond = 0.0;
  /// 0 where the samples do not resolve the data, so that nothing is known between them, 1 where
  /// they do.
  double resolved = 1.0;

  /// What stays of TL's error.
  [[nodiscard]] double stays() const {
    return (inside.stays() + error_beyond * beyond.stays()) / (1.0 + error_beyond);
  }
};

/// What was measured across planes, for the places between samples: half as far apart.
/// @param ratio  of TL's error where the distance of samples is halved
/// @param trust  that the network is nearly right, from 0 to 1
inline Belief carried_over(Belief measured, double ratio, double trust) {
  constexpr double lost_weight = 0.5;
  constexpr double lost_correlation = 0.3;
  const double sure = std::max(trust, rises(ratio, 0.4, 0.6));
  const double known = std::max(sure, rises(ratio, 0.2, 0.3));
  measured.weight *= known * (1.0 - lost_weight * (1.0 - sure));
  measured.correlation *= known * (1.0 - lost_correlation * (1.0 - sure));
  return measured;
}

/// What the planes say of the places between samples. A network that is nearly right about these
/// and the last planes together is right here, too, even where what interpolation misses is too
/// little for a network in the middle of its training.
inline Belief believed_inside(const Agreement& inside, const Agreement& beyond, double ratio) {
  if (!inside.measured()) return Belief::prior(0.5, 0.5);
  Agreement both = inside;
  both.add(beyond);
  const auto nearly_right = [](const Agreement& all) {
    return rises(all.correlation(), 0.8, 0.95);
  };
  const double trust = nearly_right(both);
  Belief belief = Belief::measured(inside);
  belief.weight += trust * (both.weight() - belief.weight);
  belief.correlation += trust * (both.correlation() - belief.correlation);
  return carried_over(belief, ratio, std::max(trust, nearly_right(inside)));
}

/// What samples and network say of how a variable bends between kept time steps, in time: e is how
/// far the parabola through the samples of three steps lies from the line through two, g the same
/// of the network.
struct Bends {
  Agreement first;  // between the first two kept steps
  Agreement last;
  Agreement inner;
  MeanSquare inside;  // of the network's, in all but the first and the last interval
  MeanSquare ends;

  /// @param before, after  whether there are kept steps beside the two around it
  void add(bool before, bool after, double e, double g) {
    (before && after ? inner : before ? last : first).add(e, g);
    if (std::isfinite(g)) (before && after ? inside : ends).add(g);
  }
  /// Mean square of the network less its own linear interpolation.
  [[nodiscard]] double network() const { return inner.gg > 0.0 ? inside.value() : ends.value(); }

  /// How much less a network is to be believed in the first or the last interval than in the
  /// others, 0 to 1. Samples lie on one side only there, and a network that is right in between was
  /// seen to bend the wrong way.
  [[nodiscard]] double trust(const Agreement& end) const {
    if (!(end.ee > 0.0 && end.gg > 0.0)) return 1.0;
    constexpr double tells = 0.2;  // correlation from which on the parabolas say something
    if (inner.measured() && inner.correlation() >= tells)
      return rises(end.eg / end.gg / (inner.eg / inner.gg), 0.0, 0.7);
    if (inner.measured()) return 1.0;
    // Three steps: where parabolas and network agree in form, how far the network bends beyond them
    // is too much.
    const double agreed = end.eg / std::sqrt(end.ee * end.gg);
    const double known = rises(agreed, 0.6, 0.9);
    return rises(agreed, -0.1, tells) *
           (1.0 - known * (1.0 - rises(std::sqrt(end.ee / end.gg), 0.0, 0.8)));
  }
};

}  // namespace stsr

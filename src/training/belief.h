// What is concluded from held-out samples: how far a network is to be believed beside
// interpolation. docs/quality.md has the reasons. validation.cpp measures.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

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
  std::size_t count = 0;

  void add(double e, double g, double share = 1.0) {
    if (!std::isfinite(e) || !std::isfinite(g)) return;
    ee += share * e * e;
    eg += share * e * g;
    gg += share * g * g;
    ++count;
  }
  void add(const Agreement& other) {
    ee += other.ee;
    eg += other.eg;
    gg += other.gg;
    count += other.count;
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

/// What was measured across planes, for the places between samples: half as far apart, where the
/// error e of interpolation is `ratio` of what it is across planes. The network has found as large
/// a part of e, <e, g> / <e, e>, there as here. What it says beside that is noise, of which a share
/// is left.
inline Belief carried_over(const Agreement& across, double ratio) {
  constexpr double noise_left = 0.5;
  const double noise = std::max(1.0, noise_left / (ratio * ratio));  // in e's mean squares
  const double found = std::max(0.0, across.eg / across.ee);
  const double known = across.correlation() * across.correlation();
  if (known == 0.0) return {0.0, 0.0, across.ee / across.gg / noise};
  const double explained = 1.0 / (1.0 + noise * (1.0 / known - 1.0));
  return {std::min(1.0, explained / found), std::sqrt(explained), explained / (found * found)};
}

/// What the planes say of the places between samples. A network that is nearly right about these
/// and the last planes together is right here, too, even where what interpolation misses is too
/// little for a network in the middle of its training.
inline Belief believed_inside(const Agreement& inside, const Agreement& beyond, double ratio) {
  if (!inside.measured()) return Belief::prior(0.5, 0.5);
  Belief belief = carried_over(inside, ratio);
  if (!beyond.measured()) return belief;
  Agreement both = inside;
  both.add(beyond);
  const auto nearly_right = [](const Agreement& all) {
    return rises(all.correlation(), 0.8, 0.95);
  };
  const double trust = std::max(0.0, nearly_right(both) - nearly_right(inside));
  belief.weight += trust * (both.weight() - belief.weight);
  belief.correlation += trust * (both.correlation() - belief.correlation);
  return belief;
}

/// What samples and network say of how a variable bends between kept time steps, in time: e is how
/// far the parabola through the samples of three steps lies from the line through two, g the same
/// of the network.
struct Bends {
  Agreement first;  // between the first two kept steps
  Agreement last;
  Agreement inner;

  /// @param before, after  whether there are kept steps beside the two around it
  void add(bool before, bool after, double e, double g) {
    (before && after ? inner : before ? last : first).add(e, g);
  }
  /// Mean square of the network less its own linear interpolation, in the inner intervals if there
  /// are any.
  [[nodiscard]] double network() const {
    Agreement all = inner;
    if (all.count == 0) {
      all.add(first);
      all.add(last);
    }
    return all.count == 0 ? 0.0 : all.gg / static_cast<double>(all.count);
  }

  /// How much less a network is to be believed in the first or the last interval than in the
  /// others, 0 to 1. Samples lie on one side only there, and a network that is right in between was
  /// seen to bend the wrong way.
  [[nodiscard]] double trust(const Agreement& end) const {
    if (!(end.ee > 0.0 && end.gg > 0.0)) return 1.0;
    if (inner.measured()) {
      if (inner.eg <= 0.0) return 1.0;
      const double least = rises(end.eg / end.gg / (inner.eg / inner.gg), 0.0, 0.7);
      // The parabolas tell as much as they agree with the network elsewhere.
      return 1.0 - rises(inner.correlation(), 0.2, 0.6) * (1.0 - least);
    }
    // Three steps: where parabolas and network agree in form, how far the network bends beyond them
    // is too much.
    const double agreed = end.eg / std::sqrt(end.ee * end.gg);
    const double known = rises(agreed, 0.6, 0.9);
    return rises(agreed, -0.1, 0.2) *
           (1.0 - known * (1.0 - rises(std::sqrt(end.ee / end.gg), 0.0, 0.8)));
  }
};

}  // namespace stsr

#pragma once

#include "chain_pass.h"

namespace stsr {

/// What the rows of a group share, for a number of groups at once: their latent vectors, and the
/// modulator's passes over them (or, where latents are concatenated, the biases that come of them;
/// or nothing, where there are no latents).
/// The rows of these groups then walk through the synthesis network in tiles, and leave their
/// gradients here.
class GroupPass {
 public:
  GroupPass(const NetworkPlan& plan, const PackedNetwork& network, std::size_t groups,
            Precision precision);

  /// phi of each group [groups][latent length], to be filled in before forward().
  [[nodiscard]] Scratch& phi() { return phi_.values; }
  void forward(const PackedNetwork& network, std::size_t groups);

  /// What the trunk, or a head, takes from here.
  [[nodiscard]] const Shared& trunk() const { return trunk_.shared; }
  [[nodiscard]] const Shared& head(std::size_t h) const { return heads_[h].shared; }

  /// Adds the gradient of the modulator's parameters, after the rows of all groups have left
  /// theirs.
  void backward(const PackedNetwork& network, float* gradient);
  /// dL/dphi [groups][latent length]
  [[nodiscard]] Scratch& dphi() { return dphi_; }

 private:
  /// A modulator chain with the gradients of its outputs.
  struct Part {
    std::vector<ChainPass> pass;  // one, or none without a modulator
    std::vector<Scratch> dm;      // one per stage
    Shared shared;
  };
  /// The layer that latents are concatenated for, null where none is.
  static const PackedLayer* conditioned(const PackedNetwork& network);
  Part make_part(const PackedChain& chain, std::size_t groups, Precision precision);
  void clear(Part& part) const;
  void backward(const PackedChain& chain, Part& part, Activations& x, WordMatrix dx,
                bool accumulate_dx, float* gradient);

  std::size_t groups_ = 0;
  Activations phi_;
  Scratch dphi_;
  Scratch bias_;  // of the first synthesis layer, where latents are concatenated
  Scratch dbias_;
  Part trunk_;
  std::vector<Part> heads_;
};

}  // namespace stsr

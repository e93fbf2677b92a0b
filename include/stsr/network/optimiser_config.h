#pragma once

#include <array>

#include "stsr/base/config_field.h"
#include "stsr/network/network_config.h"

namespace stsr {

/// `adam` for all parameters, or `muon` for the hidden matrices and Adam for the rest.
enum class OptimiserKind { adam, muon };
template <>
struct EnumNames<OptimiserKind> {
  static constexpr std::array<EnumTable<OptimiserKind>, 2> values{
      {{OptimiserKind::adam, "adam"}, {OptimiserKind::muon, "muon"}}};
};

/// How an engine changes its parameters (method sections 4 and 5): two optimisers as one, for the
/// network and for the latents mu. Adam (Kingma & Ba 2015), and Muon (Jordan et al. 2024) for the
/// hidden matrices where it is chosen.
struct OptimiserConfig {
  OptimiserKind optimiser = OptimiserKind::muon;
  double learning_rate = 3e-3;
  double matrix_learning_rate = 1.5e-3;
  double latent_learning_rate = 1e-3;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  double matrix_decay = 0.3;
  double weight_decay = 0.0;
  double kld_weight = 1e-3;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    const bool muon = self.optimiser == OptimiserKind::muon;
    const auto learned_latents = [](const auto& config) {
      return config.network.architecture == Architecture::stsr_inr &&
             config.network.latent != LatentKind::one_hot;
    };
    const auto noisy_latents = [](const auto& config) {
      return config.network.architecture == Architecture::stsr_inr &&
             config.network.latent == LatentKind::vad;
    };
    field("optimiser", self.optimiser,
          "'adam', or 'muon' for the hidden matrices with Adam for the rest.");
    field("learning_rate", self.learning_rate, "Adam's learning rate for the network.");
    field("matrix_learning_rate", self.matrix_learning_rate, "Muon's learning rate.",
          applies_if(muon, "only for optimiser 'muon'"));
    field("latent_learning_rate", self.latent_learning_rate,
          "Adam's learning rate for the latents.",
          applies_if(learned_latents,
                     "only for network.architecture 'stsr-inr' with network.latent 'vad' or 'ad'"));
    field("beta_1", self.beta_1, "Adam's decay of the first moment, in [0, 1).");
    field("beta_2", self.beta_2, "Adam's decay of the second moment, in [0, 1).");
    field("epsilon", self.epsilon, "Adam's term against division by zero.");
    field("matrix_decay", self.matrix_decay,
          "Share of its weights, times Muon's learning rate, that a hidden matrix loses in each of "
          "Muon's steps; it bounds the matrices and so keeps the network smooth between samples.",
          applies_if(muon, "only for optimiser 'muon'"));
    field("weight_decay", self.weight_decay, "L2 term added to the gradient of every parameter.");
    field("kld_weight", self.kld_weight,
          "lambda of the Kullback-Leibler step on the latents at the end of an epoch; 0 for none.",
          applies_if(noisy_latents,
                     "only for network.architecture 'stsr-inr' with network.latent 'vad'"));
  }
  bool operator==(const OptimiserConfig&) const = default;
};

}  // namespace stsr

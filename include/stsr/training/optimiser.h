#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stsr/network/network_plan.h"
#include "stsr/training/training_config.h"

namespace stsr {

/// Two optimisers as one (method section 5): one for the network, one for the latents mu, which
/// also take the Kullback-Leibler step of method section 4. Adam (Kingma & Ba 2015) throughout, or
/// Muon (Jordan et al. 2024) for the hidden weight matrices of the network.
class Optimiser {
 public:
  /// What a checkpoint keeps: moments in the layout of the parameters, and steps taken.
  struct State {
    std::vector<float> first_moment;   ///< Adam's m, or Muon's momentum
    std::vector<float> second_moment;  ///< Adam's v; unused for Muon's matrices
    std::size_t network_steps = 0;
    std::size_t latent_steps = 0;
  };

  /// @throws ValueError  a rate or decay is out of range.
  Optimiser(const NetworkPlan& plan, const TrainingConfig& config);

  /// One step on all parameters. @param rate_factor  multiplies every learning rate
  void step(std::span<float> parameters, std::span<const float> gradient, double rate_factor);

  /// One step on mu alone, down the gradient of
  ///   lambda KLD,  KLD = 1/(2n) sum(sigma^2 + mu^2 - 1 - log sigma^2)
  /// through the same moments. Nothing where latents are not learned, or lambda is 0.
  void kld_step(std::span<float> parameters, double rate_factor);

  [[nodiscard]] const State& state() const { return state_; }
  /// @throws ShapeError  the state is of another network.
  void restore(State state);

 private:
  void adam(std::size_t begin, std::size_t end, double rate, std::size_t steps,
            std::span<float> parameters, std::span<const float> gradient);
  void muon(const ParameterTensor& matrix, double rate, std::span<float> parameters,
            std::span<const float> gradient);

  TrainingConfig config_;
  std::size_t network_size_ = 0;
  std::size_t latents_ = 0;  // values of mu
  std::size_t variables_ = 0;
  std::vector<ParameterTensor> matrices_;                        // that Muon steps
  std::vector<std::pair<std::size_t, std::size_t>> adam_parts_;  // [begin, end) of the rest
  State state_;
};

/// True for weights between hidden layers: matrices other than those that take coordinates or
/// latents and those that give the output.
[[nodiscard]] bool is_hidden_matrix(const ParameterTensor& tensor);

}  // namespace stsr

#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "stsr/network/engine.h"

namespace stsr {

/// The optimiser of an engine whose parameters lie in the host's memory; see OptimiserConfig.
class Optimiser {
 public:
  /// @throws ValueError  a rate or decay is out of range.
  Optimiser(const NetworkPlan& plan, const OptimiserConfig& config, const Kernels& kernels);

  /// One step on all parameters. @param rate_factor  multiplies every learning rate
  void step(std::span<float> parameters, std::span<const float> gradient, double rate_factor);

  /// See Engine::kld_step.
  void kld_step(std::span<float> parameters, double rate_factor);

  [[nodiscard]] const OptimiserState& state() const { return state_; }
  /// @throws ShapeError  the state is of another network.
  void restore(OptimiserState state);

 private:
  void adam(std::size_t begin, std::size_t end, double rate, std::size_t steps,
            std::span<float> parameters, std::span<const float> gradient);
  void muon(const ParameterTensor& matrix, double rate, std::span<float> parameters,
            std::span<const float> gradient);

  OptimiserConfig config_;
  Kernels kernels_;
  std::size_t network_size_ = 0;
  std::size_t latents_ = 0;  // values of mu
  std::size_t variables_ = 0;
  std::vector<ParameterTensor> matrices_;                        // that Muon steps
  std::vector<std::pair<std::size_t, std::size_t>> adam_parts_;  // [begin, end) of the others
  OptimiserState state_;
};

}  // namespace stsr

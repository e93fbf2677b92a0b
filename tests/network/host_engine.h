#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "stsr/network/engine.h"
#include "stsr/network/evaluator.h"

namespace stsr {

/// An engine whose parameters and mean gradient lie where a test can see and change them.
class HostEngine {
 public:
  explicit HostEngine(NetworkPlan plan, const ComputeOptions& compute = {},
                      const OptimiserConfig& optimiser = {})
      : compute_(compute),
        engine_(make_cpu_engine(std::move(plan), optimiser, compute)),
        state_(engine_->state()),
        gradient_(state_.parameters.size()) {}

  [[nodiscard]] const NetworkPlan& plan() const { return engine_->plan(); }
  [[nodiscard]] std::span<float> parameters() { return state_.parameters; }
  [[nodiscard]] std::span<const float> parameters() const { return state_.parameters; }
  [[nodiscard]] std::span<const float> gradient() const { return gradient_; }

  /// The mean squared error; its gradient replaces gradient().
  double differentiate(const BatchSource& batch) {
    engine_->restore(state_);
    const BatchLoss loss = engine_->differentiate(batch, gradient_);
    for (float& value : gradient_) value *= static_cast<float>(loss.scale());
    return loss.mean();
  }
  /// The loss before the step.
  double train(const BatchSource& batch) {
    engine_->restore(state_);
    const double loss = engine_->train(batch, 1.0).mean();
    state_ = engine_->state();
    return loss;
  }
  void kld_step() {
    engine_->restore(state_);
    engine_->kld_step(1.0);
    state_ = engine_->state();
  }

  [[nodiscard]] std::shared_ptr<const Decoder> decoder(std::span<const float> phi) const {
    return make_cpu_evaluator(plan(), state_.parameters, compute_)->decoder(phi);
  }

 private:
  ComputeOptions compute_;
  std::unique_ptr<Engine> engine_;
  EngineState state_;
  std::vector<float> gradient_;
};

}  // namespace stsr

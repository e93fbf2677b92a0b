#include "optimiser.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/network/muon.h"

namespace stsr {

namespace {

void check(const OptimiserConfig& config) {
  for (const auto& [name, rate] :
       {std::pair{"learning_rate", config.learning_rate},
        std::pair{"matrix_learning_rate", config.matrix_learning_rate},
        std::pair{"latent_learning_rate", config.latent_learning_rate},
        std::pair{"weight_decay", config.weight_decay},
        std::pair{"matrix_decay", config.matrix_decay}, std::pair{"kld_weight", config.kld_weight}})
    if (!(rate >= 0.0) || !std::isfinite(rate))
      throw ValueError(fmt::format("training.{} must be 0 or positive, got {}", name, rate));
  for (const auto& [name, beta] :
       {std::pair{"beta_1", config.beta_1}, std::pair{"beta_2", config.beta_2}})
    if (!(beta >= 0.0 && beta < 1.0))
      throw ValueError(fmt::format("training.{} must be in [0, 1), got {}", name, beta));
  if (!(config.epsilon > 0.0))
    throw ValueError(fmt::format("training.epsilon must be positive, got {}", config.epsilon));
}

}  // namespace

Optimiser::Optimiser(const NetworkPlan& plan, const OptimiserConfig& config, const Kernels& kernels)
    : config_(config),
      kernels_(kernels),
      network_size_(plan.network_size()),
      latents_(plan.layout.size() - plan.network_size()),
      variables_(plan.variables) {
  check(config);
  state_.first_moment.resize(plan.layout.size());
  state_.second_moment.resize(plan.layout.size());
  std::size_t begin = 0;  // of the part that Adam steps
  const auto end_part = [&](std::size_t end) {
    if (end > begin) adam_parts_.emplace_back(begin, end);
  };
  if (config.optimiser == OptimiserKind::muon) {
    for (const ParameterTensor& tensor : plan.layout.tensors()) {
      if (tensor.role != ParameterRole::hidden_matrix) continue;
      end_part(tensor.offset);
      begin = tensor.offset + tensor.count;
      matrices_.push_back(tensor);
    }
  }
  end_part(network_size_);
}

void Optimiser::step(std::span<float> parameters, std::span<const float> gradient,
                     double rate_factor) {
  ++state_.network_steps;
  for (const auto& [begin, end] : adam_parts_)
    adam(begin, end, config_.learning_rate * rate_factor, state_.network_steps, parameters,
         gradient);
  parallel_for("muon", matrices_.size(), [&](std::size_t i) {
    muon(matrices_[i], config_.matrix_learning_rate * rate_factor, parameters, gradient);
  });
  if (latents_ == 0) return;
  ++state_.latent_steps;
  adam(network_size_, network_size_ + latents_, config_.latent_learning_rate * rate_factor,
       state_.latent_steps, parameters, gradient);
}

void Optimiser::kld_step(std::span<float> parameters, double rate_factor) {
  if (latents_ == 0 || config_.kld_weight == 0.0) return;
  // d(lambda KLD)/dmu = lambda mu / n; sigma is constant.
  std::vector<float> gradient(parameters.size());
  const auto scale = static_cast<float>(config_.kld_weight / static_cast<double>(variables_));
  for (std::size_t i = network_size_; i < parameters.size(); ++i)
    gradient[i] = scale * parameters[i];
  ++state_.latent_steps;
  adam(network_size_, network_size_ + latents_, config_.latent_learning_rate * rate_factor,
       state_.latent_steps, parameters, gradient);
}

void Optimiser::adam(std::size_t begin, std::size_t end, double rate, std::size_t steps,
                     std::span<float> parameters, std::span<const float> gradient) {
  const auto count = static_cast<double>(steps);
  AdamStep step;
  step.rate = static_cast<float>(rate);
  step.beta_1 = static_cast<float>(config_.beta_1);
  step.beta_2 = static_cast<float>(config_.beta_2);
  step.epsilon = static_cast<float>(config_.epsilon);
  step.weight_decay = static_cast<float>(config_.weight_decay);
  step.correction_1 = static_cast<float>(1.0 - std::pow(config_.beta_1, count));
  step.correction_2 = static_cast<float>(1.0 - std::pow(config_.beta_2, count));
  parallel_parts("adam", end - begin, [&](int, std::size_t first, std::size_t last) {
    const std::size_t at = begin + first;
    kernels_.elementwise().adam(last - first, step, gradient.data() + at, parameters.data() + at,
                                state_.first_moment.data() + at, state_.second_moment.data() + at);
  });
}

void Optimiser::muon(const ParameterTensor& matrix, double rate, std::span<float> parameters,
                     std::span<const float> gradient) {
  std::vector<float> decayed(
      gradient.begin() + static_cast<std::ptrdiff_t>(matrix.offset),
      gradient.begin() + static_cast<std::ptrdiff_t>(matrix.offset + matrix.count));
  const auto weight = parameters.subspan(matrix.offset, matrix.count);
  const auto decay = static_cast<float>(config_.weight_decay);
  for (std::size_t i = 0; i < decayed.size(); ++i) decayed[i] += decay * weight[i];
  const auto kept = static_cast<float>(1.0 - rate * config_.matrix_decay);
  for (float& w : weight) w *= kept;
  muon_step(kernels_, matrix.shape[0], matrix.shape[1], rate, decayed,
            std::span(state_.first_moment).subspan(matrix.offset, matrix.count), weight);
}

void Optimiser::restore(OptimiserState state) {
  if (state.first_moment.empty()) state.first_moment.resize(state_.first_moment.size());
  if (state.second_moment.empty()) state.second_moment.resize(state_.second_moment.size());
  if (state.first_moment.size() != state_.first_moment.size() ||
      state.second_moment.size() != state_.second_moment.size())
    throw ShapeError(fmt::format("the optimiser's state has {} values, the network {}",
                                 state.first_moment.size(), state_.first_moment.size()));
  state_ = std::move(state);
}

}  // namespace stsr

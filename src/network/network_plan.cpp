#include "stsr/network/network_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

constexpr ParameterRole outer = ParameterRole::outer_matrix;
constexpr ParameterRole hidden = ParameterRole::hidden_matrix;

/// Adds layers to a plan, one name prefix after the other.
class Planner {
 public:
  Planner(const NetworkConfig& config, ParameterLayout& layout)
      : config_(config), layout_(layout) {}

  /// @param role  of the weights
  DenseLayer layer(const std::string& name, ParameterRole role, std::size_t in,
                   std::size_t condition_in, std::size_t out, Activation activation, double omega) {
    DenseLayer layer{in, condition_in, out, 0, 0, activation, omega};
    layer.weight = layout_.add(name + ".weight", role, {out, in + condition_in});
    layer.bias = layout_.add(name + ".bias", ParameterRole::bias, {out});
    return layer;
  }

  Stage dense(const std::string& name, ParameterRole role, std::size_t in, std::size_t condition_in,
              std::size_t out, Activation activation, double omega) {
    return {layer(name, role, in, condition_in, out, activation, omega)};
  }

  /// @param entry  role of the weights that the block's input meets
  /// @param exit   role of the weights that give its output beside those
  Stage residual(const std::string& name, ParameterRole entry, ParameterRole exit, std::size_t in,
                 std::size_t out, Activation activation, double omega) {
    Stage stage{layer(name + ".first", entry, in, 0, out, activation, omega)};
    stage.second = layer(name + ".second", exit, out, 0, out, activation, omega);
    if (in != out)
      stage.projection = layer(name + ".projection", entry, in, 0, out, activation, omega);
    return stage;
  }

  /// Stem in -> w/4 -> w/2 -> w, then the residual blocks.
  std::vector<Stage> body(const std::string& name, std::size_t in, std::size_t condition_in,
                          Activation activation) {
    const std::size_t w = config_.width;
    const std::array<std::size_t, 4> widths{in, w / 4, w / 2, w};
    std::vector<Stage> stages;
    for (std::size_t i = 0; i < 3; ++i)
      stages.push_back(dense(fmt::format("{}.{}", name, i), i == 0 ? outer : hidden, widths[i],
                             i == 0 ? condition_in : 0, widths[i + 1], activation,
                             config_.omega_stem));
    for (std::size_t i = 0; i < config_.residual_blocks; ++i)
      stages.push_back(residual(fmt::format("{}.{}", name, i + 3), hidden, hidden, w, w, activation,
                                config_.omega_residual));
    return stages;
  }

  /// CoordNet: residual blocks in -> w/4 -> w/2 -> w, those of w, and w -> outputs.
  std::vector<Stage> coordnet(std::size_t in, std::size_t outputs) {
    const std::size_t w = config_.width;
    const std::array<std::size_t, 4> widths{in, w / 4, w / 2, w};
    std::vector<Stage> stages;
    for (std::size_t i = 0; i < 3; ++i)
      stages.push_back(residual(fmt::format("synthesis.{}", i), i == 0 ? outer : hidden, hidden,
                                widths[i], widths[i + 1], Activation::sine, config_.omega_stem));
    for (std::size_t i = 0; i < config_.residual_blocks; ++i)
      stages.push_back(residual(fmt::format("synthesis.{}", i + 3), hidden, hidden, w, w,
                                Activation::sine, config_.omega_residual));
    stages.push_back(
        residual("output", outer, outer, w, outputs, Activation::sine, config_.omega_head));
    return stages;
  }

  /// A residual block of w, then w -> w/2 -> w/4.
  std::vector<Stage> head(const std::string& name, Activation activation) {
    const std::size_t w = config_.width;
    const double omega = config_.omega_head;
    std::vector<Stage> stages;
    stages.push_back(residual(name + ".0", hidden, hidden, w, w, activation, omega));
    stages.push_back(dense(name + ".1", hidden, w, 0, w / 2, activation, omega));
    stages.push_back(dense(name + ".2", hidden, w / 2, 0, w / 4, activation, omega));
    return stages;
  }

 private:
  const NetworkConfig& config_;
  ParameterLayout& layout_;
};

void check(const NetworkConfig& config, std::size_t variables, std::size_t blocks) {
  const auto require = [](bool holds, const std::string& message) {
    if (!holds) throw ValueError(message);
  };
  require(
      config.width >= 8 && config.width % 4 == 0 && config.width <= 65536,
      fmt::format("network.width must be a multiple of 4 from 8 to 65536, got {}", config.width));
  require(
      config.residual_blocks <= 1000,
      fmt::format("network.residual_blocks must be at most 1000, got {}", config.residual_blocks));
  require(
      config.latent_length >= 1 && config.latent_length <= 65536,
      fmt::format("network.latent_length must be from 1 to 65536, got {}", config.latent_length));
  for (const double omega : {config.omega_stem, config.omega_residual, config.omega_head})
    require(omega > 0.0 && std::isfinite(omega),
            fmt::format("network.omega_* must be positive, got {}", omega));
  require(std::isfinite(config.latent_log_variance) && std::abs(config.latent_log_variance) <= 50.0,
          fmt::format("network.latent_log_variance must be from -50 to 50, got {}",
                      config.latent_log_variance));
  require(variables >= 1, "a network needs at least one variable, got 0");
  require(blocks >= 1 && blocks <= 4096,
          fmt::format("blocks.split must give 1 to 4096 heads, got {}", blocks));
  if (config.architecture == Architecture::coordnet) {
    require(blocks == 1,
            fmt::format("network.architecture 'coordnet' has one block, so blocks.split "
                        "must be [1, 1, 1], got {} blocks",
                        blocks));
    require(variables <= 4096,
            fmt::format("a CoordNet has at most 4096 variables, got {}", variables));
  }
}

/// Lays out the modulated network of method section 3.
void plan_stsr_inr(std::size_t heads, Planner& planner, NetworkPlan& plan) {
  const NetworkConfig& config = plan.config;
  plan.heads = heads;
  plan.latent_length = config.latent == LatentKind::one_hot ? plan.variables : config.latent_length;
  const bool modulated = config.conditioning == Conditioning::modulation;
  const Activation modulator_activation = config.modulator_activation == ModulatorActivation::relu
                                              ? Activation::relu
                                              : Activation::sine;
  plan.trunk.synthesis = planner.body("synthesis", coordinate_count,
                                      modulated ? 0 : plan.latent_length, Activation::sine);
  if (modulated)
    plan.trunk.modulator = planner.body("modulator", plan.latent_length, 0, modulator_activation);

  if (config.head == HeadKind::linear) {
    plan.outputs.push_back(
        planner.layer("heads", outer, config.width, 0, heads, Activation::linear, 1.0));
  } else {
    for (std::size_t h = 0; h < heads; ++h) {
      const std::string name = fmt::format("head.{}", h);
      Chain chain;
      chain.synthesis = planner.head(name + ".synthesis", Activation::sine);
      if (modulated) chain.modulator = planner.head(name + ".modulator", modulator_activation);
      plan.head_chains.push_back(std::move(chain));
      plan.outputs.push_back(
          planner.layer(name + ".output", outer, config.width / 4, 0, 1, Activation::linear, 1.0));
    }
  }
  if (config.latent != LatentKind::one_hot)
    plan.mu =
        plan.layout.add("latent.mu", ParameterRole::latent, {plan.variables, plan.latent_length});
}

void check_size(const NetworkPlan& plan, std::span<const float> parameters) {
  if (parameters.size() != plan.layout.size())
    throw ShapeError(fmt::format("this network has {} parameters, got {}", plan.layout.size(),
                                 parameters.size()));
}

void fill_symmetric(std::span<float> values, double bound, std::uint64_t seed,
                    std::uint64_t stream) {
  const auto limit = static_cast<float>(bound);
  RandomStream{seed, RandomUse::weights, stream}.fill_uniform(values, -limit, limit);
}

}  // namespace

std::size_t ParameterLayout::add(std::string name, ParameterRole role,
                                 std::vector<std::size_t> shape) {
  std::size_t count = 1;
  for (const std::size_t extent : shape) count = checked_product({count, extent});
  tensors_.push_back({std::move(name), role, std::move(shape), size_, count});
  size_ += count;
  return tensors_.back().offset;
}

const ParameterTensor& ParameterLayout::find(const std::string& name) const {
  const auto found = std::find_if(tensors_.begin(), tensors_.end(),
                                  [&](const ParameterTensor& t) { return t.name == name; });
  if (found == tensors_.end())
    throw ValueError(fmt::format("the network has no parameter '{}'", name));
  return *found;
}

NetworkPlan plan_network(const NetworkConfig& config, std::size_t variables, std::size_t blocks) {
  check(config, variables, blocks);
  NetworkPlan plan;
  plan.config = config;
  plan.variables = variables;
  Planner planner(config, plan.layout);
  if (config.architecture == Architecture::coordnet) {
    plan.heads = variables;
    plan.trunk.synthesis = planner.coordnet(coordinate_count, variables);
    return plan;
  }
  plan_stsr_inr(blocks, planner, plan);
  return plan;
}

void initialise_parameters(const NetworkPlan& plan, std::uint64_t seed,
                           std::span<float> parameters) {
  check_size(plan, parameters);
  std::uint64_t stream = 0;
  const auto fill = [&](const DenseLayer& layer, double weight_bound) {
    const auto fan_in = static_cast<double>(layer.in + layer.condition_in);
    fill_symmetric(parameters.subspan(layer.weight, layer.out * (layer.in + layer.condition_in)),
                   weight_bound, seed, stream++);
    fill_symmetric(parameters.subspan(layer.bias, layer.out), 1.0 / std::sqrt(fan_in), seed,
                   stream++);
  };
  const auto fill_stages = [&](const std::vector<Stage>& stages) {
    const auto fill_layer = [&](const DenseLayer& layer) {
      const auto fan_in = static_cast<double>(layer.in + layer.condition_in);
      const double omega = layer.activation == Activation::sine ? layer.omega : 1.0;
      fill(layer, std::sqrt(6.0 / fan_in) / omega);
    };
    for (const Stage& stage : stages) {
      fill_layer(stage.first);
      if (stage.second) fill_layer(*stage.second);
      if (stage.projection) fill_layer(*stage.projection);
    }
  };
  fill_stages(plan.trunk.synthesis);
  fill_stages(plan.trunk.modulator);
  for (const Chain& chain : plan.head_chains) {
    fill_stages(chain.synthesis);
    fill_stages(chain.modulator);
  }
  for (const DenseLayer& output : plan.outputs)
    fill(output, 1.0 / std::sqrt(static_cast<double>(output.in)));
  if (plan.mu) {
    const auto mu = parameters.subspan(*plan.mu, plan.variables * plan.latent_length);
    RandomStream{seed, RandomUse::latents, 0}.fill_normal(mu);
    const auto deviation =
        static_cast<float>(1.0 / std::sqrt(static_cast<double>(plan.latent_length)));
    for (float& value : mu) value *= deviation;
  }
}

std::vector<float> latent_vector(const NetworkPlan& plan, std::span<const float> parameters,
                                 std::size_t variable) {
  check_size(plan, parameters);
  if (variable >= plan.variables)
    throw ValueError(fmt::format("variable {} of a network with {}", variable, plan.variables));
  std::vector<float> phi(plan.latent_length, 0.0F);
  if (phi.empty()) return phi;
  if (!plan.mu) {
    phi[variable] = 1.0F;
  } else {
    const auto mu =
        parameters.subspan(*plan.mu + variable * plan.latent_length, plan.latent_length);
    std::copy(mu.begin(), mu.end(), phi.begin());
  }
  return phi;
}

}  // namespace stsr

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stsr/network/network_config.h"
#include "stsr/network/parameters.h"

namespace stsr {

/// Number of coordinates of a row: (t, z, y, x).
inline constexpr std::size_t coordinate_count = 4;

enum class Activation { linear, sine, relu };

/// activation(W [x, c] + b) with W [out][in + condition_in], b [out]. x has `in` entries a row; c,
/// present only where latents are concatenated, has `condition_in` entries a group of rows.
struct DenseLayer {
  std::size_t in = 0;
  std::size_t condition_in = 0;
  std::size_t out = 0;
  std::size_t weight = 0;  ///< offset among the parameters
  std::size_t bias = 0;
  Activation activation = Activation::sine;
  double omega = 1.0;  ///< sine(x) = sin(omega x)
};

/// One stage of a body or head: a layer, or a residual block (x + second(first(x))) / 2, or, where
/// its input and output differ in width, (projection(x) + second(first(x))) / 2.
struct Stage {
  DenseLayer first;
  std::optional<DenseLayer> second = std::nullopt;
  std::optional<DenseLayer> projection = std::nullopt;  ///< only beside `second`
  [[nodiscard]] std::size_t in() const { return first.in; }
  [[nodiscard]] std::size_t out() const { return second ? second->out : first.out; }
};

/// Stages of the synthesis network and, unless latents are concatenated, as many of the modulator:
///   f_j = S_j(u_{j-1}),  m_j = M_j(m_{j-1}),  u_j = f_j * m_j
struct Chain {
  std::vector<Stage> synthesis;
  std::vector<Stage> modulator;  ///< empty, or of the same widths as `synthesis`
};

/// The whole network as layers and offsets (method section 3): what an engine runs. The trunk's
/// u and m enter every head; `outputs` are the last linear layers before tanh, one of
/// [heads][width] for linear heads, else one of [1][width/4] a head. Without any (CoordNet, method
/// section 7), the u of the trunk's last stage are the values themselves, one per variable.
struct NetworkPlan {
  NetworkConfig config;
  std::size_t variables = 0;
  std::size_t heads = 0;  ///< values of a row: one per block, or one per variable for a CoordNet
  std::size_t latent_length = 0;
  Chain trunk;
  std::vector<Chain> head_chains;  ///< one per head; empty for linear heads
  std::vector<DenseLayer> outputs;
  std::optional<std::size_t> mu;  ///< offset of the latents [variables][latent_length]; last
  ParameterLayout layout;

  /// The head of a variable's first block: 0, or the number of the variable for a CoordNet.
  [[nodiscard]] std::size_t first_head(std::size_t variable) const {
    return config.architecture == Architecture::coordnet ? variable : 0;
  }
  /// Number of parameters without the latents; these come first.
  [[nodiscard]] std::size_t network_size() const { return mu ? *mu : layout.size(); }
};

/// Lays the network out. Tensor names, in order: `synthesis.<i>.weight|bias` of the stem (i < 3),
/// `synthesis.<i>.first|second.weight|bias` of the residual blocks, `modulator.<i>...` alike, then
/// `head.<h>.synthesis|modulator.<j>...` and `head.<h>.output.weight|bias`, or
/// `heads.weight|bias`, and last `latent.mu`. A CoordNet has `synthesis.<i>` with
/// `.first|second|projection.weight|bias` and last `output.first|second|projection.weight|bias`.
/// @param blocks  of the volume, see BlockConfig::heads()
/// @throws ValueError  a configuration value is out of range; a CoordNet has other than one block.
[[nodiscard]] NetworkPlan plan_network(const NetworkConfig& config, std::size_t variables,
                                       std::size_t blocks);

/// Fills `parameters` with the initial values of method sections 3 and 4: sine layers
/// W ~ U(+-sqrt(6/fan_in)/omega), b ~ U(+-1/sqrt(fan_in)); relu layers W ~ U(+-sqrt(6/fan_in));
/// outputs U(+-1/sqrt(fan_in)); mu ~ N(0, 1/latent_length). Every tensor has its own random stream.
/// @throws ShapeError  there is another number of parameters.
void initialise_parameters(const NetworkPlan& plan, std::uint64_t seed,
                           std::span<float> parameters);

/// The latent vector of a variable without noise: mu, or the unit vector for one-hot latents; empty
/// for a CoordNet.
/// @throws ShapeError  there is another number of parameters; ValueError  there is no such
/// variable.
[[nodiscard]] std::vector<float> latent_vector(const NetworkPlan& plan,
                                               std::span<const float> parameters,
                                               std::size_t variable);

}  // namespace stsr

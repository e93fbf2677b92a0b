#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <vector>

#include "baselines/stnet/engine.h"

namespace stsr::stnet {

/// The parameters of one network as tensors, with Adam.
class Network {
 public:
  Network(const Layers& layers, const StnetTrainingConfig& config, const at::Device& device);

  /// The convolution called `name`, its input padded with zeros so that stride 1 keeps the size and
  /// stride 2 halves it.
  [[nodiscard]] at::Tensor convolve(const std::string& name, const at::Tensor& x,
                                    std::int64_t stride = 1) const;

  void restore(const NetworkState& state);
  [[nodiscard]] NetworkState state() const;

  void clear_gradients();
  /// One step of Adam (Kingma & Ba 2015) with the gradients that were collected.
  void step();

 private:
  struct Parameter {
    at::Tensor value;
    at::Tensor first_moment;
    at::Tensor second_moment;
  };

  StnetTrainingConfig config_;
  std::vector<Parameter> parameters_;         ///< weights, bias, weights, bias, ...
  std::map<std::string, std::size_t> index_;  ///< of a layer's weights
  std::size_t steps_ = 0;
};

/// What the dense blocks make of two coarse volumes: [1][2][z][y][x] to [1][features][z][y][x].
[[nodiscard]] at::Tensor generator_body(const Network& network, const Plan& plan, at::Tensor x);

/// The frames of these features: [1][u_t + 2][z u_s][y u_s][x u_s].
[[nodiscard]] at::Tensor generator_head(const Network& network, const Plan& plan, at::Tensor x);

/// The score of each frame: [frames][1][z][y][x] to [frames]. The LSTM's state is carried from
/// frame to frame.
[[nodiscard]] at::Tensor discriminator_scores(const Network& network, const at::Tensor& frames);

/// Frames [1][n][z u_s][y u_s][x u_s] to coarse ones, [1][n][z][y][x].
[[nodiscard]] at::Tensor make_coarse(const at::Tensor& frames, std::int64_t scale,
                                     StnetDownscaling how);

}  // namespace stsr::stnet

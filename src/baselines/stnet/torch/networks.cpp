#include "baselines/stnet/torch/networks.h"

#include <cmath>
#include <cstring>

namespace stsr::stnet {

namespace {

std::vector<std::int64_t> weight_shape(const Convolution& layer) {
  const auto k = static_cast<std::int64_t>(layer.kernel);
  return {static_cast<std::int64_t>(layer.out), static_cast<std::int64_t>(layer.in), k, k, k};
}

/// [1][8 c][z][y][x] to [1][c][2z][2y][2x]: channel 8 c + 4 dz + 2 dy + dx is the sample at offset
/// (dz, dy, dx) of channel c.
at::Tensor voxel_shuffle(const at::Tensor& x) {
  const auto c = x.size(1) / 8;
  const auto nz = x.size(2);
  const auto ny = x.size(3);
  const auto nx = x.size(4);
  return x.view({1, c, 2, 2, 2, nz, ny, nx})
      .permute({0, 1, 5, 2, 6, 3, 7, 4})
      .reshape({1, c, 2 * nz, 2 * ny, 2 * nx});
}

at::Tensor dense_block(const Network& network, const std::string& name, const at::Tensor& x) {
  const at::Tensor x1 = network.convolve(name + ".conv1", x).relu_();
  const at::Tensor x2 = network.convolve(name + ".conv2", at::cat({x, x1}, 1)).relu_();
  return network.convolve(name + ".conv3", at::cat({x, x1, x2}, 1)).relu_();
}

at::Tensor upscale_block(const Network& network, const std::string& name, const at::Tensor& x) {
  const at::Tensor value = voxel_shuffle(network.convolve(name + ".value", x)).relu();
  const at::Tensor gate =
      network.convolve(name + ".gate_conv", voxel_shuffle(network.convolve(name + ".gate", x)));
  const at::Tensor x1 = value * gate.sigmoid();
  const at::Tensor x2 = network.convolve(name + ".dense", x1).relu_();
  return network.convolve(name + ".out", at::cat({x1, x2}, 1));
}

/// Copies `count` values between a tensor on any device and memory.
void copy_in(at::Tensor& tensor, const float* values) {
  const at::NoGradGuard no_grad;
  tensor.copy_(at::from_blob(const_cast<float*>(values), tensor.sizes(), at::kFloat));
}

void copy_out(const at::Tensor& tensor, std::vector<float>& values) {
  const at::Tensor host = tensor.detach().cpu().contiguous();
  const auto* const data = host.data_ptr<float>();
  values.insert(values.end(), data, data + host.numel());
}

}  // namespace

Network::Network(const Layers& layers, const StnetTrainingConfig& config, const at::Device& device)
    : config_(config) {
  const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
  for (const Convolution& layer : layers) {
    index_[layer.name] = parameters_.size();
    const std::vector<std::int64_t> bias{static_cast<std::int64_t>(layer.out)};
    for (const auto& shape : {weight_shape(layer), bias}) {
      parameters_.push_back(
          {at::zeros(shape, options), at::zeros(shape, options), at::zeros(shape, options)});
      parameters_.back().value.set_requires_grad(true);
    }
  }
}

at::Tensor Network::convolve(const std::string& name, const at::Tensor& x,
                             std::int64_t stride) const {
  const std::size_t i = index_.at(name);
  return at::conv3d(x, parameters_[i].value, parameters_[i + 1].value, stride, 1);
}

void Network::restore(const NetworkState& state) {
  std::size_t offset = 0;
  for (Parameter& parameter : parameters_) {
    copy_in(parameter.value, state.parameters.data() + offset);
    copy_in(parameter.first_moment, state.first_moment.data() + offset);
    copy_in(parameter.second_moment, state.second_moment.data() + offset);
    offset += static_cast<std::size_t>(parameter.value.numel());
  }
  steps_ = state.steps;
}

NetworkState Network::state() const {
  NetworkState state;
  for (const Parameter& parameter : parameters_) {
    copy_out(parameter.value, state.parameters);
    copy_out(parameter.first_moment, state.first_moment);
    copy_out(parameter.second_moment, state.second_moment);
  }
  state.steps = steps_;
  return state;
}

void Network::clear_gradients() {
  for (Parameter& parameter : parameters_) parameter.value.mutable_grad().reset();
}

void Network::step() {
  const at::NoGradGuard no_grad;
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double first = 1.0 - std::pow(config_.beta_1, t);
  const double second = 1.0 - std::pow(config_.beta_2, t);
  for (Parameter& parameter : parameters_) {
    const at::Tensor& gradient = parameter.value.grad();
    if (!gradient.defined()) continue;
    parameter.first_moment.mul_(config_.beta_1).add_(gradient, 1.0 - config_.beta_1);
    parameter.second_moment.mul_(config_.beta_2).addcmul_(gradient, gradient, 1.0 - config_.beta_2);
    const at::Tensor root =
        parameter.second_moment.sqrt().div_(std::sqrt(second)).add_(config_.epsilon);
    parameter.value.addcdiv_(parameter.first_moment, root, -config_.learning_rate / first);
  }
}

at::Tensor generator_body(const Network& network, const Plan& plan, at::Tensor x) {
  for (std::size_t i = 0; i < plan.config.features.size(); ++i)
    x = dense_block(network, "rdb" + std::to_string(i), x);
  return x;
}

at::Tensor generator_head(const Network& network, const Plan& plan, at::Tensor x) {
  for (std::size_t i = 0; i < plan.upscales(); ++i)
    x = upscale_block(network, "up" + std::to_string(i), x).relu_();
  return network.convolve("frames", x);
}

at::Tensor discriminator_scores(const Network& network, const at::Tensor& frames) {
  const at::Tensor x =
      network.convolve("conv2", network.convolve("conv1", frames, 2).relu_(), 2).relu_();
  at::Tensor hidden = at::zeros_like(x[0]).unsqueeze(0);
  at::Tensor cell = hidden;
  std::vector<at::Tensor> scores;
  for (std::int64_t frame = 0; frame < x.size(0); ++frame) {
    const at::Tensor gates = network.convolve("gates", at::cat({x[frame].unsqueeze(0), hidden}, 1));
    const std::vector<at::Tensor> part = gates.chunk(4, 1);
    cell = part[1].sigmoid() * cell + part[0].sigmoid() * part[3].tanh();
    hidden = part[2].sigmoid() * cell.tanh();
    scores.push_back(network.convolve("score", hidden, 2).mean());
  }
  return at::stack(scores);
}

at::Tensor make_coarse(const at::Tensor& frames, std::int64_t scale, StnetDownscaling how) {
  const std::vector<std::int64_t> size{frames.size(2) / scale, frames.size(3) / scale,
                                       frames.size(4) / scale};
  if (how == StnetDownscaling::trilinear) return at::upsample_trilinear3d(frames, size, false);
  const auto options = frames.options().requires_grad(false);
  const at::Tensor line = static_cast<double>(scale) - at::arange(1 - scale, scale, options).abs();
  const auto n = line.numel();
  const at::Tensor tent =
      line.view({1, 1, n, 1, 1}) * line.view({1, 1, 1, n, 1}) * line.view({1, 1, 1, 1, n});
  const at::Tensor apart = frames.transpose(0, 1);
  const at::Tensor sum = at::conv3d(apart, tent, {}, scale, scale - 1);
  const at::Tensor weight =
      at::conv3d(at::ones_like(apart[0], options).unsqueeze(0), tent, {}, scale, scale - 1);
  return (sum / weight).transpose(0, 1);
}

}  // namespace stsr::stnet

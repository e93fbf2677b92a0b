#include "packed_network.h"

#include <algorithm>
#include <numbers>

#include "stsr/base/parallel.h"

namespace stsr {

namespace {

/// What the weights of a layer are multiplied by on their way into the panels.
float angle_scale(const DenseLayer& layer) {
  return layer.activation == Activation::sine ? static_cast<float>(layer.omega / std::numbers::pi)
                                              : 1.0F;
}

PackedChain pack_stages(const std::vector<Stage>& stages, const Kernels& kernels, Precision first,
                        Precision others, Passes passes) {
  PackedChain chain;
  for (const Stage& stage : stages) {
    const Precision entry = chain.empty() ? first : others;
    chain.push_back({PackedLayer(stage.first, kernels, entry, passes), std::nullopt, std::nullopt});
    if (stage.second) chain.back().second.emplace(*stage.second, kernels, others, passes);
    if (stage.projection)
      chain.back().projection.emplace(*stage.projection, kernels, entry, passes);
  }
  return chain;
}

DenseActivation dense_activation(Activation activation) {
  switch (activation) {
    case Activation::sine:
      return DenseActivation::sine;
    case Activation::relu:
      return DenseActivation::relu;
    default:
      return DenseActivation::linear;
  }
}

}  // namespace

PackedLayer::PackedLayer(const DenseLayer& layer, const Kernels& kernels, Precision precision,
                         Passes passes)
    : layer_(layer), kernels_(kernels), precision_(precision) {
  const auto panels = [&](std::size_t inner, std::size_t columns, Precision numbers) {
    return Scratch(1, kernels.dense(numbers).panel_words(inner, columns));
  };
  bias_ = Scratch(1, layer.out);
  forward_ = panels(layer.in, layer.out, precision);
  if (layer.condition_in > 0)
    condition_forward_ = panels(layer.condition_in, layer.out, Precision::float32);
  if (passes == Passes::forward) return;
  backward_ = panels(layer.out, layer.in, precision);
  if (layer.condition_in > 0)
    condition_backward_ = panels(layer.out, layer.condition_in, Precision::float32);
}

void PackedLayer::pack(const float* parameters) {
  const float scale = angle_scale(layer_);
  const float* weight = parameters + layer_.weight;
  const std::size_t length = row_length();
  for (std::size_t n = 0; n < layer_.out; ++n)
    bias_.row(0)[n] = scale * parameters[layer_.bias + n];
  dense().pack({layer_.in, layer_.out, weight, 1, length, scale}, forward_.row(0));
  if (backward_.rows() > 0)
    dense().pack({layer_.out, layer_.in, weight, length, 1, 1.0F}, backward_.row(0));
  if (condition_forward_.rows() > 0)
    float32().pack({layer_.condition_in, layer_.out, weight + layer_.in, 1, length, scale},
                   condition_forward_.row(0));
  if (condition_backward_.rows() > 0)
    float32().pack({layer_.out, layer_.condition_in, weight + layer_.in, length, 1, 1.0F},
                   condition_backward_.row(0));
}

DenseForward PackedLayer::forward(std::size_t rows, ConstWordMatrix x) const {
  DenseForward product;
  product.rows = rows;
  product.inner = layer_.in;
  product.columns = layer_.out;
  product.x = x;
  product.panels = forward_.row(0);
  product.activation = dense_activation(layer_.activation);
  product.bias = {bias_.row(0), 0};
  product.derivative_factor =
      layer_.activation == Activation::sine ? static_cast<float>(layer_.omega) : 1.0F;
  return product;
}

DenseBackward PackedLayer::backward(std::size_t rows, ConstWordMatrix dz) const {
  DenseBackward product;
  product.rows = rows;
  product.inner = layer_.out;
  product.columns = layer_.in;
  product.dz_after = dz;
  product.panels = backward_.row(0);
  return product;
}

void PackedLayer::add_weight_gradient(std::size_t rows, ConstWordMatrix dz, ConstWordMatrix x,
                                      float* gradient) const {
  dense().weight_gradient(
      {rows, layer_.out, layer_.in, dz, x, gradient + layer_.weight, row_length()});
}

void PackedLayer::group_bias(std::size_t groups, ConstWordMatrix condition, WordMatrix bias) const {
  DenseForward product;
  product.rows = groups;
  product.inner = layer_.condition_in;
  product.columns = layer_.out;
  product.x = condition;
  product.panels = condition_forward_.row(0);
  product.bias = {bias_.row(0), 0};
  product.u = bias;
  float32().forward(product);
}

void PackedLayer::group_bias_backward(std::size_t groups, ConstWordMatrix dbias,
                                      ConstWordMatrix condition, WordMatrix dcondition,
                                      float* gradient) const {
  for (std::size_t g = 0; g < groups; ++g)
    for (std::size_t n = 0; n < layer_.out; ++n)
      gradient[layer_.bias + n] += dbias.data[g * dbias.stride + n];
  float32().weight_gradient({groups, layer_.out, layer_.condition_in, dbias, condition,
                             gradient + layer_.weight + layer_.in, row_length()});
  DenseBackward product;
  product.rows = groups;
  product.inner = layer_.out;
  product.columns = layer_.condition_in;
  product.dz_after = dbias;
  product.panels = condition_backward_.row(0);
  product.d = dcondition;
  float32().backward(product);
}

std::size_t widest(const PackedChain& chain) {
  std::size_t width = 0;
  for (const PackedStage& stage : chain)
    width = std::max({width, stage.in(), stage.first.layer().out, stage.out()});
  return width;
}

PackedNetwork::PackedNetwork(const NetworkPlan& plan, const Kernels& kernels, Precision precision,
                             Passes passes)
    : synthesis(pack_stages(plan.trunk.synthesis, kernels, Precision::float32, precision, passes)),
      modulator(pack_stages(plan.trunk.modulator, kernels, Precision::float32, precision, passes)) {
  for (const Chain& chain : plan.head_chains) {
    head_synthesis.push_back(pack_stages(chain.synthesis, kernels, precision, precision, passes));
    head_modulator.push_back(pack_stages(chain.modulator, kernels, precision, precision, passes));
  }
  for (const DenseLayer& layer : plan.outputs)
    outputs.emplace_back(layer, kernels, Precision::float32, passes);
}

void PackedNetwork::pack(std::span<const float> parameters) {
  std::vector<PackedLayer*> layers;
  const auto add = [&](PackedChain& chain) {
    for (PackedStage& stage : chain) {
      layers.push_back(&stage.first);
      if (stage.second) layers.push_back(&*stage.second);
      if (stage.projection) layers.push_back(&*stage.projection);
    }
  };
  add(synthesis);
  add(modulator);
  for (PackedChain& chain : head_synthesis) add(chain);
  for (PackedChain& chain : head_modulator) add(chain);
  for (PackedLayer& layer : outputs) layers.push_back(&layer);
  parallel_for("pack weights", layers.size(),
               [&](std::size_t i) { layers[i]->pack(parameters.data()); });
}

}  // namespace stsr

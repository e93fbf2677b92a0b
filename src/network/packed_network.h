#pragma once

#include <optional>
#include <span>
#include <vector>

#include "scratch.h"
#include "stsr/kernels/compute_options.h"
#include "stsr/network/network_plan.h"

namespace stsr {

/// Whether weights are packed for the forward pass alone, or for the way back too.
enum class Passes { forward, both };

/// The weights of a layer in the panels that products read. Sine layers take omega / pi into their
/// forward weights and biases, so that their products are angles in half turns.
class PackedLayer {
 public:
  PackedLayer(const DenseLayer& layer, const Kernels& kernels, Precision precision, Passes passes);
  void pack(const float* parameters);

  [[nodiscard]] const DenseLayer& layer() const { return layer_; }
  [[nodiscard]] Precision precision() const { return precision_; }

  /// x and all that comes after it: the caller adds what is written and what is kept.
  [[nodiscard]] DenseForward forward(std::size_t rows, ConstWordMatrix x) const;
  /// The product of dz with the weights.
  [[nodiscard]] DenseBackward backward(std::size_t rows, ConstWordMatrix dz) const;
  void add_weight_gradient(std::size_t rows, ConstWordMatrix dz, ConstWordMatrix x,
                           float* gradient) const;

  /// For layers with a condition: bias[g] = W_c c[g] + b, and the way back from its gradient.
  void group_bias(std::size_t groups, ConstWordMatrix condition, WordMatrix bias) const;
  void group_bias_backward(std::size_t groups, ConstWordMatrix dbias, ConstWordMatrix condition,
                           WordMatrix dcondition, float* gradient) const;

  void run(const DenseForward& product) const { dense().forward(product); }
  void run(const DenseBackward& product) const { dense().backward(product); }

 private:
  [[nodiscard]] const DenseKernels& dense() const { return kernels_.dense(precision_); }
  [[nodiscard]] const DenseKernels& float32() const { return kernels_.dense(Precision::float32); }
  [[nodiscard]] std::size_t row_length() const { return layer_.in + layer_.condition_in; }

  DenseLayer layer_;
  Kernels kernels_;
  Precision precision_;
  Scratch forward_;
  Scratch backward_;
  Scratch condition_forward_;
  Scratch condition_backward_;
  Scratch bias_;
};

/// The layers of a Stage, packed.
struct PackedStage {
  PackedLayer first;
  std::optional<PackedLayer> second;
  std::optional<PackedLayer> projection;
  [[nodiscard]] const PackedLayer& last() const { return second ? *second : first; }
  [[nodiscard]] std::size_t in() const { return first.layer().in; }
  [[nodiscard]] std::size_t out() const { return last().layer().out; }
};

using PackedChain = std::vector<PackedStage>;

/// Features of the widest layer of a chain, its input included.
[[nodiscard]] std::size_t widest(const PackedChain& chain);

/// All weights of a network, packed. The layers that take coordinates or latents, and the last ones
/// before tanh, multiply float32 numbers in any precision.
struct PackedNetwork {
  PackedNetwork(const NetworkPlan& plan, const Kernels& kernels, Precision precision,
                Passes passes);

  /// Packs the weights anew, in parallel; call it after every change of the parameters.
  void pack(std::span<const float> parameters);

  PackedChain synthesis;
  PackedChain modulator;
  std::vector<PackedChain> head_synthesis;  ///< one per head, none for linear heads
  std::vector<PackedChain> head_modulator;
  std::vector<PackedLayer> outputs;  ///< none for a CoordNet
};

}  // namespace stsr

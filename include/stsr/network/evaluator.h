#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "stsr/kernels/compute_options.h"
#include "stsr/network/network_plan.h"

namespace stsr {

/// The network of one variable, ready to be evaluated: the modulator has been evaluated once for
/// its latent vector and folded away. That of a CoordNet serves all variables, a head each. Safe to
/// use from several threads.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// Network outputs in [-1, 1] for all rows and the chosen heads, in parallel.
  /// @param coordinates  [rows][4] float32, (t, z, y, x) each in about [-1, 1]; x, y, z local to a
  ///                     block
  /// @param heads        indices of heads, each below the number of heads
  /// @param values       [rows][heads.size()] float32, written
  /// @throws ShapeError  lengths do not fit; ValueError  a head is out of range.
  virtual void evaluate(std::span<const float> coordinates, std::span<const std::size_t> heads,
                        std::span<float> values) const = 0;
};

/// A trained network, ready to be evaluated for any latent vector: its weights are packed once,
/// whatever number of variables share them. The seam between inference and the hardware.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  /// The decoder of a latent vector phi [latent length]. It shares the weights and keeps them.
  /// @throws ShapeError  phi has another length.
  [[nodiscard]] virtual std::shared_ptr<const Decoder> decoder(
      std::span<const float> phi) const = 0;
};

/// The evaluator for the processor's cores.
/// @param parameters  in the layout of the plan; copied
/// @throws ShapeError  there is another number of them.
[[nodiscard]] std::shared_ptr<const Evaluator> make_cpu_evaluator(
    const NetworkPlan& plan, std::span<const float> parameters, const ComputeOptions& compute = {});

}  // namespace stsr

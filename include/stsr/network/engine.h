#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "stsr/kernels/precision.h"
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

/// Where the rows of one training batch come from. A batch is `groups()` groups of `group_rows()`
/// rows; the rows of a group belong to one variable and share one latent vector
/// phi = mu + sigma eps (to all variables, and there is none, for a CoordNet). An engine asks for
/// the groups in pieces, from several threads at once.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  [[nodiscard]] virtual std::size_t groups() const = 0;
  [[nodiscard]] virtual std::size_t group_rows() const = 0;

  /// Fills in groups [begin, begin + count). A row that a short group lacks has only NaN targets.
  /// @param coordinates  [count * group_rows][4] float32, (t, z, y, x)
  /// @param targets      [count * group_rows][heads] float32 in [-1, 1]; NaN is left out of the
  /// loss
  /// @param variables    [count] index of each group's variable
  /// @param noise        [count][latent length] sigma eps, zero where there is none
  virtual void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
                    std::uint32_t* variables, float* noise) const = 0;
};

/// What evaluates and differentiates the network on one kind of device; the seam between training
/// or inference and the hardware. The parameters and their gradient lie in memory that the
/// engine's device and the host both reach, in the layout of plan().layout.
class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual const NetworkPlan& plan() const = 0;
  [[nodiscard]] virtual std::span<float> parameters() = 0;
  [[nodiscard]] virtual std::span<const float> parameters() const = 0;
  [[nodiscard]] virtual std::span<const float> gradient() const = 0;

  /// Mean squared error over all targets of the batch that are not NaN (method section 5); its
  /// gradient replaces gradient(). 0, with a zero gradient, where every target is NaN. The same
  /// bits for the same parameters, batch and thread count.
  virtual double differentiate(const BatchSource& batch) = 0;

  /// A decoder for a latent vector phi [latent length]; it keeps a copy of what it needs.
  /// @throws ShapeError  phi has another length.
  [[nodiscard]] virtual std::unique_ptr<Decoder> decoder(std::span<const float> phi) const = 0;
};

/// The engine for the processor's cores: tiles of rows walk through the whole network, forwards and
/// back, with activations that stay in cache. Parameters start at zero.
/// @param precision  of the products between hidden layers; parameters and gradients are float32.
///                   bf16 works everywhere, but only pays where has_bf16_instructions().
[[nodiscard]] std::unique_ptr<Engine> make_cpu_engine(NetworkPlan plan,
                                                      Precision precision = Precision::float32);

}  // namespace stsr

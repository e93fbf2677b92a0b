#pragma once

#include <cstddef>
#include <span>

namespace stsr {

/// The network of one variable, ready to be evaluated: the modulator has been evaluated once for
/// its latent vector and folded away. Safe to use from several threads.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// Network outputs in [-1, 1] for all rows and the chosen heads, in parallel.
  /// @param coordinates  [rows][4] float32, (t, z, y, x) each in about [-1, 1]; x, y, z local to a block
  /// @param heads        indices of heads, each below the number of heads
  /// @param values       [rows][heads.size()] float32, written
  /// @throws ShapeError  lengths do not fit; ValueError  a head is out of range.
  virtual void evaluate(std::span<const float> coordinates, std::span<const std::size_t> heads,
                        std::span<float> values) const = 0;
};

}  // namespace stsr

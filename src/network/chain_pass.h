#pragma once

#include <vector>

#include "packed_network.h"

namespace stsr {

/// Rows that walk through a chain together. `group` gives the group of each row, null where all
/// rows are of one group.
struct Rows {
  std::size_t count = 0;
  const std::uint32_t* group = nullptr;
};

/// What modulates one stage: m [groups][out], and on the way back its gradient, which is added to.
struct Modulation {
  ConstWordMatrix m;
  WordMatrix dm;
};

/// What the rows of a group share and a chain of stages takes from outside: the factors of every
/// stage (none without a modulator), and the biases of the first layer where latents are
/// concatenated.
struct Shared {
  std::vector<Modulation> modulations;
  ConstWordMatrix bias;
  WordMatrix dbias;
};

/// Forward and backward pass of a tile of rows through a chain of stages:
///   f_j = S_j(u_{j-1}),  u_j = f_j * m_j    (u_j = f_j without modulations)
/// where S_j is a layer, or a residual block whose input passes it by as it is or projected.
/// Keeps what the way back needs. One object serves all chains of the same widths.
class ChainPass {
 public:
  ChainPass(const PackedChain& chain, std::size_t rows, bool modulated, Precision precision);

  /// @param x  u_{-1}; must stay until the backward pass is done
  void forward(const PackedChain& chain, const Rows& rows, Activations& x, const Shared& shared);

  [[nodiscard]] Activations& u(std::size_t stage) { return tapes_[stage].u; }
  [[nodiscard]] Activations& u() { return tapes_.back().u; }

  /// Where gradients of the chain lie: dL/du_j [rows][out] of each stage j on the way back. A stage
  /// overwrites what lies there (the synthesis network: one buffer for all stages), or adds to it
  /// (the modulator: what the rows have left there).
  struct Gradients {
    std::vector<WordMatrix> d;  ///< one per stage; that of the last is the start
    bool accumulate = false;
    WordMatrix dx = {};  ///< dL/du_{-1}; no data where it is not wanted
    bool accumulate_dx = false;
  };

  /// Adds the gradient of the parameters to `gradient`. Call it once after each forward pass, with
  /// the same arguments.
  void backward(const PackedChain& chain, const Rows& rows, Activations& x, const Shared& shared,
                const Gradients& gradients, float* gradient);

 private:
  /// What the forward pass of a stage leaves; dz overwrites the derivatives on the way back.
  struct Tape {
    Scratch derivative_first;
    Scratch derivative_second;
    Scratch derivative_projection;
    Activations hidden;
    Scratch f;  ///< only where u = f * m is not f
    Activations u;
  };
  /// dz in pairs of bf16: that of a layer is read while the one before it is written.
  struct Pairs {
    Scratch rows;
    Scratch samples;
  };
  /// Where dz of a layer lies: over its derivatives, or in pairs.
  struct Dz {
    const PackedLayer& layer;
    Scratch& derivative;
    Pairs& pairs;
    [[nodiscard]] ConstWordMatrix rows() const;
    [[nodiscard]] ConstWordMatrix samples() const;
    /// Has `product` write it, and add its sums to the gradient of the bias.
    void set(float* gradient, DenseBackward& product) const;
  };

  void forward_stage(const PackedStage& stage, std::size_t j, const Rows& rows, Activations& x,
                     const Shared& shared);
  void backward_stage(const PackedStage& stage, std::size_t j, const Rows& rows, Activations& x,
                      float* gradient);
  void backward_projection(const PackedLayer& projection, Tape& tape, const Rows& rows,
                           Activations& x, WordMatrix d, float* gradient);
  void add_projection(const PackedLayer& projection, Tape& tape, const Rows& rows,
                      DenseBackward& product);
  void arrive(const PackedChain& chain, std::size_t j, const Rows& rows, const Shared& shared,
              const Gradients& gradients, float* gradient, DenseBackward& product);

  std::vector<Tape> tapes_;
  Pairs dz_;
  Pairs dz_before_;
  Pairs dz_projection_;
};

/// What a stage takes from a latent vector that all rows share; null where there is nothing.
struct Folded {
  const float* m = nullptr;
  const float* bias = nullptr;  ///< of the first layer, in place of its own
};

/// One stage with nothing kept, for inference: u = S(x) * m.
void evaluate_stage(const PackedStage& stage, std::size_t rows, Activations& x,
                    const Folded& folded, Activations& hidden, Activations& u);

}  // namespace stsr

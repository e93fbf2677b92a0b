#pragma once

#include <vector>

#include "stage.h"

namespace stsr {

/// Forward and backward pass of a tile of rows through a chain of modulated stages:
///   f_j = S_j(u_{j-1}),  m_j = M_j(m_{j-1}),  u_j = f_j * m_j
/// where rows of one group share their m. Without a modulator u_j = f_j, and the condition enters
/// the first synthesis layer instead. Buffers are allocated once; one object serves every chain of
/// the same widths.
class ChainPass {
 public:
  /// @param chain  gives the widths  @param rows, groups  the largest tile
  ChainPass(const Chain& chain, std::size_t rows, std::size_t groups);

  /// What enters a chain: x = u_{-1} [rows][in], and per group m_{-1} or the condition.
  struct Input {
    ConstMatrix x;
    Condition condition;
  };

  void forward(const Chain& chain, const float* parameters, const Input& input);

  /// u and m of the last stage; m has no data without a modulator.
  [[nodiscard]] MutableMatrix u() { return u(synthesis_.size() - 1); }
  [[nodiscard]] MutableMatrix m();

  /// Gradients that enter and leave the backward pass. Where `dm` has no data, m acts only through
  /// u; where `dx` has none, it is not computed. `dcondition` is added to, the others are written.
  struct Gradients {
    ConstMatrix du;
    ConstMatrix dm;
    MutableMatrix dx;
    MutableMatrix dcondition;
  };

  /// Adds the gradient of the parameters to `gradient`.
  void backward(const Chain& chain, const float* parameters, const Input& input,
                const Gradients& gradients, float* gradient);

 private:
  [[nodiscard]] MutableMatrix u(std::size_t stage);
  MutableMatrix demodulate(std::size_t stage, ConstMatrix du, ConstMatrix dm);

  std::size_t rows_ = 0;
  std::size_t groups_ = 0;
  std::size_t group_rows_ = 1;
  std::vector<StageTape> synthesis_;
  std::vector<StageTape> modulator_;
  std::vector<Scratch> u_;  // u_[j] where there is a modulator
  StageScratch scratch_;
  Scratch df_;  // gradients on their way back through the chain
  Scratch du_;
  Scratch dm_;
  Scratch dm_next_;
};

}  // namespace stsr

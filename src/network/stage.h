#pragma once

#include "scratch.h"
#include "stsr/network/network_plan.h"

namespace stsr {

/// A per-group condition (the latent vector, where it is concatenated): one row of `values` serves
/// `group_rows` consecutive rows.
struct Condition {
  ConstMatrix values{nullptr, 0, 0, 0};
  std::size_t group_rows = 1;
};

/// What the forward pass of a stage leaves for its backward pass: the derivatives of the
/// activations (which the backward pass overwrites), the hidden layer of a residual block, and the
/// output.
struct StageTape {
  StageTape(const Stage& stage, std::size_t rows);
  Scratch slope_first;
  Scratch slope_second;
  Scratch hidden;
  Scratch output;
};

/// Buffers that the backward passes of all stages share, one set a thread.
struct StageScratch {
  StageScratch(std::size_t rows, std::size_t columns);
  Scratch hidden_gradient;
  Scratch group_bias;  ///< W_c c + b a group, for layers with a condition
  Scratch group_bias_gradient;
};

/// y = stage(x), into tape.output; `scale` [out] multiplies the output where not null (inference).
void stage_forward(const Stage& stage, const float* parameters, ConstMatrix x,
                   const Condition& condition, const float* scale, bool keep_derivative,
                   StageTape& tape, StageScratch& scratch);

/// Adds the gradient of the stage's parameters to `gradient` and, where dx.data is not null, writes
/// dL/dx. dcondition, where the first layer has a condition, is added to.
void stage_backward(const Stage& stage, const float* parameters, ConstMatrix x,
                    const Condition& condition, StageTape& tape, ConstMatrix dy, MutableMatrix dx,
                    MutableMatrix dcondition, float* gradient, StageScratch& scratch);

}  // namespace stsr

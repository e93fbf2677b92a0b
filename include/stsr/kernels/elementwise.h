#pragma once

#include <cstddef>

#include "stsr/kernels/instruction_set.h"

namespace stsr {

/// Constants of one Adam step (Kingma & Ba 2015) with coupled L2 weight decay, as PyTorch's Adam:
///   g += weight_decay w;  m += (1 - beta_1)(g - m);  v = beta_2 v + (1 - beta_2) g^2;
///   w -= rate / correction_1 * m / (sqrt(v / correction_2) + epsilon)
struct AdamStep {
  float rate = 0.0F;
  float beta_1 = 0.9F;
  float beta_2 = 0.999F;
  float epsilon = 1e-8F;
  float weight_decay = 0.0F;
  float correction_1 = 1.0F;    ///< 1 - beta_1^step
  float correction_2 = 1.0F;    ///< 1 - beta_2^step
  float gradient_scale = 1.0F;  ///< multiplies the stored gradient first
};

/// The element-wise kernels of one instruction set. No kernel allocates, checks or throws. Pointers
/// need no alignment, and may not overlap.
struct ElementwiseKernels {
  /// sine[i] = sin(pi t[i]), cosine[i] = cos(pi t[i]) (may be null). The argument is in half turns,
  /// so its reduction is exact: the absolute error stays below 2.1e-7 for |t| < 2^21 (found: sine
  /// 2.06e-7 and cosine 1.43e-7 in portable, 1.76e-7 and 1.07e-7 with fused products).
  void (*sine_half_turns)(std::size_t n, const float* t, float* sine, float* cosine);
  /// y[i] = tanh(x[i]), absolute error below 3e-7; NaN where x is. y may be x.
  void (*tanh_all)(std::size_t n, const float* x, float* y);
  /// y[i] = a x[i]
  void (*scaled_copy)(std::size_t n, float a, const float* x, float* y);
  /// y[i] += x[i]
  void (*add)(std::size_t n, const float* x, float* y);
  void (*adam)(std::size_t n, const AdamStep& step, const float* gradient, float* weight, float* m,
               float* v);
};

/// The kernels of a set. Precondition: the machine has it (see available_instruction_sets).
[[nodiscard]] const ElementwiseKernels& elementwise_kernels(InstructionSet set);

}  // namespace stsr

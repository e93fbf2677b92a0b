#pragma once

#include <cstddef>

#include "stsr/kernels/instruction_set.h"

namespace stsr {

/// Rows of a layer between its matrix product and its activation. All matrices are row-major
/// float32 with a row stride in elements; `rows` x `columns` of each are used.
///
///   a = z[r][c] + bias[r / group_rows][c]
///   sine:  y = sin(omega a),  z <- omega cos(omega a)       relu:  y = max(a, 0),  z <- (a > 0)
///   with `residual`:  y <- (residual + y) / 2,  z <- z / 2
///   with `scale`:     y <- y * scale[c]
///
/// z is overwritten by the derivative dy/da only if keep_derivative (which excludes `scale`).
struct LayerRows {
  std::size_t rows = 0;
  std::size_t columns = 0;
  float* z = nullptr;
  std::size_t z_stride = 0;
  const float* bias = nullptr;
  std::size_t bias_stride = 0;  ///< 0: all rows share one bias
  std::size_t group_rows = 1;   ///< rows that share one row of `bias`
  float omega = 1.0F;
  const float* residual = nullptr;
  std::size_t residual_stride = 0;
  const float* scale = nullptr;
  float* y = nullptr;
  std::size_t y_stride = 0;
  bool keep_derivative = false;
};

/// Rows of features f[r][c] modulated by m[r / group_rows][c]. The backward pass takes du = dL/du
/// with u = f * m, writes df = du * m and adds the sums over a group of du * f to dm.
struct ModulatedRows {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t group_rows = 1;
  const float* f = nullptr;
  std::size_t f_stride = 0;
  const float* m = nullptr;
  std::size_t m_stride = 0;
};

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

/// The element-wise kernels of one instruction set. No kernel allocates, checks or throws; sums run
/// in a fixed order. Pointers need no alignment and may not overlap unless a comment says so.
struct ElementwiseKernels {
  /// sine[i] = sin(pi t[i]), cosine[i] = cos(pi t[i]) (may be null). The argument is in half turns,
  /// so its reduction is exact: the absolute error stays below 2e-7 for |t| < 2^21.
  void (*sine_half_turns)(std::size_t n, const float* t, float* sine, float* cosine);
  void (*sine_layer)(const LayerRows& layer);
  void (*relu_layer)(const LayerRows& layer);
  /// u[r][c] = f[r][c] m[group][c]
  void (*modulate)(const ModulatedRows& rows, float* u, std::size_t u_stride);
  /// df may be du.
  void (*modulate_backward)(const ModulatedRows& rows, const float* du, std::size_t du_stride,
                            float* df, std::size_t df_stride, float* dm, std::size_t dm_stride);
  /// d[r][c] <- d[r][c] dy[r][c], the gradient of the pre-activation; dbias[r / group_rows] += its
  /// sums, with dbias_stride 0 for one bias of all rows.
  void (*activation_backward)(std::size_t rows, std::size_t columns, const float* dy,
                              std::size_t dy_stride, float* d, std::size_t d_stride, float* dbias,
                              std::size_t dbias_stride, std::size_t group_rows);
  /// y[i] = a x[i]
  void (*scaled_copy)(std::size_t n, float a, const float* x, float* y);
  /// y[i] += x[i]
  void (*add)(std::size_t n, const float* x, float* y);
  void (*adam)(std::size_t n, const AdamStep& step, const float* gradient, float* weight, float* m,
               float* v);
};

/// The kernels of a set. Precondition: the machine has it (see available_instruction_sets).
[[nodiscard]] const ElementwiseKernels& elementwise_kernels(InstructionSet set);

/// The kernels of instruction_set().
[[nodiscard]] const ElementwiseKernels& elementwise_kernels();

}  // namespace stsr

#pragma once

#include <cstddef>
#include <cstdint>

#include "stsr/kernels/instruction_set.h"
#include "stsr/kernels/precision.h"

namespace stsr {

/// Products of the dense layers of a network with all that comes after them (bias, sine, residual
/// average, modulation and their derivatives) done while a block of results is still in registers.
///
/// All matrices are row-major with a stride in 32-bit words. Products read *words*: a float32, or,
/// with Precision::bf16, two bfloat16, the first in the low half. A matrix of activations v[r][c]
/// has two forms in words for bf16: `row pairs` (v[r][2i], v[r][2i+1]), which products with weights
/// read, and `sample pairs` (v[2i][c], v[2i+1][c]), which products over the rows read. In float32
/// both are v itself.
///
/// Results are written in whole panels: every output row needs room for `columns` rounded up to
/// `dense_padding`, and the columns beyond are zero as long as those of the inputs are.

/// The rows of every output, and of both operands of weight_gradient, have room for their columns
/// rounded up to a multiple of this many words, and for half as many more.
inline constexpr std::size_t dense_padding = 32;

/// A matrix of 32-bit words; no data where it is not wanted.
struct ConstWordMatrix {
  const float* data = nullptr;
  std::size_t stride = 0;
};
struct WordMatrix {
  float* data = nullptr;
  std::size_t stride = 0;
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator ConstWordMatrix() const { return {data, stride}; }
};

/// A matrix m[inner][columns], element (i, c) at source[i * inner_stride + c * column_stride], to
/// be packed into panels for a product x m; all elements are multiplied by `scale` first.
struct PanelSource {
  std::size_t inner = 0;
  std::size_t columns = 0;
  const float* source = nullptr;
  std::size_t inner_stride = 0;
  std::size_t column_stride = 0;
  float scale = 1.0F;
};

enum class DenseActivation { linear, sine, relu };

/// The forward pass of a layer for rows r, with g = group[r] (0 where there is no `group`):
///
///   a = x m + bias[g]
///   y = a, sin(pi a) or max(a, 0)
///   f = (residual + y) / 2 with a residual, else y
///   u = f * scale[g] with a scale, else f
///   derivative = derivative_factor * (1, cos(pi a) or a > 0)
///
/// `derivative`, `f`, `u` and the two word forms of u are written where they have data; u may be
/// residual.
struct DenseForward {
  std::size_t rows = 0;
  std::size_t inner = 0;  ///< inputs
  std::size_t columns = 0;
  ConstWordMatrix x;
  const float* panels = nullptr;
  DenseActivation activation = DenseActivation::linear;
  const std::uint32_t* group = nullptr;  ///< [rows]
  ConstWordMatrix bias;                  ///< stride 0: one row for all groups
  ConstWordMatrix residual;
  ConstWordMatrix scale;  ///< stride 0: one row for all groups
  float derivative_factor = 1.0F;
  WordMatrix derivative;
  WordMatrix f;
  WordMatrix u;
  WordMatrix row_pairs;
  WordMatrix sample_pairs;
};

/// The way back through the weights of a layer and the activation of the layer before it:
///
///   d = dz m  (+ skip / 2)  (+ what d holds, if accumulate)
///   with a scale: dscale[g] += d * f, summed over the rows of a group; d <- d * scale[g]
///   with a derivative: dz_before = d * derivative; dbias[g] += its sums over rows
///
/// `d`, `dz` and the two word forms of dz are written where they have data; dz may be derivative,
/// and d may be skip.
struct DenseBackward {
  std::size_t rows = 0;
  std::size_t inner = 0;    ///< outputs of the layer
  std::size_t columns = 0;  ///< its inputs
  ConstWordMatrix dz_after;
  const float* panels = nullptr;
  const std::uint32_t* group = nullptr;
  ConstWordMatrix skip;
  bool accumulate = false;
  ConstWordMatrix f;
  ConstWordMatrix scale;
  WordMatrix dscale;
  WordMatrix d;
  ConstWordMatrix derivative;
  WordMatrix dz;
  WordMatrix row_pairs;
  WordMatrix sample_pairs;
  WordMatrix dbias;  ///< stride 0: one row for all groups; exactly `columns` of a row are touched
};

/// gradient[n][k] += sum over rows of dz[r][n] x[r][k]; both operands in the form for products over
/// rows; the gradient needs no padding.
struct DenseWeightGradient {
  std::size_t rows = 0;
  std::size_t outputs = 0;  ///< n
  std::size_t inputs = 0;   ///< k
  ConstWordMatrix dz;
  ConstWordMatrix x;
  float* gradient = nullptr;
  std::size_t gradient_stride = 0;
};

/// The kernels of one instruction set and precision. They neither allocate, check nor throw, and
/// sum in a fixed order.
struct DenseKernels {
  std::size_t panel_columns;     ///< columns of a panel, divides dense_padding
  std::size_t values_in_a_word;  ///< 1, or 2 for bf16
  void (*pack)(const PanelSource& source, float* panels);
  void (*forward)(const DenseForward& product);
  void (*backward)(const DenseBackward& product);
  void (*weight_gradient)(const DenseWeightGradient& product);

  /// Words that the panels of an inner x columns matrix take.
  [[nodiscard]] std::size_t panel_words(std::size_t inner, std::size_t columns) const {
    return (inner + values_in_a_word - 1) / values_in_a_word *
           ((columns + panel_columns - 1) / panel_columns * panel_columns);
  }
};

/// The kernels of a set. bf16 products exist for every set; where the processor has no instruction
/// for them they are emulated, slower than float32, with the same results up to the order of sums
/// and to subnormal numbers, which the instructions take for zero. Precondition: the machine has
/// the set.
[[nodiscard]] const DenseKernels& dense_kernels(InstructionSet set, Precision precision);

/// True where a set has instructions for products of bf16.
[[nodiscard]] constexpr bool has_bf16_instructions(InstructionSet set) {
  return set == InstructionSet::avx512_bf16;
}

/// @throws ValueError  the precision is bf16, and the set has no instructions for it: that would be
/// slower than float32.
void check_pays(Precision precision, InstructionSet set);

}  // namespace stsr

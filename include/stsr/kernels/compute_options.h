#pragma once

#include "stsr/kernels/dense.h"
#include "stsr/kernels/elementwise.h"

namespace stsr {

/// How the processor is used. Results differ by rounding at most, but for bf16.
struct ComputeOptions {
  /// Of the products between hidden layers. bf16 works everywhere, but only pays where
  /// has_bf16_instructions().
  Precision precision = Precision::float32;
  InstructionSet instruction_set = best_instruction_set();
  int threads = 0;  ///< 0: thread_count() of the thread that calls

  bool operator==(const ComputeOptions&) const = default;
};

/// The kernels of the chosen instruction set.
class Kernels {
 public:
  explicit Kernels(InstructionSet set)
      : elementwise_(&elementwise_kernels(set)),
        float32_(&dense_kernels(set, Precision::float32)),
        bf16_(&dense_kernels(set, Precision::bf16)) {}

  [[nodiscard]] const ElementwiseKernels& elementwise() const { return *elementwise_; }
  [[nodiscard]] const DenseKernels& dense(Precision precision) const {
    return precision == Precision::float32 ? *float32_ : *bf16_;
  }

 private:
  const ElementwiseKernels* elementwise_;
  const DenseKernels* float32_;
  const DenseKernels* bf16_;
};

}  // namespace stsr

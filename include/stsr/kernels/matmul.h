#pragma once

#include <cstddef>

namespace stsr {

/// A row-major float32 matrix: element (r, c) is data[r * stride + c].
struct ConstMatrix {
  const float* data;
  std::size_t rows;
  std::size_t columns;
  std::size_t stride;
};

struct MutableMatrix {
  float* data;
  std::size_t rows;
  std::size_t columns;
  std::size_t stride;

  operator ConstMatrix() const {
    return {data, rows, columns, stride};
  }  // NOLINT(google-explicit-constructor)
};

/// Whether a product replaces the result or is added to it.
enum class Accumulate { no, yes };

/// y = x w^T, the forward pass of a layer with weights w[out][in]: x[rows][in], y[rows][out].
/// Runs through oneDNN; inside a parallel loop on the calling thread alone. The same for all below.
/// @throws ShapeError  the shapes do not fit.
void multiply_transposed(ConstMatrix x, ConstMatrix w, MutableMatrix y,
                         Accumulate accumulate = Accumulate::no);

/// y = x w: x[rows][k], w[k][columns], y[rows][columns].
void multiply(ConstMatrix x, ConstMatrix w, MutableMatrix y,
              Accumulate accumulate = Accumulate::no);

/// y = x^T w: x[k][rows], w[k][columns], y[rows][columns].
void transposed_multiply(ConstMatrix x, ConstMatrix w, MutableMatrix y,
                         Accumulate accumulate = Accumulate::no);

}  // namespace stsr

#pragma once

#include <cstddef>
#include <span>

#include "stsr/kernels/compute_options.h"

namespace stsr {

/// Replaces a matrix by an approximation of its nearest (semi-)orthogonal matrix: five steps of the
/// Newton-Schulz iteration X <- a X + (b A + c A^2) X, A = X X^T, with (a, b, c) = (3.4445,
/// -4.7750, 2.0315), from X / (|X|_F + 1e-7), in float32 on the dense kernels. Singular values end
/// in about [0.7, 1.2].
/// @param matrix  [rows][columns] float32, row-major
/// @throws ShapeError  the length is not rows * columns.
/// Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks".
void orthogonalise(const Kernels& kernels, std::size_t rows, std::size_t columns,
                   std::span<float> matrix);

/// Muon's step: momentum <- 0.95 momentum + g; w -= rate 0.2 sqrt(max(rows, columns))
/// orthogonalised(g + 0.95 momentum). The factor gives updates the size of Adam's (Liu et al. 2025,
/// "Muon is scalable for LLM training").
/// @param gradient  [rows][columns]; `momentum` and `weight` likewise, and updated
/// @throws ShapeError  the gradient's length is not rows * columns.
void muon_step(const Kernels& kernels, std::size_t rows, std::size_t columns, double rate,
               std::span<const float> gradient, std::span<float> momentum, std::span<float> weight);

}  // namespace stsr

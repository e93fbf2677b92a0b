#include "stsr/training/muon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"
#include "stsr/kernels/elementwise.h"
#include "stsr/kernels/matmul.h"

namespace stsr {

namespace {

constexpr float momentum_decay = 0.95F;
constexpr int newton_schulz_steps = 5;
constexpr float coefficient_a = 3.4445F;
constexpr float coefficient_b = -4.7750F;
constexpr float coefficient_c = 2.0315F;

void transpose(std::size_t rows, std::size_t columns, const float* from, float* to) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
}

/// One step of the iteration on x[n][k], n <= k; a and b hold n*n values each, next n*k.
void newton_schulz_step(std::size_t n, std::size_t k, std::vector<float>& x, std::vector<float>& a,
                        std::vector<float>& b, std::vector<float>& next) {
  multiply_transposed({x.data(), n, k, k}, {x.data(), n, k, k}, {a.data(), n, n, n});
  multiply({a.data(), n, n, n}, {a.data(), n, n, n}, {b.data(), n, n, n});
  for (std::size_t i = 0; i < n * n; ++i) b[i] = coefficient_c * b[i] + coefficient_b * a[i];
  elementwise_kernels().scaled_copy(n * k, coefficient_a, x.data(), next.data());
  multiply({b.data(), n, n, n}, {x.data(), n, k, k}, {next.data(), n, k, k}, Accumulate::yes);
  x.swap(next);
}

}  // namespace

void orthogonalise(std::size_t rows, std::size_t columns, std::span<float> matrix) {
  if (matrix.size() != checked_product({rows, columns}))
    throw ShapeError(fmt::format("a {} x {} matrix has {} values, got {}", rows, columns,
                                 rows * columns, matrix.size()));
  const std::size_t n = std::min(rows, columns);
  const std::size_t k = std::max(rows, columns);
  std::vector<float> x(matrix.begin(), matrix.end());
  if (rows > columns) transpose(rows, columns, matrix.data(), x.data());
  double squares = 0.0;
  for (const float value : x) squares += static_cast<double>(value) * static_cast<double>(value);
  const auto scale = static_cast<float>(1.0 / (std::sqrt(squares) + 1e-7));
  for (float& value : x) value *= scale;
  std::vector<float> a(n * n);
  std::vector<float> b(n * n);
  std::vector<float> next(n * k);
  for (int step = 0; step < newton_schulz_steps; ++step) newton_schulz_step(n, k, x, a, b, next);
  if (rows > columns)
    transpose(columns, rows, x.data(), matrix.data());
  else
    std::copy(x.begin(), x.end(), matrix.begin());
}

void muon_step(std::size_t rows, std::size_t columns, double rate, std::span<const float> gradient,
               std::span<float> momentum, std::span<float> weight) {
  std::vector<float> update(gradient.size());
  for (std::size_t i = 0; i < update.size(); ++i) {
    momentum[i] = momentum_decay * momentum[i] + gradient[i];
    update[i] = gradient[i] + momentum_decay * momentum[i];
  }
  orthogonalise(rows, columns, update);
  const auto scale =
      static_cast<float>(rate * 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns))));
  for (std::size_t i = 0; i < update.size(); ++i) weight[i] -= scale * update[i];
}

}  // namespace stsr

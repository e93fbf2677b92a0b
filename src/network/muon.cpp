#include "stsr/network/muon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "scratch.h"
#include "stsr/base/error.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

constexpr float momentum_decay = 0.95F;
constexpr int newton_schulz_steps = 5;
constexpr float coefficient_a = 3.4445F;
constexpr float coefficient_b = -4.7750F;
constexpr float coefficient_c = 2.0315F;

/// The copy in or out of Y[k][n], k >= n, which is a tall matrix, or the transpose of a wide one.
void copy(std::size_t rows, std::size_t columns, std::span<const float> matrix, Scratch& y) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      (rows >= columns ? y.row(r)[c] : y.row(c)[r]) = matrix[r * columns + c];
}

void copy(std::size_t rows, std::size_t columns, Scratch& y, std::span<float> matrix) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      matrix[r * columns + c] = rows >= columns ? y.row(r)[c] : y.row(c)[r];
}

/// The iteration Y <- Y (a I + b A + c A^2), A = Y^T Y, on Y[k][n].
class NewtonSchulz {
 public:
  NewtonSchulz(const Kernels& kernels, std::size_t k, std::size_t n)
      : elementwise_(kernels.elementwise()),
        kernels_(kernels.dense(Precision::float32)),
        n_(n),
        y_(k, n),
        next_(k, n),
        a_(n, n),
        b_(n, n),
        zero_(1, n),
        panels_(1, kernels_.panel_words(n, n)) {}

  [[nodiscard]] Scratch& y() { return y_; }
  void step();

 private:
  /// sum += x^T x, where sum is symmetric: the upper triangle in blocks of columns, then its mirror
  /// image. (Both halves would have the same bits: products commute, and sums run over the rows.)
  void add_square(Scratch& x, Scratch& sum) const {
    const WordMatrix result = sum.words();
    const WordMatrix factor = x.words();
    for (std::size_t column = 0; column < n_; column += dense_padding) {
      const std::size_t end = std::min(column + dense_padding, n_);
      kernels_.weight_gradient({x.rows(),
                                end,
                                end - column,
                                factor,
                                {factor.data + column, factor.stride},
                                result.data + column,
                                result.stride});
    }
    for (std::size_t r = 1; r < n_; ++r)
      for (std::size_t c = 0; c < r; ++c) sum.row(r)[c] = sum.row(c)[r];
  }

  const ElementwiseKernels& elementwise_;
  const DenseKernels& kernels_;
  std::size_t n_;
  Scratch y_;
  Scratch next_;
  Scratch a_;
  Scratch b_;
  Scratch zero_;
  Scratch panels_;
};

void NewtonSchulz::step() {
  a_.clear(n_);
  add_square(y_, a_);
  // B = (a/c) I + (b/c) A + A^2; A is symmetric to the bit.
  elementwise_.scaled_copy(n_ * b_.words().stride, coefficient_b / coefficient_c, a_.row(0),
                           b_.row(0));
  for (std::size_t i = 0; i < n_; ++i) b_.row(i)[i] += coefficient_a / coefficient_c;
  add_square(a_, b_);
  // Y <- Y (c B)
  kernels_.pack({n_, n_, b_.row(0), b_.words().stride, 1, coefficient_c}, panels_.row(0));
  DenseForward product;
  product.rows = y_.rows();
  product.inner = n_;
  product.columns = n_;
  product.x = y_.words();
  product.panels = panels_.row(0);
  product.bias = {zero_.row(0), 0};
  product.u = next_.words();
  kernels_.forward(product);
  std::swap(y_, next_);
}

}  // namespace

void orthogonalise(const Kernels& kernels, std::size_t rows, std::size_t columns,
                   std::span<float> matrix) {
  if (matrix.size() != checked_product({rows, columns}))
    throw ShapeError(fmt::format("a {} x {} matrix has {} values, got {}", rows, columns,
                                 rows * columns, matrix.size()));
  double squares = 0.0;
  for (const float value : matrix)
    squares += static_cast<double>(value) * static_cast<double>(value);
  const auto scale = static_cast<float>(1.0 / (std::sqrt(squares) + 1e-7));
  for (float& value : matrix) value *= scale;
  NewtonSchulz iteration(kernels, std::max(rows, columns), std::min(rows, columns));
  copy(rows, columns, matrix, iteration.y());
  for (int step = 0; step < newton_schulz_steps; ++step) iteration.step();
  copy(rows, columns, iteration.y(), matrix);
}

void muon_step(const Kernels& kernels, std::size_t rows, std::size_t columns, double rate,
               std::span<const float> gradient, std::span<float> momentum,
               std::span<float> weight) {
  std::vector<float> update(gradient.size());
  for (std::size_t i = 0; i < update.size(); ++i) {
    momentum[i] = momentum_decay * momentum[i] + gradient[i];
    update[i] = gradient[i] + momentum_decay * momentum[i];
  }
  orthogonalise(kernels, rows, columns, update);
  const auto scale =
      static_cast<float>(rate * 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns))));
  for (std::size_t i = 0; i < update.size(); ++i) weight[i] -= scale * update[i];
}

}  // namespace stsr

#include "stsr/kernels/matmul.h"

#include <dnnl.h>
#include <fmt/format.h>

#include "stsr/base/error.h"

namespace stsr {

namespace {

/// y[m][n] (+)= op(a) op(b) with inner size k.
void sgemm(char transpose_a, char transpose_b, std::size_t k, ConstMatrix a, ConstMatrix b,
           MutableMatrix y, Accumulate accumulate) {
  if (y.rows == 0 || y.columns == 0) return;
  const auto size = [](std::size_t n) { return static_cast<dnnl_dim_t>(n); };
  const dnnl_status_t status =
      dnnl_sgemm(transpose_a, transpose_b, size(y.rows), size(y.columns), size(k), 1.0F, a.data,
                 size(a.stride), b.data, size(b.stride),
                 accumulate == Accumulate::yes ? 1.0F : 0.0F, y.data, size(y.stride));
  if (status != dnnl_success)
    throw ShapeError(fmt::format("oneDNN refused a product of {} x {} by {} x {} (status {})",
                                 a.rows, a.columns, b.rows, b.columns, static_cast<int>(status)));
}

void require(bool fits, const char* product, ConstMatrix x, ConstMatrix w, ConstMatrix y) {
  if (!fits)
    throw ShapeError(fmt::format("{}: {} x {} and {} x {} do not give {} x {}", product, x.rows,
                                 x.columns, w.rows, w.columns, y.rows, y.columns));
}

}  // namespace

void multiply_transposed(ConstMatrix x, ConstMatrix w, MutableMatrix y, Accumulate accumulate) {
  require(x.columns == w.columns && y.rows == x.rows && y.columns == w.rows, "x w^T", x, w, y);
  sgemm('N', 'T', x.columns, x, w, y, accumulate);
}

void multiply(ConstMatrix x, ConstMatrix w, MutableMatrix y, Accumulate accumulate) {
  require(x.columns == w.rows && y.rows == x.rows && y.columns == w.columns, "x w", x, w, y);
  sgemm('N', 'N', x.columns, x, w, y, accumulate);
}

void transposed_multiply(ConstMatrix x, ConstMatrix w, MutableMatrix y, Accumulate accumulate) {
  require(x.rows == w.rows && y.rows == x.columns && y.columns == w.columns, "x^T w", x, w, y);
  sgemm('T', 'N', x.rows, x, w, y, accumulate);
}

}  // namespace stsr

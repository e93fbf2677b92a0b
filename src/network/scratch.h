#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

#include "stsr/base/shape.h"
#include "stsr/kernels/dense.h"

namespace stsr {

/// A reusable matrix of 32-bit words for the intermediate results of a tile, zero at first. Rows
/// begin on cache lines and have the room behind their columns that the dense kernels ask for; the
/// stride is an odd number of lines, so that the rows of a tile do not fall into the same cache
/// sets.
class Scratch {
 public:
  Scratch() = default;
  Scratch(std::size_t rows, std::size_t columns)
      : rows_(rows), stride_(ceil_divide(columns, dense_padding) * dense_padding + line) {
    data_.reset(new (alignment) float[checked_product({rows_, stride_})]());
  }

  [[nodiscard]] float* row(std::size_t r) { return data_.get() + r * stride_; }
  [[nodiscard]] const float* row(std::size_t r) const { return data_.get() + r * stride_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// No data where this was made by the default constructor.
  [[nodiscard]] WordMatrix words() { return {data_.get(), stride_}; }

  /// Sets the first `rows` rows to zero.
  void clear(std::size_t rows) { std::fill_n(data_.get(), rows * stride_, 0.0F); }

 private:
  static constexpr std::size_t line = 16;  // floats in a cache line
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(float* data) const { ::operator delete[](data, alignment); }
  };
  std::size_t rows_ = 0;
  std::size_t stride_ = 0;
  std::unique_ptr<float[], Free> data_;  // NOLINT(modernize-avoid-c-arrays)
};

/// Activations of a tile in the forms that products read: as they are and, where the network has
/// products in bf16, as pairs (see dense.h).
struct Activations {
  Activations() = default;
  Activations(std::size_t rows, std::size_t columns, Precision precision) : values(rows, columns) {
    if (precision == Precision::float32) return;
    row_pairs = Scratch(rows, ceil_divide(columns, 2));
    sample_pairs = Scratch(ceil_divide(rows, 2), columns);
  }

  /// What a product with weights of this precision reads.
  [[nodiscard]] ConstWordMatrix rows(Precision precision) {
    return (precision == Precision::float32 ? values : row_pairs).words();
  }
  /// What a product over the rows of this precision reads.
  [[nodiscard]] ConstWordMatrix samples(Precision precision) {
    return (precision == Precision::float32 ? values : sample_pairs).words();
  }

  Scratch values;
  Scratch row_pairs;
  Scratch sample_pairs;
};

}  // namespace stsr

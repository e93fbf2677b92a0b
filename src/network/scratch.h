#pragma once

#include <cstddef>
#include <memory>
#include <new>

#include "stsr/base/shape.h"
#include "stsr/kernels/matmul.h"

namespace stsr {

/// A reusable matrix of up to `rows` x `columns` floats for the intermediate results of a tile.
/// Rows begin on cache lines, and the stride is an odd number of lines, so that the rows of a tile
/// do not fall into the same cache sets.
class Scratch {
 public:
  Scratch() = default;
  Scratch(std::size_t rows, std::size_t columns)
      : rows_(rows), columns_(columns), stride_(((columns + 15) / 16 | 1U) * 16) {
    const std::size_t count = checked_product({rows_, stride_});
    data_.reset(new (alignment) float[count]());
  }

  /// The first `rows` rows.
  [[nodiscard]] MutableMatrix top(std::size_t rows) {
    return {data_.get(), rows, columns_, stride_};
  }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(float* data) const { ::operator delete[](data, alignment); }
  };
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::size_t stride_ = 0;
  std::unique_ptr<float[], Free> data_;  // NOLINT(modernize-avoid-c-arrays)
};

/// Sets every element to zero.
inline void clear(MutableMatrix m) {
  for (std::size_t r = 0; r < m.rows; ++r)
    for (std::size_t c = 0; c < m.columns; ++c) m.data[r * m.stride + c] = 0.0F;
}

}  // namespace stsr

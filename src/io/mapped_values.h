#pragma once

#include <cstddef>
#include <span>

#include "input_file.h"
#include "raw_values.h"

namespace stsr {

/// The values of a raw file where they lie, mapped into memory for access here and there.
class MappedValues {
 public:
  /// @param layout  is_plain_float32
  /// @throws FileError  the file has another size than `dims` needs, or cannot be mapped.
  MappedValues(const InputFile& file, const RawLayout& layout, const Dims& dims);
  ~MappedValues();
  MappedValues(const MappedValues&) = delete;
  MappedValues& operator=(const MappedValues&) = delete;

  [[nodiscard]] std::span<const float> values() const { return values_; }

 private:
  std::size_t bytes_;
  const void* mapping_;
  std::span<const float> values_;
};

}  // namespace stsr

#include "mapped_values.h"

#include <sys/mman.h>

#include "stsr/base/memory.h"

namespace stsr {

MappedValues::MappedValues(const InputFile& file, const RawLayout& layout, const Dims& dims)
    : bytes_((check_raw_size(file, layout, dims), static_cast<std::size_t>(file.size()))),
      mapping_(file.map(bytes_)),
      values_(static_cast<const float*>(mapping_) + layout.header_bytes / sizeof(float),
              dims.count()) {
  expect_random_access(values_);
}

MappedValues::~MappedValues() {
  munmap(const_cast<void*>(mapping_), bytes_);
}

}  // namespace stsr

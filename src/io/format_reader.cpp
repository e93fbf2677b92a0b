#include "stsr/io/format_reader.h"

#include <fmt/format.h>

#include "scratch_copy.h"

namespace stsr {

std::vector<float> FormatReader::read_box(std::size_t variable, std::size_t step,
                                          const SampleBox& box) const {
  const Dims& dims = variables().at(variable).info.grid.dims;
  check_box(box, dims);
  return cut_box(read(variable, step), dims, box);
}

StoredStep FormatReader::map(std::size_t variable, std::size_t step,
                             const std::filesystem::path& scratch) const {
  return store_copy(read(variable, step), scratch,
                    fmt::format("step {} of '{}'", step, variables().at(variable).info.name));
}

}  // namespace stsr

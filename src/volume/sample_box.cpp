#include "stsr/volume/sample_box.h"

#include <fmt/format.h>

#include "stsr/base/error.h"

namespace stsr {

void check_box(const SampleBox& box, const Dims& dims) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t first = box.first[axis];
    const std::size_t count = box.dims[axis];
    if (count == 0 || first >= dims[axis] || count > dims[axis] - first)
      throw ShapeError(
          fmt::format("a box of {} samples from sample {} along {} does not lie in a grid of {}",
                      count, first, "xyz"[axis], dims[axis]));
  }
}

std::vector<float> cut_box(std::span<const float> values, const Dims& dims, const SampleBox& box) {
  check_box(box, dims);
  if (values.size() != dims.count())
    throw ShapeError(fmt::format("a volume of {} x {} x {} needs {} values, got {}", dims.x, dims.y,
                                 dims.z, dims.count(), values.size()));
  std::vector<float> cut;
  cut.reserve(box.dims.count());
  for_each_run(dims, box, [&](std::size_t first, std::size_t count) {
    const auto run = values.subspan(first, count);
    cut.insert(cut.end(), run.begin(), run.end());
  });
  return cut;
}

}  // namespace stsr

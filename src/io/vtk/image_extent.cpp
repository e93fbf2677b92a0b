#include "image_extent.h"

#include <algorithm>
#include <vector>

#include "stsr/base/error.h"

namespace stsr {

bool Extent::empty() const {
  return last[0] < first[0] || last[1] < first[1] || last[2] < first[2];
}

Dims Extent::dims() const {
  const auto count = [&](std::size_t axis) {
    return static_cast<std::size_t>(last[axis] - first[axis] + 1);
  };
  return {count(0), count(1), count(2)};
}

Extent overlap(const Extent& a, const Extent& b) {
  Extent both;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    both.first[axis] = std::max(a.first[axis], b.first[axis]);
    both.last[axis] = std::min(a.last[axis], b.last[axis]);
  }
  return both;
}

std::uint64_t uncovered(const Extent& whole, std::span<const Extent> boxes) {
  constexpr std::size_t most_gaps = 1'000'000;
  std::vector<Extent> gaps{whole};
  for (const Extent& box : boxes) {
    std::vector<Extent> left;
    for (Extent gap : gaps) {
      if (overlap(gap, box).empty()) {
        left.push_back(gap);
        continue;
      }
      // What lies before the box along an axis, and what lies behind it; the rest is in the box.
      for (std::size_t axis = 0; axis < 3; ++axis) {
        if (gap.first[axis] < box.first[axis]) {
          left.push_back(gap);
          left.back().last[axis] = box.first[axis] - 1;
          gap.first[axis] = box.first[axis];
        }
        if (gap.last[axis] > box.last[axis]) {
          left.push_back(gap);
          left.back().first[axis] = box.last[axis] + 1;
          gap.last[axis] = box.last[axis];
        }
      }
    }
    gaps = std::move(left);
    if (gaps.size() > most_gaps) throw ValueError("its pieces leave more than a million gaps");
  }
  std::uint64_t samples = 0;
  for (const Extent& gap : gaps) samples += gap.dims().count();
  return samples;
}

}  // namespace stsr

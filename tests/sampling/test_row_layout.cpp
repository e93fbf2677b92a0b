#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "stsr/sampling/row_layout.h"

namespace stsr {
namespace {

VariableInfo info_of(const Dims& dims) {
  return {"v", "", {dims, {1, 1, 1}, {0, 0, 0}}, {0.0, 1.0, 2.0}, {}};
}

using Parts = std::vector<std::array<std::size_t, 2>>;

/// All samples of the rows first..last of one step lie in the parts, which rise and do not touch.
void expect_samples_inside(const RowLayout& layout, std::uint64_t first, std::uint64_t last,
                           const Parts& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_LE(parts[i][0], parts[i][1]);
    if (i > 0) {
      EXPECT_GT(parts[i][0], parts[i - 1][1]);
    }
  }
  RowLayout::Place place;
  for (std::uint64_t row = first; row <= last; ++row) {
    layout.locate(row, place);
    for (std::size_t head = 0; head < layout.origins().size(); ++head) {
      if (!layout.has_sample(place, head)) continue;
      const auto sample = static_cast<std::size_t>(layout.origins()[head] + place.offset);
      EXPECT_TRUE(
          std::any_of(parts.begin(), parts.end(),
                      [&](const auto& part) { return sample >= part[0] && sample < part[1]; }))
          << "row " << row << ", head " << head;
    }
  }
}

TEST(RowLayout, ExtentsHoldTheSamplesOfTheirRowsAndLittleElse) {
  std::mt19937_64 random(1);
  for (const BlockMode mode : {BlockMode::shared_faces, BlockMode::paper}) {
    const Dims dims{101, 90, 63};
    const VariableInfo info = info_of(dims);
    const Partition partition({mode, {2, 2, 2}}, info);
    const RowLayout layout(partition, info);
    const std::uint64_t step_rows = layout.first_row(1);
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t step = random() % 3;
      const std::uint64_t from = random() % step_rows;
      const std::uint64_t to = std::min(from + random() % 600, step_rows - 1);
      const std::uint64_t first = layout.first_row(step) + from;
      const std::uint64_t last = layout.first_row(step) + to;
      const Parts parts = layout.extents(first, last, dims.count());
      expect_samples_inside(layout, first, last, parts);
      // 600 rows of half lines of 51 are 12 or 13 lines of 101 values, and blocks side by side are
      // joined: less than one of its four parts of the volume's 573,000 values.
      std::size_t values = 0;
      for (const auto& [begin, end] : parts) {
        EXPECT_LE(end, dims.count());
        values += end - begin;
      }
      EXPECT_LT(values, dims.count() / 10);
    }
  }
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "stsr/base/error.h"
#include "stsr/volume/sample_box.h"

namespace stsr {
namespace {

constexpr Dims dims{4, 3, 2};

std::vector<float> numbered() {
  std::vector<float> values(dims.count());
  std::iota(values.begin(), values.end(), 0.0F);
  return values;
}

/// Sample by sample, without a thought of runs.
std::vector<float> cut_slowly(const SampleBox& box) {
  const auto values = numbered();
  std::vector<float> cut;
  for (std::size_t z = 0; z < box.dims.z; ++z)
    for (std::size_t y = 0; y < box.dims.y; ++y)
      for (std::size_t x = 0; x < box.dims.x; ++x)
        cut.push_back(
            values[((box.first[2] + z) * dims.y + box.first[1] + y) * dims.x + box.first[0] + x]);
  return cut;
}

TEST(SampleBox, EveryBoxThatFitsIsCutAsItsSamplesLie) {
  std::size_t boxes = 0;
  for (std::size_t x = 0; x < dims.x; ++x)
    for (std::size_t y = 0; y < dims.y; ++y)
      for (std::size_t z = 0; z < dims.z; ++z)
        for (std::size_t nx = 1; x + nx <= dims.x; ++nx)
          for (std::size_t ny = 1; y + ny <= dims.y; ++ny)
            for (std::size_t nz = 1; z + nz <= dims.z; ++nz, ++boxes) {
              const SampleBox box{{x, y, z}, {nx, ny, nz}};
              ASSERT_EQ(cut_box(numbered(), dims, box), cut_slowly(box));
            }
  EXPECT_EQ(boxes, 10U * 6U * 3U);
}

TEST(SampleBox, RunsAreAsLongAsTheyCanBe) {
  const auto runs = [](const SampleBox& box) {
    std::size_t count = 0;
    for_each_run(dims, box, [&](std::size_t, std::size_t) { ++count; });
    return count;
  };
  EXPECT_EQ(runs({{0, 0, 0}, dims}), 1U);
  EXPECT_EQ(runs({{0, 1, 0}, {4, 2, 2}}), 2U);
  EXPECT_EQ(runs({{1, 0, 0}, {3, 3, 2}}), 6U);
}

TEST(SampleBox, RefusesWhatDoesNotFit) {
  const auto values = numbered();
  for (const SampleBox& box : {SampleBox{{0, 0, 0}, {5, 3, 2}}, SampleBox{{4, 0, 0}, {1, 1, 1}},
                               SampleBox{{0, 2, 0}, {1, 2, 1}}, SampleBox{{0, 0, 0}, {1, 1, 0}},
                               SampleBox{{1, 0, 0}, {static_cast<std::size_t>(-1), 1, 1}}})
    EXPECT_THROW((void)cut_box(values, dims, box), ShapeError);
  EXPECT_THROW((void)cut_box(std::span(values).first(5), dims, {{0, 0, 0}, {1, 1, 1}}), ShapeError);
}

}  // namespace
}  // namespace stsr

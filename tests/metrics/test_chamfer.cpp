#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "made_up.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/metrics/chamfer.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

using testing::ElementsAre;

TEST(IsosurfaceDistance, AgreesWithFlyingEdgesAndScipy) {
  const auto cases = golden("chamfer.json");
  ASSERT_EQ(cases.size(), 6U);
  for (const auto& c : cases) {
    const Dims dims{c["dims"][0], c["dims"][1], c["dims"][2]};
    const double isovalue = c["isovalue"];
    auto [truth, result] = made_up_volumes(dims);
    if (c["whole"])
      for (auto* values : {&truth, &result})
        for (float& value : *values) value = std::rint(value);
    EXPECT_EQ(isosurface_points(dims, truth, isovalue).size(), c["points"][0]) << c;
    EXPECT_EQ(isosurface_points(dims, result, isovalue).size(), c["points"][1]) << c;
    const double expected = c["chamfer"];
    EXPECT_NEAR(isosurface_distance(dims, truth, result, isovalue).value(), expected,
                1e-5 * expected)
        << c;
  }
}

TEST(IsosurfacePoints, LieWhereTheValueAlongAnEdgeIsTheIsovalue) {
  // A ramp along x in a box of 3 x 2 x 1; the two rows differ by 1.
  const std::vector<float> values{0, 1, 2, 1, 2, 3};
  EXPECT_THAT(isosurface_points({3, 2, 1}, values, 1.25),
              ElementsAre(VoxelPoint{1.25, 0.0, 0.0}, VoxelPoint{1.0, 0.25, 0.0},
                          VoxelPoint{0.25, 1.0, 0.0}))
      << "order: lower ends, x fastest";
}

TEST(IsosurfacePoints, NeedBothEndsOfAnEdge) {
  const std::vector<float> values{0, 1, nan_value, 1, 0};
  EXPECT_THAT(isosurface_points({5, 1, 1}, values, 0.5),
              ElementsAre(VoxelPoint{0.5, 0, 0}, VoxelPoint{3.5, 0, 0}));
  const std::vector<float> also{nan_value, 0, 0, 0, 0};
  EXPECT_THAT(isosurface_points({5, 1, 1}, values, 0.5, also), ElementsAre(VoxelPoint{3.5, 0, 0}));
  EXPECT_THAT(isosurface_points({1, 1, 5}, values, 0.5),
              ElementsAre(VoxelPoint{0, 0, 0.5}, VoxelPoint{0, 0, 3.5}));
}

TEST(IsosurfaceDistance, LeavesOutWhatEitherMisses) {
  const std::vector<float> truth{0, 1, 1, 1, nan_value, nan_value};
  const std::vector<float> result{0, 0, 1, 1, 1, 0};  // crosses again where the truth is missing
  EXPECT_NEAR(isosurface_distance({6, 1, 1}, truth, result, 0.5).value(), 2.0, 1e-12);
}

TEST(ChamferDistance, AddsTheMeansOfBothDirections) {
  const std::vector<VoxelPoint> one{{0, 0, 0}, {3, 0, 0}};
  const std::vector<VoxelPoint> other{{0, 4, 0}};
  EXPECT_NEAR(chamfer_distance(one, other).value(), (4.0 + 5.0) / 2.0 + 4.0, 1e-12);
  EXPECT_EQ(chamfer_distance(one, one).value(), 0.0);
  const std::vector<VoxelPoint> same(1000, VoxelPoint{1, 2, 2});
  EXPECT_NEAR(chamfer_distance(same, std::vector<VoxelPoint>{{0, 0, 0}}).value(), 6.0, 1e-12);
}

TEST(ChamferDistance, IsUndefinedForAnEmptySurface) {
  const std::vector<VoxelPoint> points{{0, 0, 0}};
  EXPECT_FALSE(chamfer_distance(points, {}).has_value());
  EXPECT_FALSE(chamfer_distance({}, points).has_value());
  const std::vector<float> values{0, 1};
  EXPECT_FALSE(isosurface_distance({2, 1, 1}, values, values, 7.0).has_value());
}

TEST(ChamferDistance, HasTheSameBitsForAnyThreadCount) {
  const Dims dims{40, 30, 31};
  const auto [truth, result] = made_up_volumes(dims);
  set_thread_count(1);
  const double one = isosurface_distance(dims, truth, result, 0.5).value();
  for (const int threads : {2, 3, 7}) {
    set_thread_count(threads);
    EXPECT_EQ(isosurface_distance(dims, truth, result, 0.5).value(), one);
  }
}

TEST(IsosurfacePoints, NamesWhatDoesNotFit) {
  const std::vector<float> values(8);
  EXPECT_THROW((void)isosurface_points({2, 2, 3}, values, 0.5), ShapeError);
  EXPECT_THROW((void)isosurface_points({2, 2, 2}, values, 0.5, std::span(values).first(7)),
               ShapeError);
  EXPECT_THROW((void)isosurface_points({2, 2, 2}, values, std::nan("")), ValueError);
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "made_up.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/metrics/ssim.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

Dims dims_of(const nlohmann::json& json) {
  return {json[0], json[1], json[2]};
}

TEST(Ssim, OfVolumesAgreesWithScikitImage) {
  const auto cases = golden("ssim.json")["thick"];
  ASSERT_EQ(cases.size(), 6U);
  for (const auto& c : cases) {
    const Dims dims = dims_of(c["dims"]);
    const auto [truth, result] = made_up_volumes(dims, c["offset"]);
    EXPECT_NEAR(ssim(dims, truth, result).value(), c["ssim"].get<double>(), 1e-8) << c;
  }
}

TEST(Ssim, OfVolumesThinnerThanTheWindowTakesTheTapsThatFit) {
  const auto cases = golden("ssim.json")["thin"];
  ASSERT_EQ(cases.size(), 5U);
  for (const auto& c : cases) {
    const Dims dims = dims_of(c["dims"]);
    const auto [truth, result] = made_up_volumes(dims);
    EXPECT_NEAR(ssim(dims, truth, result).value(), c["ssim"].get<double>(), 1e-9) << c;
  }
}

TEST(Ssim, LeavesOutWindowsWithMissingVoxels) {
  const auto c = golden("ssim.json")["missing"];
  const Dims dims = dims_of(c["dims"]);
  auto [truth, result] = made_up_volumes(dims);
  const double whole = ssim(dims, truth, result).value();
  for (std::size_t z = 20; z < 24; ++z) truth[(z * dims.y + 3) * dims.x + 5] = nan_value;
  result[(12 * dims.y + 14) * dims.x + 30] = std::numeric_limits<float>::infinity();
  EXPECT_NEAR(ssim(dims, truth, result).value(), c["ssim"].get<double>(), 1e-8);
  EXPECT_GT(std::abs(c["ssim"].get<double>() - whole), 1e-5) << "the case shows nothing";
}

TEST(Ssim, IsUndefinedForAConstantTruthAndWhereEveryWindowMissesAVoxel) {
  const Dims dims{12, 12, 12};
  auto [truth, result] = made_up_volumes(dims);
  EXPECT_FALSE(ssim(dims, std::vector<float>(dims.count(), 2.0F), result).has_value());
  truth[(6 * dims.y + 6) * dims.x + 6] = nan_value;
  EXPECT_FALSE(ssim(dims, truth, result).has_value());
  EXPECT_FALSE(ssim(dims, std::vector<float>(dims.count(), nan_value), result).has_value());
}

TEST(Ssim, IsOneForIdenticalVolumesAndPictures) {
  const Dims dims{17, 13, 12};
  const auto volumes = made_up_volumes(dims, 1e5);
  EXPECT_NEAR(ssim(dims, volumes.truth, volumes.truth).value(), 1.0, 1e-12);
  const auto pictures = made_up_pictures(20, 30);
  EXPECT_NEAR(ssim(pictures.truth, pictures.truth), 1.0, 1e-12);
}

TEST(Ssim, HasNoNegativeVarianceOfAResultFarOutsideTheRangeOfTheTruth) {
  // One window, a constant result: E[r^2] - E[r]^2 is rounding of either sign, far above C2.
  const Dims dims{11, 11, 11};
  const std::vector<float> truth = made_up_volumes(dims, 10.0).truth;
  for (int i = 0; i < 50; ++i) {
    const std::vector<float> result(dims.count(), 1e9F + 1.234e7F * static_cast<float>(i));
    const double similarity = ssim(dims, truth, result).value();
    EXPECT_GT(similarity, 0.0) << i;
    EXPECT_LT(similarity, 1e-6) << i;
  }
}

TEST(Ssim, HasTheSameBitsForAnyThreadCount) {
  const Dims dims{30, 90, 50};
  const auto [truth, result] = made_up_volumes(dims);
  set_thread_count(1);
  const double one = ssim(dims, truth, result).value();
  for (const int threads : {2, 3, 7}) {
    set_thread_count(threads);
    EXPECT_EQ(ssim(dims, truth, result).value(), one);
  }
}

TEST(Ssim, OfPicturesAgreesWithScikitImage) {
  const auto cases = golden("ssim.json")["images"];
  ASSERT_EQ(cases.size(), 3U);
  for (const auto& c : cases) {
    const auto [truth, result] = made_up_pictures(c["width"], c["height"]);
    EXPECT_NEAR(ssim(truth, result), c["ssim"].get<double>(), 1e-9) << c;
  }
}

TEST(Ssim, NamesSizesThatDoNotFit) {
  const std::vector<float> values(8);
  try {
    (void)ssim(Dims{2, 2, 3}, values, values);
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("8 values and the result 8; both need the 2 x 2"));
  }
  EXPECT_THROW((void)ssim(made_up_pictures(8, 9).truth, made_up_pictures(9, 8).truth), ShapeError);
  EXPECT_THROW((void)ssim(Image{}, Image{}), ShapeError);
  EXPECT_THROW((void)ssim(Image{2, 2, {1, 2, 3}}, Image{2, 2, {1, 2, 3}}), ShapeError);
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/metrics/psnr.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

struct Pair {
  std::vector<float> truth;
  std::vector<float> predicted;
};

/// The volumes of tests/golden/make_psnr.py.
Pair made_up(std::size_t n) {
  Pair pair;
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = static_cast<double>(i);
    pair.truth.push_back(static_cast<float>(3.0 + 40.0 * std::sin(0.1 * x)));
    pair.predicted.push_back(
        static_cast<float>(static_cast<double>(pair.truth.back()) + 0.3 * std::cos(0.37 * x)));
  }
  return pair;
}

TEST(Psnr, AgreesWithNumpyInBothScales) {
  std::ifstream file(std::string(STSR_GOLDEN_DIR) + "/psnr.json");
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_EQ(cases.size(), 5U);
  for (const auto& c : cases) {
    const Pair pair = made_up(c["n"]);
    EXPECT_NEAR(psnr(pair.truth, pair.predicted), c["psnr"].get<double>(), 1e-9);
    EXPECT_NEAR(normalised_psnr_of(compare_volumes(pair.truth, pair.predicted)),
                c["normalised"].get<double>(), 1e-9);
  }
}

TEST(Psnr, HasTheSameBitsForAnyThreadCount) {
  const Pair pair = made_up(50001);
  set_thread_count(1);
  const double one = psnr(pair.truth, pair.predicted);
  for (const int threads : {2, 3, 7}) {
    set_thread_count(threads);
    EXPECT_EQ(psnr(pair.truth, pair.predicted), one);
  }
}

TEST(Psnr, LeavesOutWhatTheTruthMissesAndRefusesToGuessTheRest) {
  Pair pair = made_up(100);
  const double whole = psnr(pair.truth, pair.predicted);
  pair.truth.push_back(nan_value);
  pair.predicted.push_back(1e6F);
  EXPECT_EQ(psnr(pair.truth, pair.predicted), whole);
  pair.predicted[3] = nan_value;
  EXPECT_TRUE(std::isnan(psnr(pair.truth, pair.predicted)));
  const ErrorSums sums = compare_volumes(pair.truth, pair.predicted);
  EXPECT_EQ(sums.compared, 99U);
  EXPECT_EQ(sums.missing_in_truth, 1U);
  EXPECT_EQ(sums.missing_in_result, 1U);
}

TEST(Psnr, IsInfiniteWhereIdenticalAndUndefinedWhereConstant) {
  const std::vector<float> truth{1.0F, 2.0F};
  const std::vector<float> constant{2.0F, 2.0F};
  EXPECT_EQ(psnr(truth, truth), std::numeric_limits<double>::infinity());
  EXPECT_THROW((void)psnr(constant, truth), ValueError);
  EXPECT_THROW((void)psnr(std::vector<float>{nan_value, nan_value}, truth), ValueError);
  EXPECT_TRUE(std::isnan(psnr_of(compare_volumes(constant, constant))));
}

TEST(Psnr, NamesBothLengths) {
  const std::vector<float> truth{1.0F, 2.0F};
  try {
    (void)psnr(truth, std::vector<float>{1.0F});
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("2 values and the result 1"));
  }
  EXPECT_THROW((void)psnr({}, {}), ShapeError);
}

}  // namespace
}  // namespace stsr

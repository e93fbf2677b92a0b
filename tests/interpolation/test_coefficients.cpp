#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stsr/interpolation/coefficients.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

TEST(Coefficients, TheSplinePassesThroughEverySampleAndTheContinuedEnds) {
  for (const std::size_t n : {1U, 2U, 3U, 8U, 50U}) {
    std::vector<double> line(n);
    for (std::size_t i = 0; i < n; ++i) line[i] = std::sin(1.7 * static_cast<double>(i * i)) + 2.0;
    std::vector<double> c(n + 3);
    line_coefficients(InterpolationKernel::b_spline, line, c.data());
    for (std::size_t i = 0; i < n; ++i)
      EXPECT_NEAR((c[i] + 4.0 * c[i + 1] + c[i + 2]) / 6.0, line[i], 1e-12) << i << " of " << n;
    EXPECT_NEAR((c[n] + 4.0 * c[n + 1] + c[n + 2]) / 6.0, line.back(), 1e-12)
        << "the first sample beyond the end repeats the last";
  }
}

TEST(Coefficients, MissingValuesTakeTheMeanOfTheirNeighboursLayerByLayer) {
  std::vector<float> row{2.0F,
                         nan_value,
                         4.0F,
                         nan_value,
                         nan_value,
                         nan_value,
                         std::numeric_limits<float>::infinity()};
  const std::vector<std::uint8_t> missing = fill_missing({7, 1, 1}, row);
  EXPECT_EQ(row, (std::vector<float>{2, 3, 4, 4, 4, 4, 4}));
  EXPECT_EQ(missing, (std::vector<std::uint8_t>{0, 1, 0, 1, 1, 1, 1}));

  std::vector<float> cube(27, nan_value);  // the centre is missing and has six neighbours
  cube[4] = cube[10] = cube[12] = 1.0F;
  cube[14] = cube[16] = cube[22] = 4.0F;
  (void)fill_missing({3, 3, 3}, cube);
  EXPECT_FLOAT_EQ(cube[13], 2.5F);

  std::vector<float> whole{1.0F, 2.0F};
  EXPECT_TRUE(fill_missing({2, 1, 1}, whole).empty());
  std::vector<float> none{nan_value, nan_value};
  EXPECT_EQ(fill_missing({2, 1, 1}, none).size(), 2U);
  EXPECT_EQ(none, (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace stsr

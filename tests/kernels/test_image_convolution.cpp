#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/kernels/image_convolution.h"

namespace stsr {
namespace {

std::vector<float> numbers(std::size_t count, std::uint64_t index) {
  std::vector<float> values(count);
  RandomStream{1, RandomUse::tests, index}.fill_uniform(values, -1.0F, 1.0F);
  return values;
}

/// The sum that defines the convolution, in double.
double reference(const ImageConvolution& c, const Channels& x, const std::vector<float>& w,
                 const std::vector<float>& b, std::size_t output, std::size_t y,
                 std::size_t column) {
  double sum = b[output];
  for (std::size_t input = 0; input < c.inputs; ++input)
    for (std::size_t j = 0; j < c.window; ++j)
      for (std::size_t i = 0; i < c.window; ++i) {
        const std::size_t row = y * c.stride + j;
        const std::size_t at = column * c.stride + i;
        if (row < c.padding || at < c.padding || row - c.padding >= x.height ||
            at - c.padding >= x.width)
          continue;
        const double value =
            x.values[(input * x.height + row - c.padding) * x.width + at - c.padding];
        sum += value * w[((output * c.inputs + input) * c.window + j) * c.window + i];
      }
  return std::max(sum, 0.0);
}

TEST(ImageConvolution, IsTheSumThatDefinesIt) {
  for (const ImageConvolution& c :
       {ImageConvolution{3, 8, 11, 4, 2}, ImageConvolution{5, 3, 3, 1, 1},
        ImageConvolution{1, 1, 1, 1, 0}, ImageConvolution{16, 32, 5, 2, 2}}) {
    const Channels x{c.inputs, 13, 17, numbers(c.inputs * 13 * 17, 1)};
    const auto w = numbers(c.outputs * c.inputs * c.window * c.window, 2);
    const auto b = numbers(c.outputs, 3);
    const Channels y = convolve_relu(c, x, w, b);
    ASSERT_EQ(y.count, c.outputs);
    ASSERT_EQ(y.height, (13 + 2 * c.padding - c.window) / c.stride + 1);
    ASSERT_EQ(y.width, (17 + 2 * c.padding - c.window) / c.stride + 1);
    // Rounding of a sum of n products below 1: n eps times their number, generously.
    const double n = static_cast<double>(c.inputs * c.window * c.window) + 1.0;
    std::size_t at = 0;
    for (std::size_t output = 0; output < y.count; ++output)
      for (std::size_t row = 0; row < y.height; ++row)
        for (std::size_t column = 0; column < y.width; ++column, ++at)
          ASSERT_NEAR(y.values[at], reference(c, x, w, b, output, row, column),
                      n * std::sqrt(n) * 6e-8);
  }
}

TEST(ImageConvolution, MaxPoolTakesTheLargestOfEachWindow) {
  const Channels x{2, 5, 6, numbers(60, 4)};
  const Channels y = max_pool(x);
  ASSERT_EQ(y.height, 2U);
  ASSERT_EQ(y.width, 2U);
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t j = 0; j < 2; ++j)
      for (std::size_t i = 0; i < 2; ++i) {
        float largest = -2.0F;
        for (std::size_t row = 2 * j; row < 2 * j + 3; ++row)
          for (std::size_t column = 2 * i; column < 2 * i + 3; ++column)
            largest = std::max(largest, x.values[(c * 5 + row) * 6 + column]);
        EXPECT_EQ(y.values[(c * 2 + j) * 2 + i], largest);
      }
}

TEST(ImageConvolution, RefusesWhatDoesNotFit) {
  const ImageConvolution c{2, 3, 3, 1, 0};
  const Channels x{2, 4, 4, std::vector<float>(32)};
  const std::vector<float> w(54);
  const std::vector<float> b(3);
  EXPECT_NO_THROW((void)convolve_relu(c, x, w, b));
  EXPECT_THROW((void)convolve_relu(c, x, std::span(w).first(53), b), ShapeError);
  EXPECT_THROW((void)convolve_relu(c, x, w, std::span(b).first(2)), ShapeError);
  EXPECT_THROW((void)convolve_relu(c, {2, 2, 4, std::vector<float>(16)}, w, b), ShapeError);
  EXPECT_THROW((void)convolve_relu(c, {1, 4, 4, std::vector<float>(16)}, w, b), ShapeError);
  EXPECT_THROW((void)max_pool({1, 2, 5, std::vector<float>(10)}), ShapeError);
}

}  // namespace
}  // namespace stsr

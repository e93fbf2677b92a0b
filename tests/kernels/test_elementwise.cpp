// Every kernel of every instruction set that the machine has against plain double arithmetic, at
// odd lengths and unaligned starts.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "every_instruction_set.h"
#include "stsr/base/random.h"
#include "stsr/kernels/elementwise.h"

namespace stsr {
namespace {

/// What elementwise.h states of sine and cosine.
constexpr double sine_error = 2.1e-7;

/// Values in [-range, range] behind `lead` unused ones, so that they start unaligned.
std::vector<float> random_values(std::size_t n, float range, std::uint64_t stream) {
  std::vector<float> values(n);
  RandomStream{7, RandomUse::tests, stream}.fill_uniform(values, -range, range);
  return values;
}

class Elementwise : public EveryInstructionSet {
 protected:
  const ElementwiseKernels& kernels_ = elementwise_kernels(GetParam());
};

TEST_P(Elementwise, SineOfHalfTurnsStaysWithinItsStatedError) {
  for (const float range : {0.6F, 20.0F, 1000.0F, 1.0e6F}) {
    const std::vector<float> t = random_values(20011, range, 1);
    std::vector<float> sine(t.size());
    std::vector<float> cosine(t.size());
    kernels_.sine_half_turns(t.size(), t.data(), sine.data(), cosine.data());
    for (std::size_t i = 0; i < t.size(); ++i) {
      // Exact reduction in double: t has no more than 24 bits.
      const double angle = std::numbers::pi * std::remainder(static_cast<double>(t[i]), 2.0);
      ASSERT_NEAR(sine[i], std::sin(angle), sine_error) << t[i];
      ASSERT_NEAR(cosine[i], std::cos(angle), sine_error) << t[i];
    }
  }
}

TEST_P(Elementwise, SineKeepsItsStatedErrorAtAllAnglesUpToAThousand) {
  // |pi t| <= 1000, evenly, 8192 angles a half turn.
  constexpr double most = 1000.0 / std::numbers::pi;
  constexpr std::size_t part = 8192;
  std::vector<float> t(part);
  std::vector<float> sine(part);
  std::vector<float> cosine(part);
  double largest = 0.0;
  for (double begin = -most; begin < most; begin += 1.0) {
    for (std::size_t i = 0; i < part; ++i)
      t[i] = static_cast<float>(begin + static_cast<double>(i) / part);
    kernels_.sine_half_turns(part, t.data(), sine.data(), cosine.data());
    for (std::size_t i = 0; i < part; ++i) {
      const double angle = std::numbers::pi * std::remainder(static_cast<double>(t[i]), 2.0);
      largest = std::max(
          {largest, std::abs(sine[i] - std::sin(angle)), std::abs(cosine[i] - std::cos(angle))});
    }
  }
  EXPECT_LT(largest, sine_error);
}

TEST_P(Elementwise, SineIsOddAndExactAtZero) {
  const std::vector<float> t{0.0F, -0.0F, 0.25F, -0.25F, 0.5F, 1.0F, 2.0F, -3.0F};
  std::vector<float> sine(t.size());
  kernels_.sine_half_turns(t.size(), t.data(), sine.data(), nullptr);
  EXPECT_EQ(sine[0], 0.0F);
  EXPECT_EQ(sine[2], -sine[3]);
  EXPECT_NEAR(sine[4], 1.0, 1e-7);
  for (const std::size_t integer : {5U, 6U, 7U}) EXPECT_NEAR(sine[integer], 0.0, 1e-7);
}

TEST_P(Elementwise, TanhStaysWithinItsStatedError) {
  for (const float range : {0.01F, 1.0F, 10.0F, 1000.0F}) {
    const std::vector<float> x = random_values(2003, range, 2);
    std::vector<float> y = x;  // in place
    kernels_.tanh_all(y.size(), y.data(), y.data());
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_NEAR(y[i], std::tanh(static_cast<double>(x[i])), 3e-7) << x[i];
  }
  std::vector<float> special{0.0F, -0.0F, std::numeric_limits<float>::quiet_NaN(),
                             std::numeric_limits<float>::infinity()};
  kernels_.tanh_all(special.size(), special.data(), special.data());
  EXPECT_EQ(special[0], 0.0F);
  EXPECT_TRUE(std::isnan(special[2]));
  EXPECT_EQ(special[3], 1.0F);
}

TEST_P(Elementwise, CopiesAndAdds) {
  const auto x = random_values(37, 1.0F, 1);
  std::vector<float> y(37, 1.0F);
  kernels_.add(x.size(), x.data(), y.data());
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_FLOAT_EQ(y[i], 1.0F + x[i]);
  kernels_.scaled_copy(x.size(), -0.5F, x.data(), y.data());
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_FLOAT_EQ(y[i], -0.5F * x[i]);
}

TEST_P(Elementwise, AdamMatchesItsFormulaInDouble) {
  const std::size_t n = 41;
  auto weight = random_values(n, 1.0F, 1);
  auto m = random_values(n, 0.1F, 2);
  auto v = random_values(n, 0.1F, 3);
  for (float& value : v) value = std::abs(value);
  const auto gradient = random_values(n, 1.0F, 4);
  AdamStep step;
  step.rate = 1e-2F;
  step.weight_decay = 0.1F;
  step.correction_1 = 0.271F;
  step.correction_2 = 0.002997F;
  step.gradient_scale = 0.25F;
  const auto before = std::vector{weight, m, v};
  kernels_.adam(n, step, gradient.data(), weight.data(), m.data(), v.data());
  for (std::size_t i = 0; i < n; ++i) {
    const double w = before[0][i];
    const double g = 0.25 * static_cast<double>(gradient[i]) + 0.1 * w;
    const double first = 0.9 * static_cast<double>(before[1][i]) + 0.1 * g;
    const double second = 0.999 * static_cast<double>(before[2][i]) + 0.001 * g * g;
    ASSERT_NEAR(m[i], first, 1e-7);
    ASSERT_NEAR(v[i], second, 1e-7);
    ASSERT_NEAR(weight[i], w - 1e-2 * (first / 0.271) / (std::sqrt(second / 0.002997) + 1e-8),
                2e-7);
  }
}

STSR_FOR_EVERY_INSTRUCTION_SET(Elementwise);

}  // namespace
}  // namespace stsr

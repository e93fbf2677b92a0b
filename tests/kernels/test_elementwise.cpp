// Every kernel of every instruction set that the machine has against plain double arithmetic, at
// odd lengths and unaligned starts.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "stsr/base/random.h"
#include "stsr/kernels/elementwise.h"

namespace stsr {
namespace {

/// Values in [-range, range] behind `lead` unused ones, so that they start unaligned.
std::vector<float> random_values(std::size_t n, float range, std::uint64_t stream) {
  std::vector<float> values(n);
  RandomStream{7, RandomUse::tests, stream}.fill_uniform(values, -range, range);
  return values;
}

class Elementwise : public ::testing::TestWithParam<InstructionSet> {
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
      ASSERT_NEAR(sine[i], std::sin(angle), 2e-7) << t[i];
      ASSERT_NEAR(cosine[i], std::cos(angle), 2e-7) << t[i];
    }
  }
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

/// One layer of every shape of LayerRows.
struct LayerCase {
  bool sine, residual, scale, keep, group_bias;
};

void check_layer(const ElementwiseKernels& kernels, const LayerCase& shape, std::size_t columns) {
  const std::size_t rows = 6;
  const std::size_t stride = columns + 3;
  const float omega = shape.sine ? 30.0F : 1.0F;
  const auto z = random_values(rows * stride, 1.0F, 2);
  const auto bias = random_values(3 * stride, 1.0F, 3);
  const auto x = random_values(rows * stride, 1.0F, 4);
  const auto scale = random_values(columns, 2.0F, 5);
  std::vector<float> slope = z;
  std::vector<float> y(rows * stride, 99.0F);
  LayerRows layer{rows, columns, slope.data(), stride, bias.data()};
  if (shape.group_bias) {
    layer.bias_stride = stride;
    layer.group_rows = 2;
  }
  layer.omega = omega;
  if (shape.residual) {
    layer.residual = x.data();
    layer.residual_stride = stride;
  }
  if (shape.scale) layer.scale = scale.data();
  layer.y = y.data();
  layer.y_stride = stride;
  layer.keep_derivative = shape.keep;
  (shape.sine ? kernels.sine_layer : kernels.relu_layer)(layer);

  for (std::size_t r = 0; r < rows; ++r) {
    const float* b = bias.data() + (shape.group_bias ? r / 2 * stride : 0);
    for (std::size_t c = 0; c < columns; ++c) {
      const std::size_t i = r * stride + c;
      const double a = static_cast<double>(z[i]) + static_cast<double>(b[c]);
      double value = shape.sine ? std::sin(omega * a) : std::max(a, 0.0);
      double derivative = shape.sine ? omega * std::cos(omega * a) : (a > 0.0 ? 1.0 : 0.0);
      if (shape.residual) {
        value = 0.5 * (static_cast<double>(x[i]) + value);
        derivative *= 0.5;
      }
      if (shape.scale) value *= static_cast<double>(scale[c]);
      // |omega a| <= 60 is rounded a few times to 24 bits before the sine: 60 * 2^-24 * 4 = 1.4e-5.
      ASSERT_NEAR(y[i], value, 2e-5) << r << ' ' << c;
      if (shape.keep) {
        ASSERT_NEAR(slope[i], derivative, 2e-5 * omega) << r << ' ' << c;
      }
    }
    for (std::size_t c = columns; c < stride; ++c)
      ASSERT_EQ(y[r * stride + c], 99.0F) << "wrote beyond its columns";
  }
}

TEST_P(Elementwise, LayersMatchTheirFormula) {
  for (const std::size_t columns : {1U, 7U, 8U, 16U, 31U, 64U, 131U})
    for (const LayerCase& shape :
         {LayerCase{true, false, false, true, false}, LayerCase{true, true, false, true, false},
          LayerCase{true, false, true, false, true}, LayerCase{true, true, true, false, false},
          LayerCase{false, false, false, true, true}, LayerCase{false, true, false, true, false},
          LayerCase{false, true, true, false, false}})
      check_layer(kernels_, shape, columns);
}

TEST_P(Elementwise, ModulationAndItsGradient) {
  for (const std::size_t columns : {1U, 9U, 40U}) {
    const std::size_t rows = 7;
    const std::size_t group = 3;
    const std::size_t stride = columns + 1;
    const auto f = random_values(rows * stride, 1.0F, 1);
    const auto m = random_values(3 * stride, 1.0F, 2);
    const auto du = random_values(rows * stride, 1.0F, 3);
    std::vector<float> u(rows * stride);
    std::vector<float> df = du;  // in place
    std::vector<float> dm(3 * stride, 0.5F);
    const ModulatedRows rows_of{rows, columns, group, f.data(), stride, m.data(), stride};
    kernels_.modulate(rows_of, u.data(), stride);
    kernels_.modulate_backward(rows_of, df.data(), stride, df.data(), stride, dm.data(), stride);
    for (std::size_t c = 0; c < columns; ++c) {
      std::vector<double> sums(3, 0.5);
      for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t i = r * stride + c;
        const float scale = m[r / group * stride + c];
        ASSERT_FLOAT_EQ(u[i], f[i] * scale);
        ASSERT_FLOAT_EQ(df[i], du[i] * scale);
        sums[r / group] += static_cast<double>(du[i]) * static_cast<double>(f[i]);
      }
      for (std::size_t g = 0; g < 3; ++g) ASSERT_NEAR(dm[g * stride + c], sums[g], 1e-6);
    }
  }
}

TEST_P(Elementwise, ActivationBackwardScalesAndSums) {
  const std::size_t rows = 5;
  const std::size_t columns = 19;
  for (const std::size_t group : {1U, 2U}) {
    const auto dy = random_values(rows * columns, 1.0F, 1);
    const auto slope = random_values(rows * columns, 1.0F, 2);
    std::vector<float> d = slope;
    std::vector<float> sums(3 * columns, 0.0F);
    const std::size_t stride = group == 1 ? 0 : columns;
    kernels_.activation_backward(rows, columns, dy.data(), columns, d.data(), columns, sums.data(),
                                 stride, group);
    std::vector<double> expected(3 * columns, 0.0);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c) {
        ASSERT_FLOAT_EQ(d[r * columns + c], slope[r * columns + c] * dy[r * columns + c]);
        expected[r / group * stride + c] += static_cast<double>(d[r * columns + c]);
      }
    for (std::size_t i = 0; i < sums.size(); ++i) ASSERT_NEAR(sums[i], expected[i], 1e-6);
  }
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

INSTANTIATE_TEST_SUITE_P(Sets, Elementwise, ::testing::ValuesIn(available_instruction_sets()),
                         [](const auto& set) {
                           return std::string(instruction_set_name(set.param));
                         });

}  // namespace
}  // namespace stsr

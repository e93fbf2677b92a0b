// The dense kernels of every instruction set that the machine has, and those of AVX-512's shape on
// any machine, against plain double loops: odd sizes, strides, groups, and all that can follow a
// product.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "parameter_name.h"
#include "stsr/base/random.h"
#include "stsr/kernels/dense.h"

namespace stsr {

extern const DenseKernels dense_float32_wide;
extern const DenseKernels dense_bf16_wide;

namespace {

/// The stride that the kernels ask for.
std::size_t stride_of(std::size_t columns) {
  return (columns + dense_padding - 1) / dense_padding * dense_padding + dense_padding / 2;
}

/// A padded matrix of words with random values in [-1, 1] and zeros behind its columns.
struct Matrix {
  Matrix(std::size_t row_count, std::size_t column_count)
      : rows(row_count),
        columns(column_count),
        stride(stride_of(column_count)),
        words(row_count * stride, 0.0F) {}
  Matrix(std::size_t row_count, std::size_t column_count, std::uint64_t stream)
      : Matrix(row_count, column_count) {
    for (std::size_t r = 0; r < rows; ++r)
      RandomStream{17, RandomUse::tests, stream * 1000 + r}.fill_uniform({row(r), columns}, -1.0F,
                                                                         1.0F);
  }
  float* row(std::size_t r) { return words.data() + r * stride; }
  [[nodiscard]] double at(std::size_t r, std::size_t c) const { return words[r * stride + c]; }
  WordMatrix view() { return {words.data(), stride}; }

  std::size_t rows;
  std::size_t columns;
  std::size_t stride;
  std::vector<float> words;
};

float bf16(float value) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  bits += 0x7FFFU + ((bits >> 16) & 1U);
  return std::bit_cast<float>(bits & 0xFFFF0000U);
}

float pair(float low, float high) {
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(bf16(low)) >> 16) |
                              std::bit_cast<std::uint32_t>(bf16(high)));
}

struct Case {
  std::string name;
  const DenseKernels* kernels;
  bool runs;  ///< on this machine
};

/// Of every set there is, so that the list of tests does not depend on the machine.
std::vector<Case> all_kernels() {
  std::vector<Case> cases{{"wide float32", &dense_float32_wide, true},
                          {"wide bf16", &dense_bf16_wide, true}};
  for (const auto& [set, set_name] : EnumNames<InstructionSet>::values)
    for (const auto& [precision, precision_name] : EnumNames<Precision>::values)
      cases.push_back({std::string(set_name) + " " + std::string(precision_name),
                       &dense_kernels(set, precision), machine_has(set)});
  return cases;
}

class Dense : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!GetParam().runs) GTEST_SKIP() << "this machine cannot run " << GetParam().name;
  }
  [[nodiscard]] bool pairs() const { return kernels_.values_in_a_word == 2; }
  /// A value as products see it.
  [[nodiscard]] double seen(double value) const {
    return pairs() ? static_cast<double>(bf16(static_cast<float>(value))) : value;
  }
  /// The form of m that products with weights read.
  [[nodiscard]] Matrix row_form(Matrix& m) const {
    if (!pairs()) return m;
    Matrix words(m.rows, (m.columns + 1) / 2);
    for (std::size_t r = 0; r < m.rows; ++r)
      for (std::size_t i = 0; i < words.columns; ++i)
        words.row(r)[i] = pair(m.row(r)[2 * i], m.row(r)[2 * i + 1]);
    return words;
  }
  /// The form of m that products over the rows read.
  [[nodiscard]] Matrix sample_form(Matrix& m) const {
    if (!pairs()) return m;
    Matrix words((m.rows + 1) / 2, m.columns);
    for (std::size_t r = 0; r < m.rows; r += 2)
      for (std::size_t c = 0; c < m.columns; ++c)
        words.row(r / 2)[c] = pair(m.row(r)[c], r + 1 < m.rows ? m.row(r + 1)[c] : 0.0F);
    return words;
  }
  /// w[inner][columns] in panels.
  [[nodiscard]] std::vector<float> panels(Matrix& w, float scale) const {
    std::vector<float> result(kernels_.panel_words(w.rows, w.columns), 77.0F);
    kernels_.pack({w.rows, w.columns, w.words.data(), w.stride, 1, scale}, result.data());
    return result;
  }

  const DenseKernels& kernels_ = *GetParam().kernels;
};

void expect_same_words(const Matrix& expected, const Matrix& got, const char* what) {
  for (std::size_t r = 0; r < expected.rows; ++r)
    for (std::size_t c = 0; c < expected.columns; ++c)
      ASSERT_EQ(std::bit_cast<std::uint32_t>(expected.words[r * expected.stride + c]),
                std::bit_cast<std::uint32_t>(got.words[r * got.stride + c]))
          << what << ' ' << r << ' ' << c;
}

/// What follows a product, in all combinations that the network uses.
struct Following {
  DenseActivation activation;
  bool residual, scale, grouped_bias;
};

const std::vector<Following> followings{
    {DenseActivation::linear, false, false, false}, {DenseActivation::sine, false, false, true},
    {DenseActivation::sine, true, true, false},     {DenseActivation::sine, true, false, false},
    {DenseActivation::relu, false, true, true},     {DenseActivation::relu, true, false, false}};

TEST_P(Dense, ForwardMatchesItsFormula) {
  for (const Following& following : followings)
    for (const std::size_t rows : {1U, 6U, 8U, 29U})
      for (const std::size_t inner : {1U, 4U, 67U})
        for (const std::size_t columns : {1U, 16U, 50U}) {
          Matrix x(rows, inner, 1);
          Matrix w(inner, columns, 2);
          Matrix bias(3, columns, 3);
          Matrix residual(rows, columns, 4);
          Matrix scale(3, columns, 5);
          std::vector<std::uint32_t> group(rows);
          for (std::size_t r = 0; r < rows; ++r)
            group[r] = static_cast<std::uint32_t>(r * 3 / rows);
          Matrix derivative(rows, columns);
          Matrix f(rows, columns);
          Matrix u(rows, columns);
          Matrix row_pairs(rows, (columns + 1) / 2);
          Matrix sample_pairs((rows + 1) / 2, columns);
          const float folded = 0.75F;
          const auto packed = panels(w, folded);
          Matrix words = row_form(x);

          DenseForward product;
          product.rows = rows;
          product.inner = inner;
          product.columns = columns;
          product.x = words.view();
          product.panels = packed.data();
          product.activation = following.activation;
          product.group = group.data();
          product.bias = {bias.words.data(), following.grouped_bias ? bias.stride : 0};
          if (following.residual) product.residual = residual.view();
          if (following.scale) product.scale = scale.view();
          product.derivative_factor = 3.0F;
          if (following.activation != DenseActivation::linear)
            product.derivative = derivative.view();
          product.f = f.view();
          product.u = u.view();
          product.row_pairs = row_pairs.view();
          product.sample_pairs = sample_pairs.view();
          kernels_.forward(product);

          // Sums of up to 67 products below 1, rounded to 24 bits: 67 * 2^-24 = 4e-6, times pi.
          const double tolerance = 2e-5;
          for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < columns; ++c) {
              const std::size_t g = group[r];
              double a = bias.at(following.grouped_bias ? g : 0, c);
              for (std::size_t k = 0; k < inner; ++k)
                a += seen(x.at(r, k)) * seen(static_cast<double>(folded * w.row(k)[c]));
              double y = a;
              double expected_derivative = 0.0;
              if (following.activation == DenseActivation::sine) {
                y = std::sin(std::numbers::pi * a);
                expected_derivative = 3.0 * std::cos(std::numbers::pi * a);
              } else if (following.activation == DenseActivation::relu) {
                y = std::max(a, 0.0);
                expected_derivative = a > 0.0 ? 3.0 : 0.0;
              }
              if (following.residual) y = 0.5 * (residual.at(r, c) + y);
              ASSERT_NEAR(f.at(r, c), y, tolerance) << rows << ' ' << inner << ' ' << columns;
              if (following.scale) y *= scale.at(g, c);
              ASSERT_NEAR(u.at(r, c), y, tolerance);
              if (following.activation == DenseActivation::sine || std::abs(a) > 1e-4) {
                ASSERT_NEAR(derivative.at(r, c), expected_derivative, 3 * tolerance);
              }
            }
          // u may lie where the residual does.
          if (following.residual) {
            Matrix in_place = residual;
            product.residual = in_place.view();
            product.u = in_place.view();
            kernels_.forward(product);
            expect_same_words(u, in_place, "u in place of the residual");
          }
          // The pairs are those of u as it was written, and the columns behind are zero.
          for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t i = 0; i < row_pairs.columns; ++i)
              ASSERT_EQ(std::bit_cast<std::uint32_t>(row_pairs.row(r)[i]),
                        std::bit_cast<std::uint32_t>(pair(u.row(r)[2 * i], u.row(r)[2 * i + 1])));
          for (std::size_t r = 0; r < rows; r += 2)
            for (std::size_t c = 0; c < columns; ++c)
              ASSERT_EQ(std::bit_cast<std::uint32_t>(sample_pairs.row(r / 2)[c]),
                        std::bit_cast<std::uint32_t>(
                            pair(u.row(r)[c], r + 1 < rows ? u.row(r + 1)[c] : 0.0F)));
          for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = columns; c < stride_of(columns) - dense_padding / 2; ++c)
              ASSERT_EQ(u.row(r)[c], 0.0F);
        }
}

TEST_P(Dense, BackwardMatchesItsFormula) {
  for (const bool modulated : {false, true})
    for (const bool skipped : {false, true})
      for (const bool accumulate : {false, true})
        for (const std::size_t rows : {1U, 8U, 29U})
          for (const std::size_t inner : {0U, 3U, 40U})
            for (const std::size_t columns : {2U, 33U}) {
              Matrix dz_after(rows, std::max<std::size_t>(inner, 1), 1);
              Matrix w(std::max<std::size_t>(inner, 1), columns, 2);
              Matrix skip(rows, columns, 3);
              Matrix f(rows, columns, 4);
              Matrix scale(3, columns, 5);
              Matrix dscale(3, columns, 6);
              Matrix derivative(rows, columns, 7);
              Matrix d(rows, columns, 8);
              const Matrix dscale_before = dscale;
              const Matrix derivative_before = derivative;
              const Matrix d_before = d;
              std::vector<std::uint32_t> group(rows);
              for (std::size_t r = 0; r < rows; ++r)
                group[r] = static_cast<std::uint32_t>(r * 3 / rows);
              std::vector<float> dbias(3 * columns, 0.25F);  // no padding
              Matrix row_pairs(rows, (columns + 1) / 2);
              Matrix sample_pairs((rows + 1) / 2, columns);
              const auto packed = panels(w, 1.0F);
              Matrix words = row_form(dz_after);

              DenseBackward product;
              product.rows = rows;
              product.inner = inner;
              product.columns = columns;
              product.dz_after = words.view();
              product.panels = packed.data();
              product.group = group.data();
              if (skipped) product.skip = skip.view();
              product.accumulate = accumulate;
              if (modulated) {
                product.f = f.view();
                product.scale = scale.view();
                product.dscale = dscale.view();
              }
              product.d = d.view();
              product.derivative = derivative.view();
              product.dz = derivative.view();  // in place
              product.dbias = {dbias.data(), modulated ? columns : 0};
              product.row_pairs = row_pairs.view();
              product.sample_pairs = sample_pairs.view();
              kernels_.backward(product);

              std::vector<double> bias_sum(3 * columns, 0.25);
              Matrix expected_dscale = dscale_before;
              std::vector<double> scale_sum(3 * columns, 0.0);
              for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t c = 0; c < columns; ++c) {
                  double value = 0.0;
                  for (std::size_t k = 0; k < inner; ++k)
                    value += seen(dz_after.at(r, k)) * seen(w.at(k, c));
                  if (skipped) value += 0.5 * skip.at(r, c);
                  if (accumulate) value += d_before.at(r, c);
                  if (modulated) {
                    scale_sum[group[r] * columns + c] += value * f.at(r, c);
                    value *= scale.at(group[r], c);
                  }
                  ASSERT_NEAR(d.at(r, c), value, 1e-5);
                  value *= derivative_before.at(r, c);
                  ASSERT_NEAR(derivative.at(r, c), value, 1e-5);
                  bias_sum[(modulated ? group[r] * columns : 0) + c] += value;
                }
              for (std::size_t i = 0; i < dbias.size(); ++i)
                ASSERT_NEAR(dbias[i], bias_sum[i], 1e-4);
              for (std::size_t g = 0; g < 3; ++g)
                for (std::size_t c = 0; c < columns; ++c)
                  ASSERT_NEAR(dscale.at(g, c), dscale_before.at(g, c) + scale_sum[g * columns + c],
                              1e-4);
              if (pairs()) {
                expect_same_words(row_form(derivative), row_pairs, "row pairs");
                expect_same_words(sample_form(derivative), sample_pairs, "sample pairs");
              }
            }
}

TEST_P(Dense, WeightGradientMatchesItsFormula) {
  for (const std::size_t rows : {1U, 7U, 48U})
    for (const std::size_t outputs : {1U, 8U, 37U})
      for (const std::size_t inputs : {1U, 4U, 50U}) {
        Matrix dz(rows, outputs, 1);
        Matrix x(rows, inputs, 2);
        Matrix dz_words = sample_form(dz);
        Matrix x_words = sample_form(x);
        const std::size_t stride = inputs + 3;
        std::vector<float> gradient(outputs * stride, 0.5F);
        kernels_.weight_gradient(
            {rows, outputs, inputs, dz_words.view(), x_words.view(), gradient.data(), stride});
        for (std::size_t n = 0; n < outputs; ++n)
          for (std::size_t k = 0; k < stride; ++k) {
            double sum = 0.5;
            for (std::size_t r = 0; k < inputs && r < rows; ++r)
              sum += seen(dz.at(r, n)) * seen(x.at(r, k));
            ASSERT_NEAR(gradient[n * stride + k], sum, 1e-5);
          }
      }
}

INSTANTIATE_TEST_SUITE_P(AllKernels, Dense, ::testing::ValuesIn(all_kernels()),
                         [](const auto& kernels) { return parameter_name(kernels.param.name); });

}  // namespace
}  // namespace stsr

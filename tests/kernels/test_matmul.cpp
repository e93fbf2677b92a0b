#include <gtest/gtest.h>

#include <vector>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/kernels/matmul.h"

namespace stsr {
namespace {

std::vector<float> random_values(std::size_t n, std::uint64_t stream) {
  std::vector<float> values(n);
  RandomStream{11, RandomUse::tests, stream}.fill_uniform(values, -1.0F, 1.0F);
  return values;
}

/// All three products against double loops, with padded strides, replacing and accumulating.
TEST(Matmul, MatchesDoubleLoops) {
  for (const std::size_t m : {1U, 5U, 33U})
    for (const std::size_t k : {1U, 4U, 65U})
      for (const std::size_t n : {1U, 6U, 64U})
        for (const Accumulate accumulate : {Accumulate::no, Accumulate::yes}) {
          const std::size_t pad = 3;
          const auto a = random_values(m * (k + pad), 1);   // a[m][k]
          const auto at = random_values(k * (m + pad), 2);  // at[k][m]
          const auto b = random_values(k * (n + pad), 3);   // b[k][n]
          const auto bt = random_values(n * (k + pad), 4);  // bt[n][k]
          const ConstMatrix a_view{a.data(), m, k, k + pad};
          const ConstMatrix at_view{at.data(), k, m, m + pad};
          const ConstMatrix b_view{b.data(), k, n, n + pad};
          const ConstMatrix bt_view{bt.data(), n, k, k + pad};
          const double start = accumulate == Accumulate::yes ? 2.0 : 0.0;
          for (int product = 0; product < 3; ++product) {
            std::vector<float> y(m * (n + pad), 2.0F);
            const MutableMatrix y_view{y.data(), m, n, n + pad};
            if (product == 0) multiply(a_view, b_view, y_view, accumulate);
            if (product == 1) multiply_transposed(a_view, bt_view, y_view, accumulate);
            if (product == 2) transposed_multiply(at_view, b_view, y_view, accumulate);
            for (std::size_t i = 0; i < m; ++i)
              for (std::size_t j = 0; j < n; ++j) {
                double sum = start;
                for (std::size_t l = 0; l < k; ++l) {
                  const double left = product == 2 ? at[l * (m + pad) + i] : a[i * (k + pad) + l];
                  const double right = product == 1 ? bt[j * (k + pad) + l] : b[l * (n + pad) + j];
                  sum += left * right;
                }
                ASSERT_NEAR(y[i * (n + pad) + j], sum, 1e-5) << product;
              }
          }
        }
}

TEST(Matmul, RefusesShapesThatDoNotFit) {
  std::vector<float> v(64);
  EXPECT_THROW(multiply({v.data(), 2, 3, 3}, {v.data(), 4, 2, 2}, {v.data(), 2, 2, 2}), ShapeError);
  EXPECT_THROW(multiply_transposed({v.data(), 2, 3, 3}, {v.data(), 3, 2, 2}, {v.data(), 2, 3, 3}),
               ShapeError);
}

}  // namespace
}  // namespace stsr

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/base/random.h"
#include "stsr/network/engine.h"
#include "stsr/network/muon.h"

namespace stsr {
namespace {

/// The rows of a wide matrix (columns of a tall one) become nearly orthonormal: the Gram matrix has
/// a diagonal of squared singular values in about [0.7^2, 1.2^2] and little beside it.
TEST(Muon, OrthogonalisesWideAndTallMatrices) {
  for (const auto& [rows, columns] :
       {std::pair<std::size_t, std::size_t>{8, 8}, {8, 40}, {40, 8}, {70, 100}, {100, 70}}) {
    std::vector<float> matrix(rows * columns);
    RandomStream{1, RandomUse::tests, rows}.fill_normal(matrix);
    orthogonalise(Kernels(best_instruction_set()), rows, columns, matrix);
    const bool wide = rows <= columns;
    const std::size_t n = wide ? rows : columns;
    const std::size_t k = wide ? columns : rows;
    const auto at = [&](std::size_t i, std::size_t j) {
      return static_cast<double>(wide ? matrix[i * columns + j] : matrix[j * columns + i]);
    };
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) {
        double product = 0.0;
        for (std::size_t j = 0; j < k; ++j) product += at(a, j) * at(b, j);
        if (a == b) {
          EXPECT_GT(product, 0.4);
          EXPECT_LT(product, 1.6);
        } else {
          EXPECT_LT(std::abs(product), 0.5);
        }
      }
  }
}

TEST(Muon, RefusesAWrongLength) {
  std::vector<float> matrix(5);
  EXPECT_THROW(orthogonalise(Kernels(best_instruction_set()), 2, 3, matrix), ShapeError);
}

TEST(Muon, DecayShrinksHiddenMatricesByAShareOfTheirRate) {
  const NetworkPlan plan = plan_network({}, 1, 1);
  std::vector<float> start(plan.layout.size());
  std::vector<float> gradient(plan.layout.size());
  RandomStream{1, RandomUse::tests, 0}.fill_normal(start);
  RandomStream{1, RandomUse::tests, 1}.fill_normal(gradient);
  const auto stepped = [&](double decay) {
    OptimiserConfig config;
    config.optimiser = OptimiserKind::muon;
    config.matrix_learning_rate = 0.02;
    config.matrix_decay = decay;
    const auto engine = make_cpu_engine(plan, config);
    engine->restore({start, {}});
    engine->step(gradient, {.squared_error = 1.0, .targets = 1}, 0.5);
    return engine->state().parameters;
  };
  const std::vector<float> without = stepped(0.0);
  const std::vector<float> with = stepped(3.0);
  for (const ParameterTensor& tensor : plan.layout.tensors())
    for (std::size_t i = tensor.offset; i < tensor.offset + tensor.count; ++i) {
      const double lost =
          tensor.role == ParameterRole::hidden_matrix ? 0.5 * 0.02 * 3.0 * start[i] : 0.0;
      ASSERT_NEAR(with[i], without[i] - lost, 2e-6) << tensor.name;
    }
}

TEST(Muon, StepsHiddenMatricesOnly) {
  NetworkConfig config;
  config.head = HeadKind::residual;
  const NetworkPlan plan = plan_network(config, 2, 2);
  const auto hidden = [&](const char* name) {
    return plan.layout.find(name).role == ParameterRole::hidden_matrix;
  };
  EXPECT_TRUE(hidden("synthesis.1.weight"));
  EXPECT_TRUE(hidden("synthesis.5.second.weight"));
  EXPECT_TRUE(hidden("head.1.modulator.2.weight"));
  EXPECT_TRUE(hidden("head.0.synthesis.0.first.weight"));
  EXPECT_FALSE(hidden("synthesis.0.weight"));
  EXPECT_FALSE(hidden("modulator.0.weight"));
  EXPECT_FALSE(hidden("synthesis.1.bias"));
  EXPECT_FALSE(hidden("head.0.output.weight"));
  EXPECT_FALSE(hidden("latent.mu"));
  config = {};
  config.architecture = Architecture::coordnet;
  const NetworkPlan coordnet = plan_network(config, 2, 1);
  const auto role = [&](const char* name) { return coordnet.layout.find(name).role; };
  EXPECT_EQ(role("synthesis.0.first.weight"), ParameterRole::outer_matrix);
  EXPECT_EQ(role("synthesis.0.projection.weight"), ParameterRole::outer_matrix);
  EXPECT_EQ(role("synthesis.0.second.weight"), ParameterRole::hidden_matrix);
  EXPECT_EQ(role("synthesis.1.projection.weight"), ParameterRole::hidden_matrix);
  EXPECT_EQ(role("output.second.weight"), ParameterRole::outer_matrix);
}

}  // namespace
}  // namespace stsr

// The engine against a plain double network: values, and gradients by finite differences of every
// tensor, for every option of the configuration; and its determinism.

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "network/host_engine.h"
#include "network/reference_network.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/base/random.h"

namespace stsr {
namespace {

/// Random rows with every fifth target missing, and the last group short of a row.
class RandomBatch final : public BatchSource {
 public:
  RandomBatch(const NetworkPlan& plan, std::size_t groups, std::size_t group_rows)
      : plan_(plan), groups_(groups), group_rows_(group_rows) {}
  [[nodiscard]] std::size_t groups() const override { return groups_; }
  [[nodiscard]] std::size_t group_rows() const override { return group_rows_; }
  void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
            std::uint32_t* variables, float* noise) const override {
    for (std::size_t g = 0; g < count; ++g) {
      const std::size_t group = begin + g;
      variables[g] = static_cast<std::uint32_t>(group % plan_.variables);
      RandomStream{1, RandomUse::tests, group}.fill_uniform(
          {coordinates + g * group_rows_ * coordinate_count, group_rows_ * coordinate_count}, -1.0F,
          1.0F);
      const std::span values(targets + g * group_rows_ * plan_.heads, group_rows_ * plan_.heads);
      RandomStream{2, RandomUse::tests, group}.fill_uniform(values, -1.0F, 1.0F);
      for (std::size_t i = 0; i < values.size(); ++i)
        if ((group + i) % 5 == 0) values[i] = std::numeric_limits<float>::quiet_NaN();
      const std::span eps(noise + g * plan_.latent_length, plan_.latent_length);
      RandomStream{3, RandomUse::tests, group}.fill_normal(eps);
    }
  }

 private:
  const NetworkPlan& plan_;
  std::size_t groups_;
  std::size_t group_rows_;
};

/// The loss of a batch in double.
double reference_loss(const NetworkPlan& plan, const reference::Vector& parameters,
                      const BatchSource& batch) {
  const std::size_t group_rows = batch.group_rows();
  std::vector<float> coordinates(group_rows * coordinate_count);
  std::vector<float> targets(group_rows * plan.heads);
  std::vector<float> noise(plan.latent_length);
  double sum = 0.0;
  std::size_t count = 0;
  for (std::size_t g = 0; g < batch.groups(); ++g) {
    std::uint32_t variable = 0;
    batch.fill(g, 1, coordinates.data(), targets.data(), &variable, noise.data());
    reference::Vector phi(noise.begin(), noise.end());
    for (std::size_t i = 0; i < phi.size(); ++i)
      phi[i] += plan.mu ? parameters[*plan.mu + variable * plan.latent_length + i]
                        : (i == variable ? 1.0 : 0.0);
    for (std::size_t r = 0; r < group_rows; ++r) {
      const float* c = coordinates.data() + r * coordinate_count;
      const auto output = reference::forward(plan, parameters, {c, c + coordinate_count}, phi);
      for (std::size_t h = 0; h < plan.heads; ++h) {
        const float target = targets[r * plan.heads + h];
        if (std::isnan(target)) continue;
        sum +=
            (output[h] - static_cast<double>(target)) * (output[h] - static_cast<double>(target));
        ++count;
      }
    }
  }
  return sum / static_cast<double>(count);
}

NetworkConfig small_config() {
  NetworkConfig config;
  config.width = 12;
  config.residual_blocks = 2;
  config.latent_length = 5;
  config.omega_stem = 3.0;
  config.omega_residual = 4.0;
  config.omega_head = 2.0;
  return config;
}

std::vector<NetworkConfig> every_option() {
  std::vector<NetworkConfig> configs;
  for (const HeadKind head : {HeadKind::linear, HeadKind::residual})
    for (const Conditioning conditioning : {Conditioning::modulation, Conditioning::concatenation})
      for (const ModulatorActivation activation :
           {ModulatorActivation::sine, ModulatorActivation::relu})
        for (const LatentKind latent : {LatentKind::vad, LatentKind::one_hot}) {
          if (conditioning == Conditioning::concatenation &&
              activation == ModulatorActivation::relu)
            continue;  // there is no modulator
          NetworkConfig config = small_config();
          config.head = head;
          config.conditioning = conditioning;
          config.modulator_activation = activation;
          config.latent = latent;
          configs.push_back(config);
        }
  configs.push_back(small_config());
  configs.back().residual_blocks = 0;
  for (const std::size_t width : {12U, 16U}) {  // with and without a projection of the coordinates
    configs.push_back(small_config());
    configs.back().architecture = Architecture::coordnet;
    configs.back().width = width;
  }
  return configs;
}

class EngineOptions : public ::testing::TestWithParam<NetworkConfig> {
 protected:
  EngineOptions() : engine_(std::make_unique<HostEngine>(plan_network(GetParam(), 3, blocks()))) {
    initialise_parameters(engine_->plan(), 5, engine_->parameters());
  }
  static std::size_t blocks() { return GetParam().architecture == Architecture::coordnet ? 1 : 2; }
  std::unique_ptr<HostEngine> engine_;
};

TEST_P(EngineOptions, GradientsMatchFiniteDifferencesOfEveryTensor) {
  const NetworkPlan& plan = engine_->plan();
  const RandomBatch batch(plan, 7, 3);
  reference::Vector parameters(engine_->parameters().begin(), engine_->parameters().end());
  const double loss = engine_->differentiate(batch);
  EXPECT_NEAR(loss, reference_loss(plan, parameters, batch), 1e-5 * loss);
  for (const ParameterTensor& tensor : plan.layout.tensors()) {
    double scale = 0.0;
    for (std::size_t i = 0; i < tensor.count; ++i)
      scale =
          std::max(scale, std::abs(static_cast<double>(engine_->gradient()[tensor.offset + i])));
    EXPECT_GT(scale, 0.0) << tensor.name << " has no gradient";
    for (std::size_t i = 0; i < tensor.count; i += 1 + tensor.count / 7) {
      double& value = parameters[tensor.offset + i];
      const double before = value;
      const double h = 1e-5;
      value = before + h;
      const double above = reference_loss(plan, parameters, batch);
      value = before - h;
      const double below = reference_loss(plan, parameters, batch);
      value = before;
      EXPECT_NEAR(engine_->gradient()[tensor.offset + i], (above - below) / (2.0 * h),
                  1e-4 * scale + 1e-9)
          << tensor.name << '[' << i << ']';
    }
  }
}

TEST_P(EngineOptions, DecoderMatchesTheReference) {
  const NetworkPlan& plan = engine_->plan();
  const reference::Vector parameters(engine_->parameters().begin(), engine_->parameters().end());
  const std::size_t rows = 301;  // more than two tiles, and an odd remainder
  std::vector<float> coordinates(rows * coordinate_count);
  RandomStream{4, RandomUse::tests, 0}.fill_uniform(coordinates, -1.0F, 1.0F);
  const std::vector<float> phi = latent_vector(plan, engine_->parameters(), 2);
  const auto decoder = engine_->decoder(phi);
  for (const auto& heads : {std::vector<std::size_t>{0, 1}, std::vector<std::size_t>{1}}) {
    std::vector<float> values(rows * heads.size());
    decoder->evaluate(coordinates, heads, values);
    for (std::size_t r = 0; r < rows; r += 37) {
      const float* c = coordinates.data() + r * coordinate_count;
      const auto expected =
          reference::forward(plan, parameters, {c, c + coordinate_count}, {phi.begin(), phi.end()});
      for (std::size_t i = 0; i < heads.size(); ++i)
        EXPECT_NEAR(values[r * heads.size() + i], expected[heads[i]], 1e-5);
    }
  }
}

double norm(std::span<const float> values) {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(sum);
}

/// Numbers with 8 bits of mantissa are off by at most 2^-9. A value passes at most 2 (3 + 2 + 2 +
/// 2) products here, each of which averages many such errors; the omegas, up to 4, enlarge them.
TEST_P(EngineOptions, Bf16ProductsComeCloseToFloat32) {
  const NetworkPlan& plan = engine_->plan();
  const RandomBatch batch(plan, 40, 3);
  const auto bf16 =
      std::make_unique<HostEngine>(plan, ComputeOptions{.precision = Precision::bf16});
  std::copy(engine_->parameters().begin(), engine_->parameters().end(), bf16->parameters().begin());
  const double loss = engine_->differentiate(batch);
  EXPECT_NEAR(bf16->differentiate(batch), loss, 0.02 * loss);
  std::vector<float> difference(bf16->gradient().begin(), bf16->gradient().end());
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= engine_->gradient()[i];
  EXPECT_LT(norm(difference), 0.05 * norm(engine_->gradient()));
  EXPECT_GT(norm(difference), 1e-5 * norm(engine_->gradient())) << "these are float32 products";

  std::vector<float> coordinates(200 * coordinate_count);
  RandomStream{4, RandomUse::tests, 0}.fill_uniform(coordinates, -1.0F, 1.0F);
  const std::vector<float> phi = latent_vector(plan, engine_->parameters(), 1);
  std::vector<float> exact(400);
  std::vector<float> rounded(400);
  engine_->decoder(phi)->evaluate(coordinates, std::vector<std::size_t>{0, 1}, exact);
  bf16->decoder(phi)->evaluate(coordinates, std::vector<std::size_t>{0, 1}, rounded);
  for (std::size_t i = 0; i < exact.size(); ++i) rounded[i] -= exact[i];
  EXPECT_LT(norm(rounded), 0.02 * norm(exact));
}

INSTANTIATE_TEST_SUITE_P(Options, EngineOptions, ::testing::ValuesIn(every_option()));

TEST(Engine, SameBitsForTheSameThreadCount) {
  const int threads = thread_count();
  for (const int count : {1, 3}) {
    set_thread_count(count);
    std::vector<std::vector<float>> gradients;
    for (int repeat = 0; repeat < 2; ++repeat) {
      const auto engine = std::make_unique<HostEngine>(plan_network(small_config(), 3, 2));
      initialise_parameters(engine->plan(), 5, engine->parameters());
      engine->differentiate(RandomBatch(engine->plan(), 200, 4));
      gradients.emplace_back(engine->gradient().begin(), engine->gradient().end());
    }
    EXPECT_EQ(gradients[0], gradients[1]);
  }
  set_thread_count(threads);
}

TEST(Engine, GroupsLargerThanATileWork) {
  const auto engine = std::make_unique<HostEngine>(plan_network(small_config(), 2, 2));
  initialise_parameters(engine->plan(), 5, engine->parameters());
  const reference::Vector parameters(engine->parameters().begin(), engine->parameters().end());
  const RandomBatch batch(engine->plan(), 3, 300);
  EXPECT_NEAR(engine->differentiate(batch), reference_loss(engine->plan(), parameters, batch),
              1e-5);
}

TEST(Engine, PartsOfABatchAddUpToItsStep) {
  const NetworkPlan plan = plan_network(small_config(), 2, 2);
  const auto whole = make_cpu_engine(plan, {});
  EngineState start = whole->state();
  initialise_parameters(plan, 5, start.parameters);
  // The same rows as one batch, and as two parts that know nothing of one another.
  class Part final : public BatchSource {
   public:
    Part(const BatchSource& all, std::size_t first, std::size_t count)
        : all_(all), first_(first), count_(count) {}
    [[nodiscard]] std::size_t groups() const override { return count_; }
    [[nodiscard]] std::size_t group_rows() const override { return all_.group_rows(); }
    void fill(std::size_t begin, std::size_t count, float* coordinates, float* targets,
              std::uint32_t* variables, float* noise) const override {
      all_.fill(first_ + begin, count, coordinates, targets, variables, noise);
    }

   private:
    const BatchSource& all_;
    std::size_t first_;
    std::size_t count_;
  };
  const RandomBatch all(plan, 9, 3);
  whole->restore(start);
  const BatchLoss expected = whole->train(all, 0.5);
  const auto parts = make_cpu_engine(plan, {});
  parts->restore(start);
  std::vector<float> sum(plan.layout.size());
  std::vector<float> gradient(plan.layout.size());
  BatchLoss loss;
  for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{0, 7}, {7, 2}}) {
    const BatchLoss part = parts->differentiate(Part(all, first, count), gradient);
    loss.squared_error += part.squared_error;
    loss.targets += part.targets;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += gradient[i];
  }
  EXPECT_EQ(loss.targets, expected.targets);
  EXPECT_NEAR(loss.mean(), expected.mean(), 1e-12);
  parts->step(sum, loss, 0.5);
  const EngineState a = whole->state();
  const EngineState b = parts->state();
  for (std::size_t i = 0; i < a.parameters.size(); ++i)
    ASSERT_NEAR(a.parameters[i], b.parameters[i], 2e-6) << i;
  EXPECT_EQ(b.optimiser.network_steps, 1U);
}

TEST(Engine, AStateResumesInAnotherEngineWithTheSameBits) {
  const NetworkPlan plan = plan_network(small_config(), 2, 2);
  const RandomBatch batch(plan, 9, 3);
  const auto one = make_cpu_engine(plan, {});
  EngineState state = one->state();
  initialise_parameters(plan, 5, state.parameters);
  one->restore(state);
  one->train(batch, 1.0);
  one->kld_step(1.0);
  const auto other = make_cpu_engine(plan, {});
  other->restore(one->state());
  one->train(batch, 1.0);
  other->train(batch, 1.0);
  EXPECT_EQ(one->state().parameters, other->state().parameters);
  EXPECT_EQ(one->state().optimiser.second_moment, other->state().optimiser.second_moment);
  state.parameters.pop_back();
  EXPECT_THROW(one->restore(state), ShapeError);
}

TEST(Engine, ALossThatIsNotFiniteChangesNothing) {
  const NetworkPlan plan = plan_network(small_config(), 2, 2);
  const auto engine = make_cpu_engine(plan, {});
  EngineState state = engine->state();
  initialise_parameters(plan, 5, state.parameters);
  state.parameters[3] = std::numeric_limits<float>::infinity();
  engine->restore(state);
  EXPECT_FALSE(std::isfinite(engine->train(RandomBatch(plan, 9, 3), 1.0).mean()));
  EXPECT_EQ(engine->state().parameters, state.parameters);
  EXPECT_EQ(engine->state().optimiser.network_steps, 0U);
}

TEST(Engine, RefusesWrongSizes) {
  const auto engine = std::make_unique<HostEngine>(plan_network(small_config(), 2, 2));
  EXPECT_THROW((void)engine->decoder(std::vector<float>(3)), ShapeError);
  const auto decoder = engine->decoder(std::vector<float>(5));
  std::vector<float> values(2);
  const std::vector<float> row(coordinate_count);
  EXPECT_THROW(decoder->evaluate(row, std::vector<std::size_t>{0}, values), ShapeError);
  EXPECT_THROW(decoder->evaluate(row, std::vector<std::size_t>{0, 2}, values), ValueError);
}

}  // namespace
}  // namespace stsr

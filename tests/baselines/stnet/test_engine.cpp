// The network and one optimiser step of each phase against PyTorch
// (tests/golden/make_stnet_golden.py), and tiles against whole volumes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "baselines/stnet/engine.h"
#include "stnet_data.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"

namespace stsr::stnet {
namespace {

using nlohmann::json;
using stsr::testing_stnet::moving_wave;

json read_golden(const std::string& name) {
  std::ifstream stream(std::string(STSR_GOLDEN_DIR) + "/stnet_" + name + ".json");
  return json::parse(stream);
}

double formula(std::size_t i, double k) {
  const double u = static_cast<double>(i + 1) * 0.6180339887498949 + 0.17 * k;
  return 2.0 * (u - std::floor(u)) - 1.0;
}

std::vector<float> volumes(std::size_t count, const Dims& dims, double k) {
  std::vector<float> values(count * dims.count());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] =
        static_cast<float>(0.6 * std::sin(0.1 * static_cast<double>(i) + k) + 0.4 * formula(i, k));
  return values;
}

/// Parameters by the golden files' formula, without moments.
NetworkState filled(const Layers& layers, double k) {
  NetworkState state;
  for (const Convolution& layer : layers) {
    const double bound = std::sqrt(6.0 / static_cast<double>(layer.weights() / layer.out));
    for (std::size_t i = 0; i < layer.weights(); ++i)
      state.parameters.push_back(static_cast<float>(bound * formula(i, k)));
    k += 1.0;
    for (std::size_t i = 0; i < layer.out; ++i)
      state.parameters.push_back(static_cast<float>(0.1 * formula(i, k)));
    k += 1.0;
  }
  state.first_moment.resize(state.parameters.size());
  state.second_moment.resize(state.parameters.size());
  return state;
}

class StnetGolden : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    STSR_NEEDS_TORCH();
    file_ = read_golden(GetParam());
    const json& c = file_["config"];
    StnetNetworkConfig network;
    network.features = c["features"];
    network.discriminator_features = c["discriminator_features"];
    plan_ = make_plan(network, c["scale"], c["frames"]);
    training_.learning_rate = c["learning_rate"];
    training_.adversarial_weight = c["adversarial_weight"];
    const std::array<std::size_t, 3> coarse = c["coarse"];
    const std::array<std::size_t, 3> fine = c["fine"];
    coarse_ = {coarse[0], coarse[1], coarse[2]};
    fine_ = {fine[0], fine[1], fine[2]};
    start_ = {filled(plan_.generator, 100.0), filled(plan_.discriminator, 500.0)};
  }

  [[nodiscard]] std::unique_ptr<Engine> engine() const {
    auto made = make_engine(plan_, training_, 1);
    made->restore(start_);
    return made;
  }

  [[nodiscard]] Sample sample(bool coarse) const {
    Sample sample{coarse_, volumes(2, coarse_, 1.0), {}, fine_};
    sample.targets =
        coarse ? volumes(plan_.frames, coarse_, 2.0) : volumes(plan_.frames, fine_, 3.0);
    return sample;
  }

  void expect_step(const json& expected, const Layers& layers, const NetworkState& before,
                   const NetworkState& after) const {
    std::size_t offset = 0;
    std::size_t item = 0;
    std::size_t compared = 0;
    for (const Convolution& layer : layers)
      for (const std::size_t count : {layer.weights(), layer.out}) {
        const json& one = expected[item++];
        const double size = one["gradient_size"];
        const std::size_t stride = one["stride"];
        for (std::size_t i = 0; i < one["gradient"].size(); ++i) {
          const std::size_t at = offset + i * stride;
          const double gradient = one["gradient"][i];
          const std::string where = one["name"].get<std::string>() + " " + std::to_string(i);
          EXPECT_NEAR(after.first_moment[at] / (1.0 - training_.beta_1), gradient, 1e-4 * size)
              << where;
          if (std::abs(gradient) < 1e-3 * size) continue;  // its sign may be rounding
          ++compared;
          const double change = after.parameters[at] - before.parameters[at];
          EXPECT_NEAR(change, one["change"][i].get<double>(), 2e-4 * training_.learning_rate)
              << where;
        }
        offset += count;
      }
    EXPECT_EQ(item, expected.size());
    EXPECT_GT(compared, 20U);
  }

  /// One step of a phase, against the file's part of that name.
  void expect_phase(const std::string& name, Phase phase, const Sample& sample) {
    const json& expected = file_[name];
    const auto made = engine();
    const Losses losses = made->train(phase, sample);
    const auto near = [&](const char* loss, double value) {
      const double right = expected["losses"].value(loss, 0.0);
      EXPECT_NEAR(value, right, 1e-5 * std::abs(right)) << loss;
    };
    near("frames", losses.frames);
    near("adversarial", losses.adversarial);
    near("discriminator", losses.discriminator);
    const State after = made->state();
    EXPECT_EQ(after.generator.steps, 1U);
    expect_step(expected["generator"], plan_.generator, start_.generator, after.generator);
    if (phase == Phase::adversarial)
      expect_step(expected["discriminator"], plan_.discriminator, start_.discriminator,
                  after.discriminator);
    else
      EXPECT_EQ(after.discriminator.parameters, start_.discriminator.parameters);
  }

  json file_;
  Plan plan_;
  StnetTrainingConfig training_;
  Dims coarse_;
  Dims fine_;
  State start_;
};

TEST_P(StnetGolden, Frames) {
  const auto made = engine();
  const Tile tile{coarse_, volumes(2, coarse_, 1.0), {}, 0};
  const std::vector<float> output = made->upscale(tile);
  ASSERT_EQ(output.size(),
            plan_.frames * coarse_.count() * plan_.scale * plan_.scale * plan_.scale);
  const std::size_t stride = file_["output_stride"];
  for (std::size_t i = 0; i < file_["output"].size(); ++i)
    EXPECT_NEAR(output[i * stride], file_["output"][i].get<double>(), 1e-5) << i;
}

TEST_P(StnetGolden, AStepWithCoarseTargets) {
  expect_phase("unsupervised", Phase::unsupervised, sample(true));
}

TEST_P(StnetGolden, AStepWithTwoCoarseTargetsAndTents) {
  training_.downscaling = StnetDownscaling::tent;
  Sample two = sample(true);
  const auto volume = static_cast<std::ptrdiff_t>(coarse_.count());
  two.targets.erase(two.targets.begin() + volume, two.targets.end() - volume);
  expect_phase("ends", Phase::unsupervised, two);
}

TEST_P(StnetGolden, AStepWithFineTargets) {
  expect_phase("supervised", Phase::supervised, sample(false));
}

TEST_P(StnetGolden, AStepWithTheDiscriminator) {
  expect_phase("adversarial", Phase::adversarial, sample(false));
}

INSTANTIATE_TEST_SUITE_P(Torch, StnetGolden, ::testing::Values("two", "four"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST(StnetPlan, HasThePublishedSize) {
  const Plan plan = make_plan({}, 4, 5);
  EXPECT_EQ(parameter_count(plan.generator),
            read_golden("two")["published_parameters"].get<std::size_t>());
  EXPECT_NEAR(static_cast<double>(parameter_count(plan.generator)), 36e6, 0.5e6);
}

TEST(StnetPlan, RefusesWhatCannotBeBuilt) {
  EXPECT_THROW((void)make_plan({}, 3, 5), ValueError);
  EXPECT_THROW((void)make_plan({}, 0, 5), ValueError);
  EXPECT_THROW((void)make_plan({}, 4, 1), ValueError);
  StnetNetworkConfig config;
  config.features = {4, 4, 4, 6};
  EXPECT_THROW((void)make_plan(config, 4, 5), ValueError);
  config.features = {4, 0, 4, 8};
  EXPECT_THROW((void)make_plan(config, 4, 5), ValueError);
}

TEST(StnetPlan, InitialWeightsFillKaimingsRange) {
  const Layers layers{{"one", 8, 16, 3}, {"two", 8, 16, 3}};
  const std::vector<float> values = initial_parameters(layers, 7, 0);
  const double bound = std::sqrt(6.0 / (8 * 27));
  const std::size_t weights = layers[0].weights();
  double squares = 0.0;
  for (std::size_t i = 0; i < weights; ++i) {
    EXPECT_LE(std::abs(values[i]), bound);
    squares += static_cast<double>(values[i]) * values[i];
  }
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(weights)), bound / std::sqrt(3.0),
              0.03 * bound);
  for (std::size_t i = weights; i < layers[0].parameters(); ++i) EXPECT_EQ(values[i], 0.0F);
  EXPECT_NE(values[0], values[layers[0].parameters()]);
}

/// The part of a volume along x: samples [begin, end) of each row.
std::vector<float> columns(const std::vector<float>& values, const Dims& dims, std::size_t begin,
                           std::size_t end) {
  std::vector<float> part;
  for (std::size_t row = 0; row < values.size() / dims.x; ++row)
    for (std::size_t x = begin; x < end; ++x) part.push_back(values[row * dims.x + x]);
  return part;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, static_cast<double>(std::abs(a[i] - b[i])));
  return largest;
}

class StnetTiles : public ::testing::TestWithParam<std::size_t> {};

TEST_P(StnetTiles, MarginsAsWideAsTheNetworkSeesGiveTheWholeVolumesValues) {
  STSR_NEEDS_TORCH();
  const std::size_t scale = GetParam();
  StnetNetworkConfig network;
  network.features = {4, 4, 6, 8};
  const Plan plan = make_plan(network, scale, 3);
  const auto engine = make_engine(plan, {}, 1);
  engine->restore({filled(plan.generator, 100.0), filled(plan.discriminator, 500.0)});

  const Dims dims{44, 3, 4};
  const std::vector<float> inputs = volumes(2, dims, 1.0);
  const std::vector<float> whole = engine->upscale({dims, inputs, {}, 0});
  const Dims fine{dims.x * scale, dims.y * scale, dims.z * scale};
  const auto tile = [&](std::size_t halo, std::size_t head) {
    const std::size_t begin = 20;
    const std::size_t end = 24;
    Tile part{{end - begin + 2 * halo, dims.y, dims.z},
              columns(inputs, dims, begin - halo, end + halo),
              {},
              head};
    part.margin[0] = {halo, halo};
    return largest_difference(engine->upscale(part),
                              columns(whole, fine, begin * scale, end * scale));
  };
  const std::size_t head = plan.head_halo();
  const std::size_t halo = Plan::body_halo() + head;
  EXPECT_LT(tile(halo, head), 2e-6);
  // The margins are needed: the test above can fail.
  EXPECT_GT(tile(3, 3), 1e-4);
  EXPECT_GT(tile(halo, 0), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Scales, StnetTiles, ::testing::Values(1, 2, 4));

TEST(StnetDevice, CudaIsRefusedWhereThereIsNone) {
  STSR_NEEDS_TORCH();
  StnetTrainingConfig config;
  config.device = StnetDevice::cuda;
  const Plan plan = make_plan(testing_stnet::small_config().network, 2, 3);
  try {
    (void)make_engine(plan, config, 1);
    GTEST_SKIP() << "there is a CUDA device";
  } catch (const ValueError& error) {
    EXPECT_NE(std::string(error.what()).find("CUDA"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace stsr::stnet

// CoordNets through the whole of training: quality, resumption, and what is refused.

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "io/test_folder.h"
#include "stsr/base/error.h"
#include "stsr/training/checkpoint.h"
#include "stsr/training/network_training.h"
#include "stsr/training/presets.h"
#include "training/stop_after.h"

namespace stsr {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A wave of values from -1 to 1; `phase` tells variables apart.
Sequence wave(const std::string& name, const Dims& dims, std::size_t steps, double phase) {
  Sequence sequence;
  sequence.info.name = name;
  sequence.info.grid.dims = dims;
  for (std::size_t t = 0; t < steps; ++t) {
    sequence.info.times.push_back(static_cast<double>(t));
    std::vector<float> values;
    for (std::size_t z = 0; z < dims.z; ++z)
      for (std::size_t y = 0; y < dims.y; ++y)
        for (std::size_t x = 0; x < dims.x; ++x)
          values.push_back(static_cast<float>(
              std::sin(0.5 * static_cast<double>(x) + 0.3 * static_cast<double>(y) -
                       0.4 * static_cast<double>(z) + 0.7 * static_cast<double>(t) + phase)));
    sequence.steps.push_back(std::move(values));
  }
  return sequence;
}

Config small_coordnet() {
  Config config;
  config.network.architecture = Architecture::coordnet;
  config.network.width = 16;
  config.network.residual_blocks = 1;
  config.blocks.split = {1, 1, 1};
  config.training.batch_rows = 64;
  config.training.noise_group = 4;
  config.training.epochs = 6;
  return config;
}

TrainingRequest small_request(const std::filesystem::path& output) {
  TrainingRequest request;
  request.sequences = {wave("a", {9, 8, 5}, 4, 0.0), wave("b", {9, 8, 5}, 4, 1.5),
                       wave("c", {9, 8, 5}, 4, 3.0)};
  request.config = small_coordnet();
  request.output = output;
  return request;
}

TEST(CoordNetTraining, LearnsAllVariablesFarBelowTheirVariance) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.epochs = 60;
  request.config.training.batch_rows = 240;
  request.config.training.optimiser = OptimiserKind::adam;
  request.config.training.learning_rate = 1e-2;
  const TrainingSummary summary = train(std::move(request), Progress::silent());
  EXPECT_LT(summary.loss, 0.01);  // the variance of a sine over its range is 0.5
  const Model model = load_model(folder / "m.stsr");
  EXPECT_EQ(model.network.architecture, Architecture::coordnet);
  EXPECT_EQ(model.plan().heads, 3U);
  EXPECT_EQ(model.parameters.size(), summary.parameters);
  // One row a sample of the shared grid, not one per variable: 9 * 8 * 5 * 4 / 240 batches an
  // epoch.
  EXPECT_EQ(summary.steps, 60U * 6U);
}

TEST(CoordNetTraining, MuonTrainsItToo) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.epochs = 25;
  EXPECT_EQ(request.config.training.optimiser, OptimiserKind::muon);
  EXPECT_LT(train(std::move(request), Progress::silent()).loss, 0.1);
}

TEST(CoordNetTraining, TheTunedPresetIsFarAheadOfThePublishedOneInAShortRun) {
  const auto loss_of = [](const char* preset) {
    const std::vector<std::string> small{"network.width=16", "training.batch_rows=64",
                                         "training.noise_group=4", "training.range=global"};
    Config config = resolve_config(preset, "", small);
    config.training.epochs = 10;
    const TestFolder folder;
    TrainingRequest request = small_request(folder / "m.stsr");
    request.config = config;
    return train(std::move(request), Progress::silent()).loss;
  };
  EXPECT_LT(loss_of("coordnet-tuned"), 0.3 * loss_of("coordnet"));
}

TEST(CoordNetTraining, StoppedAndResumedGivesTheSameBitsAsUninterrupted) {
  const TestFolder folder;
  (void)train(small_request(folder / "whole.stsr"), Progress::silent());
  TrainingRequest request = small_request(folder / "parts.stsr");
  StopAfter stop(30);  // in the middle of the second epoch
  EXPECT_THROW((void)train(std::move(request), stop), Interrupted);
  const Checkpoint checkpoint = load_checkpoint(checkpoint_path(folder / "parts.stsr"));
  EXPECT_EQ(checkpoint.optimiser.latent_steps, 0U);
  EXPECT_EQ(checkpoint.optimiser.network_steps, 30U);
  request = small_request(folder / "parts.stsr");
  request.resume = true;
  (void)train(std::move(request), Progress::silent());
  EXPECT_EQ(load_model(folder / "whole.stsr").parameters,
            load_model(folder / "parts.stsr").parameters);
}

TEST(CoordNetTraining, MissingValuesOfOneVariableLeaveTheOthers) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  Sequence holed = wave("b", {9, 8, 5}, 4, 1.5);
  for (auto& step : holed.steps)
    for (std::size_t i = 0; i < step.size(); i += 3)
      step[i] = std::numeric_limits<float>::quiet_NaN();
  request.sequences[1] = std::move(holed);
  EXPECT_TRUE(std::isfinite(train(std::move(request), Progress::silent()).loss));
  const Model model = load_model(folder / "m.stsr");
  EXPECT_FALSE(model.variables[0].missing.any());
  EXPECT_TRUE(model.variables[1].missing.missing(0, 3));
}

TEST(CoordNetTraining, RefusesVariablesThatShareNoGridOrTimes) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.sequences[2] = wave("c", {9, 8, 4}, 4, 0.0);
  EXPECT_THAT([&] { (void)train(request, Progress::silent()); },
              ThrowsMessage<ValueError>(
                  HasSubstr("'a' and 'c' differ in dimensions, 9 x 8 x 5 and 9 x 8 x 4")));
  request.sequences[2] = wave("c", {9, 8, 5}, 3, 0.0);
  EXPECT_THAT([&] { (void)train(request, Progress::silent()); },
              ThrowsMessage<ValueError>(HasSubstr("the number of their kept times, 4 and 3")));
  EXPECT_FALSE(std::filesystem::exists(folder / "m.stsr"));
}

TEST(CoordNetTraining, RefusesSeveralBlocks) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.blocks.split = {2, 2, 2};
  EXPECT_THAT([&] { (void)train(request, Progress::silent()); },
              ThrowsMessage<ValueError>(HasSubstr("blocks.split must be [1, 1, 1], got 8 blocks")));
}

}  // namespace
}  // namespace stsr

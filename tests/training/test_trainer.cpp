#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/test_folder.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/training/checkpoint.h"
#include "stsr/training/network_training.h"
#include "stsr/training/training_log.h"
#include "training/small_training.h"
#include "training/stop_after.h"

namespace stsr {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Trainer, LearnsBothVariablesFarBelowTheirVariance) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.epochs = 80;
  request.config.network.latent = LatentKind::ad;
  const TrainingSummary summary = train(std::move(request), Progress::silent());
  // The variance of a sine over its range is 0.5; other seeds lead to 0.015 to 0.06.
  EXPECT_LT(summary.loss, 0.1);
  EXPECT_EQ(summary.epochs, 80U);
  const Model model = load_model(folder / "m.stsr");
  ASSERT_EQ(model.variables.size(), 2U);
  EXPECT_EQ(model.variables[1].info.grid.dims, (Dims{6, 7, 4}));
  EXPECT_NEAR(model.variables[1].ranges.ranges[0].high, 11.0, 0.1);
}

TEST(Trainer, StoppedAndResumedGivesTheSameBitsAsUninterrupted) {
  const TestFolder folder;
  (void)train(small_request(folder / "whole.stsr"), Progress::silent());
  // Stops in the middle of an epoch, twice.
  for (const std::size_t steps : {5U, 8U}) {
    TrainingRequest request = small_request(folder / "parts.stsr");
    request.resume = steps != 5U;
    StopAfter stop(steps);
    EXPECT_THROW((void)train(std::move(request), stop), Interrupted);
    EXPECT_FALSE(std::filesystem::exists(folder / "parts.stsr"));
    EXPECT_NO_THROW((void)load_model(checkpoint_path(folder / "parts.stsr")));
  }
  TrainingRequest request = small_request(folder / "parts.stsr");
  request.resume = true;
  (void)train(std::move(request), Progress::silent());
  EXPECT_EQ(load_model(folder / "whole.stsr").parameters,
            load_model(folder / "parts.stsr").parameters);

  std::vector<double> losses[2];
  for (const char* name : {"whole.stsr", "parts.stsr"}) {
    std::ifstream log(log_path(folder / name));
    for (std::string line; std::getline(log, line);)
      losses[name[0] == 'p'].push_back(nlohmann::json::parse(line).at("loss").get<double>());
  }
  EXPECT_EQ(losses[0].size(), 6U);
  EXPECT_EQ(losses[0], losses[1]);
}

TEST(Trainer, SeedAndOrderDecideTheBits) {
  const TestFolder folder;
  const auto parameters = [&](auto change) {
    TrainingRequest request = small_request(folder / "m.stsr");
    request.config.training.epochs = 1;
    change(request.config.training);
    (void)train(std::move(request), Progress::silent());
    return load_model(folder / "m.stsr").parameters;
  };
  const auto base = parameters([](TrainingConfig&) {});
  EXPECT_EQ(base, parameters([](TrainingConfig&) {}));
  EXPECT_NE(base, parameters([](TrainingConfig& c) { c.seed = 2; }));
  EXPECT_NE(base, parameters([](TrainingConfig& c) { c.order = RowOrder::balanced; }));
}

TEST(Trainer, ResumesOnlyTheSameRun) {
  const TestFolder folder;
  const auto path = folder / "m.stsr";
  StopAfter stop(2);
  EXPECT_THROW((void)train(small_request(path), stop), Interrupted);

  TrainingRequest other = small_request(path);
  other.resume = true;
  other.config.training.learning_rate *= 2;
  EXPECT_THAT([&] { (void)train(other, Progress::silent()); },
              ThrowsMessage<FileError>(HasSubstr("another configuration")));
  other = small_request(path);
  other.resume = true;
  Sequence changed = wave("a", {9, 8, 5}, 4, 0.0);
  changed.steps[0][0] += 0.25F;
  other.sequences[0] = std::move(changed);
  EXPECT_THAT([&] { (void)train(other, Progress::silent()); },
              ThrowsMessage<FileError>(HasSubstr("other data")));
  other = small_request(folder / "never.stsr");
  other.resume = true;
  EXPECT_THROW((void)train(other, Progress::silent()), FileError);
  other = small_request(path);
  other.resume = true;
  other.config.training.epochs = 7;  // a longer run is the same run
  EXPECT_EQ(train(other, Progress::silent()).epochs, 7U);
}

TEST(Trainer, MissingValuesAreNotTrainedOn) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  Sequence holed = wave("a", {9, 8, 5}, 4, 0.0);
  for (auto& step : holed.steps)
    for (std::size_t i = 0; i < step.size(); i += 3)
      step[i] = std::numeric_limits<float>::quiet_NaN();
  request.sequences = {std::move(holed)};
  const TrainingSummary summary = train(std::move(request), Progress::silent());
  EXPECT_TRUE(std::isfinite(summary.loss));
  const Model model = load_model(folder / "m.stsr");
  EXPECT_TRUE(model.variables[0].missing.missing(0, 3));
  EXPECT_FALSE(model.variables[0].missing.missing(0, 4));
}

TEST(Trainer, ConstantSlicesAndSingleStepsWork) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  Sequence constant = wave("constant", {5, 5, 5}, 2, 0.0);
  for (auto& step : constant.steps) std::fill(step.begin(), step.end(), 4.0F);
  request.sequences = {wave("slice", {9, 8, 1}, 4, 0.0), wave("static", {6, 5, 4}, 1, 0.0),
                       std::move(constant)};
  const TrainingSummary summary = train(std::move(request), Progress::silent());
  EXPECT_TRUE(std::isfinite(summary.loss));
}

/// A clock that goes on by a second each time it is asked.
TrainingClock::Now seconds_by_call() {
  return [now = 0.0]() mutable { return now += 1.0; };
}

TEST(Trainer, TimeLimitEndsTheRunWithAModel) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.epochs = 1'000'000;
  request.time_limit_seconds = 200.0;
  request.now = seconds_by_call();
  const TrainingSummary summary = train(std::move(request), Progress::silent());
  EXPECT_GT(summary.steps, 20U);
  EXPECT_LT(summary.epochs, 200U);
  EXPECT_GE(summary.seconds, 200.0);
  EXPECT_NO_THROW((void)load_model(folder / "m.stsr"));
}

TEST(Trainer, TheTimeLimitAloneEndsTheRunWhateverTheEpochs) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.epochs = 1;
  request.time_limit_seconds = 1000.0;
  request.until_time_limit = true;
  request.now = seconds_by_call();
  const TrainingSummary summary = train(std::move(request), Progress::silent());
  EXPECT_GT(summary.epochs, 1U);
  EXPECT_GE(summary.seconds, 1000.0);
}

TEST(Trainer, GoingOnWithAFinishedRunChangesNothing) {
  const TestFolder folder;
  for (const bool timed : {false, true}) {
    const auto run = [&](bool resume) {
      TrainingRequest request = small_request(folder / "m.stsr");
      if (timed) request.time_limit_seconds = 300.0;
      request.now = seconds_by_call();
      request.until_time_limit = timed;
      request.resume = resume;
      return train(std::move(request), Progress::silent());
    };
    const TrainingSummary first = run(false);
    const Model model = load_model(folder / "m.stsr");
    const TrainingSummary again = run(true);
    EXPECT_EQ(load_model(folder / "m.stsr").parameters, model.parameters) << timed;
    EXPECT_EQ(again.loss, first.loss) << timed;
    EXPECT_GT(again.loss, 0.0) << timed;
  }
}

TEST(Trainer, WithoutAStepThereIsNoLoss) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.epochs = 0;
  EXPECT_TRUE(std::isnan(train(std::move(request), Progress::silent()).loss));
}

TEST(Trainer, DivergenceOfAReluModulatorIsAnError) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.network.modulator_activation = ModulatorActivation::relu;
  request.config.training.optimiser = OptimiserKind::adam;
  request.config.training.learning_rate = 1e38;
  EXPECT_THROW((void)train(std::move(request), Progress::silent()), NumericError);
}

TEST(Trainer, DivergenceIsAnErrorAndLeavesNoModel) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.optimiser = OptimiserKind::adam;
  request.config.training.learning_rate = 1e38;
  EXPECT_THROW((void)train(std::move(request), Progress::silent()), NumericError);
  EXPECT_FALSE(std::filesystem::exists(folder / "m.stsr"));
}

TEST(Trainer, RefusesBadConfigurations) {
  const TestFolder folder;
  const auto refused = [&](auto change) {
    TrainingRequest request = small_request(folder / "m.stsr");
    change(request);
    EXPECT_THROW((void)train(std::move(request), Progress::silent()), ValueError);
    EXPECT_FALSE(std::filesystem::exists(folder / "m.stsr"));
  };
  refused([](TrainingRequest& r) { r.sequences.clear(); });
  refused([](TrainingRequest& r) { r.sequences[1].info.name = "a"; });
  refused([](TrainingRequest& r) { r.config.training.batch_rows = 0; });
  refused([](TrainingRequest& r) { r.config.training.noise_group = 0; });
  refused([](TrainingRequest& r) { r.config.training.noise_group = 65; });
  refused([](TrainingRequest& r) { r.config.training.beta_1 = 1.0; });
  refused([](TrainingRequest& r) { r.config.training.learning_rate = -1.0; });
  refused([](TrainingRequest& r) { r.config.training.final_rate = 2.0; });
  refused([](TrainingRequest& r) { r.time_limit_seconds = 0.0; });
}

}  // namespace
}  // namespace stsr

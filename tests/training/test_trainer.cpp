#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "io/test_folder.h"
#include "stsr/base/error.h"
#include "stsr/inference/network_field.h"
#include "stsr/io/config_file.h"
#include "stsr/io/dataset.h"
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
  other.config.training.kld_weight *= 2;
  EXPECT_THAT([&] { (void)train(other, Progress::silent()); },
              ThrowsMessage<FileError>(HasSubstr("another configuration")));
  other = small_request(path);
  other.resume = true;
  other.config.training.learning_rate *= 0.5;  // as after a divergence
  EXPECT_THROW((void)train(other, stop), Interrupted);
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

TEST(Trainer, HasTheBlocksThatThereIsTimeFor) {
  const auto split = [](double rows) {
    const Trainer trainer({wave("a", {40, 9, 5}, 2, 0.0)}, small_config(),
                          {.affordable_rows = rows});
    return trainer.config().blocks.split;
  };
  EXPECT_EQ(split(1e9), (std::array<std::size_t, 3>{1, 1, 1}));
  EXPECT_EQ(split(1.0), (std::array<std::size_t, 3>{4, 1, 1}));
}

TEST(Trainer, AResumedRunKeepsItsBlocks) {
  const TestFolder folder;
  TrainingRequest begun = small_request(folder / "m.stsr");
  begun.config.blocks.split = {2, 1, 1};
  StopAfter stop(2);
  EXPECT_THROW((void)train(begun, stop), Interrupted);
  TrainingRequest open = small_request(folder / "m.stsr");
  open.resume = true;
  (void)train(open, Progress::silent());
  EXPECT_EQ(load_model(folder / "m.stsr").blocks.split, (std::array<std::size_t, 3>{2, 1, 1}));
}

/// The sequence as it is read from files that declare the fill value missing, or none.
Sequence read_back(const Sequence& sequence, std::optional<float> fill) {
  const TestFolder folder;
  const Dims& dims = sequence.info.grid.dims;
  std::string text = fmt::format(
      "stsr_dataset = 1\ndims = [{}, {}, {}]\ntimes = {{ start = 0.0, step = 1.0 }}\n"
      "[[variable]]\nname = '{}'\nfiles = 'v_%d.raw'\n",
      dims.x, dims.y, dims.z, sequence.info.name);
  if (fill) text += fmt::format("missing = {:.1f}\n", *fill);
  const auto description = folder.write("dataset.toml", text);
  for (std::size_t step = 0; step < sequence.steps.size(); ++step)
    (void)folder.write_values(fmt::format("v_{}.raw", step), sequence.steps[step]);
  const auto data = open_dataset(description);
  Sequence back{data->variables().front(), {}};
  for (std::size_t step = 0; step < back.info.times.size(); ++step)
    back.steps.push_back(data->read(0, step));
  return back;
}

TEST(Trainer, OnlyARunThatBeginsRefusesSettingsWithoutEffect) {
  const TestFolder folder;
  const auto request = [&](bool resume) {
    TrainingRequest made = small_request(folder / "m.stsr");
    made.config.network.latent = LatentKind::ad;
    made.resume = resume;
    return made;
  };
  StopAfter stop(2);
  EXPECT_THROW((void)train(request(false), stop), Interrupted);
  // As an earlier version wrote it, which did not refuse.
  const auto path = checkpoint_path(folder / "m.stsr");
  Checkpoint checkpoint = load_checkpoint(path);
  Config config;
  read_config_text(checkpoint.model.config, "checkpoint", config);
  config.training.kld_weight = 0.5;
  checkpoint.model.config = write_config(config);
  save_checkpoint(path, checkpoint);

  TrainingRequest again = request(false);
  again.config.training.kld_weight = 0.5;
  EXPECT_THAT([&] { (void)train(again, Progress::silent()); },
              ThrowsMessage<ValueError>(HasSubstr("training.kld_weight is only for")));
  again.resume = true;
  EXPECT_EQ(train(again, Progress::silent()).epochs, 6U);
  EXPECT_NO_THROW((void)load_model(folder / "m.stsr"));
  EXPECT_NO_THROW((void)train(request(true), Progress::silent())) << "without it, it is the same";
}

TEST(Trainer, MissingValuesAreNotTrainedOn) {
  const TestFolder folder;
  // Every third value is `hole`.
  const auto trained = [&](float hole, std::optional<float> declared) {
    TrainingRequest request = small_request(folder / "m.stsr");
    Sequence holed = wave("a", {9, 8, 5}, 4, 5.0);
    for (auto& step : holed.steps)
      for (std::size_t i = 0; i < step.size(); i += 3) step[i] = hole;
    request.sequences = {read_back(holed, declared)};
    EXPECT_TRUE(std::isfinite(train(std::move(request), Progress::silent()).loss));
    return load_model(folder / "m.stsr");
  };
  const Model missing = trained(std::numeric_limits<float>::quiet_NaN(), {});
  EXPECT_TRUE(missing.variables[0].missing.missing(0, 3));
  EXPECT_FALSE(missing.variables[0].missing.missing(0, 4));
  for (const float fill : {0.0F, 5.5F, -999.0F}) {
    const Model filled = trained(fill, fill);
    EXPECT_EQ(filled.parameters, missing.parameters) << fill;
    EXPECT_EQ(filled.variables[0].ranges, missing.variables[0].ranges) << fill;
    EXPECT_EQ(filled.variables[0].missing, missing.variables[0].missing) << fill;
    const Model valued = trained(fill, {});
    EXPECT_NE(valued.parameters, missing.parameters) << fill << " is a value like any other";
    EXPECT_FALSE(valued.variables[0].missing.any());
  }
}

/// Mean squared difference between a variable and what the model gives back of it.
double error_of(const Model& model, std::size_t variable, const StoredSequence& truth) {
  const NetworkField field(model);
  const OutputGrid grid = output_grid(truth.info, {});
  std::vector<float> values(grid.grid.dims.count());
  double sum = 0.0;
  std::size_t count = 0;
  for (std::size_t step = 0; step < truth.steps.size(); ++step) {
    field.step(variable, truth.info.times[step], grid, values);
    const auto& expected = truth.steps[step].values;
    for (std::size_t i = 0; i < values.size(); ++i, ++count)
      sum += std::pow(static_cast<double>(values[i]) - static_cast<double>(expected[i]), 2.0);
  }
  return sum / static_cast<double>(count);
}

TEST(Trainer, ConstantSlicesAndSingleStepsWork) {
  const TestFolder folder;
  TrainingRequest request = small_request(folder / "m.stsr");
  request.config.training.epochs = 300;
  Sequence constant = wave("constant", {5, 5, 5}, 2, 0.0);
  for (auto& step : constant.steps) std::fill(step.begin(), step.end(), 4.0F);
  request.sequences = {wave("slice", {9, 8, 1}, 4, 0.0), wave("static", {6, 5, 4}, 1, 10.0),
                       std::move(constant)};
  const std::vector<StoredSequence> truth = request.sequences;
  (void)train(std::move(request), Progress::silent());
  const Model model = load_model(folder / "m.stsr");
  // The variance of a wave is about 0.5.
  EXPECT_LT(error_of(model, 0, truth[0]), 0.1) << "the slice";
  EXPECT_LT(error_of(model, 1, truth[1]), 0.1) << "the single step";
  EXPECT_EQ(error_of(model, 2, truth[2]), 0.0) << "the constant";
}

/// A clock that advances by a second each time it is asked.
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

TEST(Trainer, ResumingAFinishedRunChangesNothing) {
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

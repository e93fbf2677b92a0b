#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "../../io/test_folder.h"
#include "stnet_data.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/training/trainer.h"

namespace stsr {
namespace {

using namespace stsr::testing_stnet;
using ::testing::HasSubstr;

/// A clock on which a step takes one second.
class StepClock final : public Progress {
 public:
  void report(std::size_t, std::size_t, std::string_view, std::string_view) override {
    seconds += 1.0;
  }
  [[nodiscard]] bool stop_requested() const override { return false; }

  double seconds = 0.0;
};

class StnetTraining : public ::testing::Test {
 protected:
  void SetUp() override { set_thread_count(1); }  // on a busy machine, teams wait for each other

  [[nodiscard]] StnetRequest request(const std::string& name) const {
    StnetRequest request;
    request.coarse = {data_.coarse};
    request.truth = data_.truth();
    request.config = small_config();
    request.output = folder_ / name;
    return request;
  }

  Data data_ = moving_wave({17, 9, 9}, 17, 2, 3);
  TestFolder folder_;
};

TEST_F(StnetTraining, RunsThreePhasesAndWritesAModel) {
  STSR_NEEDS_TORCH();
  const StnetSummary summary = train_stnet(request("m"), Progress::silent());
  EXPECT_EQ(summary.epochs, 6U);
  // 5 kept steps: 1 stretched window; 8 fine steps: 1 window; 2 crops each.
  EXPECT_EQ(summary.steps, 2U * (2U + 2U + 2U));
  EXPECT_TRUE(summary.supervised);
  EXPECT_TRUE(std::isfinite(summary.loss));
  const StnetModel model = load_stnet(folder_ / "m");
  EXPECT_EQ(model.config, small_config());
  EXPECT_EQ(model.space, 2U);
  EXPECT_EQ(model.time, 3U);
  EXPECT_EQ(model.generator.size(), summary.parameters);
  ASSERT_EQ(model.variables.size(), 1U);
  EXPECT_EQ(model.variables[0].info, data_.coarse.info);
  const std::string log = read_all(folder_ / "m.log.jsonl");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 6);
  EXPECT_THAT(log, HasSubstr("\"adversarial\":"));
  EXPECT_EQ(load_stnet(folder_ / "m.checkpoint").generator, model.generator);
}

TEST_F(StnetTraining, LearnsFromTheTruth) {
  STSR_NEEDS_TORCH();
  StnetRequest longer = request("m");
  longer.config.training.unsupervised_epochs = 0;
  longer.config.training.adversarial_epochs = 0;
  longer.config.training.supervised_epochs = 30;
  longer.config.network.features = {8, 8, 16, 16};
  (void)train_stnet(longer, Progress::silent());
  std::vector<double> losses;
  std::istringstream log(read_all(folder_ / "m.log.jsonl"));
  for (std::string line; std::getline(log, line);)
    losses.push_back(nlohmann::json::parse(line)["loss"]);
  ASSERT_EQ(losses.size(), 30U);
  EXPECT_LT(losses.back(), 0.7 * losses.front());
}

TEST_F(StnetTraining, WithoutTruthOnlyTheFirstPhaseRuns) {
  STSR_NEEDS_TORCH();
  StnetRequest alone = request("m");
  alone.truth = {};
  const StnetSummary summary = train_stnet(alone, Progress::silent());
  EXPECT_FALSE(summary.supervised);
  EXPECT_EQ(summary.epochs, 2U);
}

TEST_F(StnetTraining, TheSameSeedGivesTheSameBitsAndAnotherOthers) {
  STSR_NEEDS_TORCH();
  set_thread_count(2);
  const auto few = [&](const char* name, std::uint64_t seed) {
    StnetRequest request = this->request(name);
    request.config.training.seed = seed;
    request.config.training.unsupervised_epochs = 1;
    request.config.training.supervised_epochs = 0;
    request.config.training.adversarial_epochs = 1;
    (void)train_stnet(request, Progress::silent());
  };
  few("a", 1);
  few("b", 1);
  few("c", 2);
  EXPECT_EQ(read_all(folder_ / "a"), read_all(folder_ / "b"));
  EXPECT_NE(load_stnet(folder_ / "a").generator, load_stnet(folder_ / "c").generator);
}

TEST_F(StnetTraining, StoppedAnywhereItResumesToTheSameBits) {
  STSR_NEEDS_TORCH();
  (void)train_stnet(request("whole"), Progress::silent());
  for (const std::size_t steps : {1U, 4U, 7U, 9U}) {
    StopAfter stop(steps);
    EXPECT_THROW((void)train_stnet(request("parts"), stop), Interrupted);
    StnetRequest again = request("parts");
    again.resume = true;
    StopAfter second(2);
    EXPECT_THROW((void)train_stnet(again, second), Interrupted);
    (void)train_stnet(again, Progress::silent());
    EXPECT_EQ(read_all(folder_ / "whole"), read_all(folder_ / "parts")) << steps;
    const std::string log = read_all(folder_ / "parts.log.jsonl");
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 6) << steps;
  }
}

TEST_F(StnetTraining, AFinishedRunCanBeMadeLonger) {
  STSR_NEEDS_TORCH();
  StnetRequest longer = request("whole");
  longer.config.training.adversarial_epochs = 4;
  (void)train_stnet(longer, Progress::silent());
  (void)train_stnet(request("parts"), Progress::silent());
  longer.output = folder_ / "parts";
  longer.resume = true;
  EXPECT_EQ(train_stnet(longer, Progress::silent()).epochs, 8U);
  EXPECT_EQ(read_all(folder_ / "whole"), read_all(folder_ / "parts"));
}

TEST_F(StnetTraining, RefusesToResumeAnotherRun) {
  STSR_NEEDS_TORCH();
  (void)train_stnet(request("m"), Progress::silent());
  const auto refused = [&](StnetRequest other, const char* what) {
    other.resume = true;
    const std::string message = message_of([&] { (void)train_stnet(other, Progress::silent()); });
    EXPECT_THAT(message, HasSubstr(what));
  };
  StnetRequest other = request("m");
  other.config.training.adversarial_weight = 2e-3;
  refused(other, "another configuration");
  other = request("m");
  other.coarse[0].steps[1][3] += 1.0F;
  refused(other, "other data");
  other = request("m");
  other.truth = [](std::size_t, std::size_t) { return std::vector<float>(17 * 9 * 9, 20.0F); };
  refused(other, "other data");
  refused(request("absent"), "absent.checkpoint");
}

TEST_F(StnetTraining, ATimeLimitGivesEveryPhaseItsShare) {
  STSR_NEEDS_TORCH();
  StnetRequest limited = request("m");
  limited.config.training.adversarial_epochs = 4;  // phases share the time as 2 : 2 : 4
  limited.time_limit_seconds = 80.0;
  limited.until_time_limit = true;
  StepClock clock;
  limited.now = [&clock] { return clock.seconds; };
  const StnetSummary summary = train_stnet(limited, clock);
  EXPECT_EQ(summary.seconds, 80.0);
  EXPECT_EQ(summary.steps, 80U);
  std::map<std::string, int> epochs;  // of two steps each
  std::istringstream log(read_all(folder_ / "m.log.jsonl"));
  for (std::string line; std::getline(log, line);) ++epochs[nlohmann::json::parse(line)["phase"]];
  EXPECT_EQ(epochs, (std::map<std::string, int>{
                        {"unsupervised", 10}, {"supervised", 10}, {"adversarial", 20}}));
}

TEST_F(StnetTraining, OptionsThatCannotBeAreRefused) {
  const auto refused = [&](const std::function<void(StnetRequest&)>& change, const char* what) {
    StnetRequest other = request("m");
    change(other);
    const std::string message =
        message_of<ValueError>([&] { (void)train_stnet(other, Progress::silent()); });
    EXPECT_THAT(message, HasSubstr(what));
  };
  refused([](StnetRequest& r) { r.coarse.clear(); }, "at least one variable");
  refused([](StnetRequest& r) { r.coarse.push_back(r.coarse[0]); }, "rename one");
  refused([](StnetRequest& r) { r.config.training.truth_share = 0.0; }, "truth_share");
  refused([](StnetRequest& r) { r.config.training.beta_2 = 1.0; }, "beta_2");
  refused([](StnetRequest& r) { r.config.training.crop = 0; }, "crop");
  refused([](StnetRequest& r) { r.time_limit_seconds = 0.0; }, "time limit");
  refused([](StnetRequest& r) { r.coarse = {moving_wave({9, 9, 9}, 17, 3, 3).coarse}; }, "1, 2, 4");
  if (!torch_available()) refused([](StnetRequest&) {}, "STSR_WITH_TORCH=ON");
}

TEST(StnetEpochs, KeepTheProportionOfThePhases) {
  StnetTrainingConfig config;
  set_stnet_epochs(config, 65, true);
  EXPECT_EQ(config.unsupervised_epochs, 20U);
  EXPECT_EQ(config.supervised_epochs, 20U);
  EXPECT_EQ(config.adversarial_epochs, 25U);
  config = {};
  set_stnet_epochs(config, 7, true);
  EXPECT_EQ(config.unsupervised_epochs + config.supervised_epochs + config.adversarial_epochs, 7U);
  config = {};
  set_stnet_epochs(config, 30, false);
  EXPECT_EQ(config.unsupervised_epochs, 30U);
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "program.h"

namespace stsr {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

namespace fs = std::filesystem;

/// Never ends by itself; its rates do not depend on the number of epochs.
const std::vector<std::string> long_training{"train",    "truth",
                                             "--epochs", "1000000000",
                                             "--set",    "training.schedule=constant",
                                             "--set",    "network.width=16",
                                             "--set",    "network.latent_length=8",
                                             "--set",    "training.batch_rows=64",
                                             "--set",    "training.noise_group=8",
                                             "-o",       "model"};

class TrainingRuns : public testing::Test {
 protected:
  void SetUp() override {
    const Outcome outcome =
        folder_.stsr("generate tornado --dims 8,8,8 --steps 4 --format raw -o truth");
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }

  /// Waits until the log of the training holds some epochs. False where it never does.
  [[nodiscard]] bool trained_a_while(ProgramRun& run) const {
    while (run.running()) {
      const std::string log = text_of(folder_ / "model.log.jsonl");
      if (std::count(log.begin(), log.end(), '\n') >= 3) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  [[nodiscard]] RunOptions here() const { return {folder_.path(), 0}; }

  TestFolder folder_;
};

TEST_F(TrainingRuns, CtrlCLeavesAUsableCheckpointThatResumesToTheSameBits) {
  {
    ProgramRun run(long_training, here());
    ASSERT_TRUE(trained_a_while(run)) << run.wait().err;
    run.interrupt();
    const Outcome outcome = run.wait();
    EXPECT_EQ(outcome.code, 130) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("stsr: error: "));
    EXPECT_THAT(outcome.err, HasSubstr("--resume"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "model"));
  ASSERT_TRUE(fs::exists(folder_ / "model.checkpoint"));
  EXPECT_EQ(folder_.stsr("info model.checkpoint").code, 0);
  EXPECT_EQ(folder_.stsr("upscale model.checkpoint --format raw -o fine").code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "fine/dataset.toml"));

  const std::string log = text_of(folder_ / "model.log.jsonl");
  std::vector<std::string> whole = long_training;
  whole[3] = std::to_string(std::count(log.begin(), log.end(), '\n') + 5);
  std::vector<std::string> resumed = whole;
  resumed.emplace_back("--resume");
  const Outcome second = ProgramRun(resumed, here()).wait();
  ASSERT_EQ(second.code, 0) << second.err;
  whole.back() = "uninterrupted";
  ASSERT_EQ(ProgramRun(whole, here()).wait().code, 0);
  EXPECT_EQ(text_of(folder_ / "model"), text_of(folder_ / "uninterrupted"));
  EXPECT_GT(text_of(folder_ / "model").size(), 1000U);
}

/// The default recipe on whatever instructions the machine has, interrupted at any point of a step.
TEST_F(TrainingRuns, CtrlCAtAnyTimeLeavesACheckpoint) {
  for (int wait = 0; wait < 20; ++wait) {
    for (const char* name : {"model.checkpoint", "model.log.jsonl"}) fs::remove(folder_ / name);
    ProgramRun run({"train", "truth", "--epochs", "1000000", "--threads", "1", "--set",
                    "training.batch_rows=64", "-o", "model"},
                   here());
    ASSERT_TRUE(trained_a_while(run)) << run.wait().err;
    std::this_thread::sleep_for(std::chrono::microseconds(700 * wait));
    run.interrupt();
    const Outcome outcome = run.wait();
    ASSERT_EQ(outcome.code, 130) << outcome.err;
    ASSERT_TRUE(fs::exists(folder_ / "model.checkpoint"));
  }
  EXPECT_EQ(folder_.stsr("info model.checkpoint").code, 0);
}

TEST_F(TrainingRuns, TwoRunsCannotWriteToOnePlace) {
  ProgramRun first(long_training, here());
  ASSERT_TRUE(trained_a_while(first)) << first.wait().err;
  const Outcome second = ProgramRun(long_training, here()).wait();
  EXPECT_EQ(second.code, 3);
  EXPECT_THAT(second.err, HasSubstr("in use"));
  EXPECT_TRUE(first.running());
}

TEST_F(TrainingRuns, DataLargerThanTheMemoryGivenAreMappedAndTrainToTheSameBits) {
  std::vector<std::string> few = long_training;
  few[3] = "2";
  few.insert(few.end() - 2, {"--set", "training.shuffle_rows=100", "--set",
                             "training.keep_samples=false", "--memory", "1G"});
  const Outcome in_memory = ProgramRun(few, here()).wait();
  ASSERT_EQ(in_memory.code, 0) << in_memory.err;
  EXPECT_THAT(in_memory.err, HasSubstr("8 KiB of values, in memory"));
  few[few.size() - 3] = "8191";  // one byte less than the values need
  few.back() = "mapped";
  const Outcome mapped = ProgramRun(few, here()).wait();
  ASSERT_EQ(mapped.code, 0) << mapped.err;
  EXPECT_THAT(mapped.err, HasSubstr("mapped from files"));
  EXPECT_EQ(text_of(folder_ / "model"), text_of(folder_ / "mapped"));
}

TEST_F(TrainingRuns, AMappedFileThatIsCutShortIsOneLineAndLeavesTheCheckpoint) {
  std::vector<std::string> mapped = long_training;
  mapped.insert(mapped.end() - 2, {"--memory", "0", "--set", "training.checkpoint_minutes=0.01"});
  ProgramRun run(mapped, here());
  ASSERT_TRUE(trained_a_while(run)) << run.wait().err;
  while (run.running() && !fs::exists(folder_ / "model.checkpoint"))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  fs::resize_file(folder_ / "truth/speed_0002.raw", 0);
  const Outcome outcome = run.wait();
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  const std::string line =
      outcome.err.substr(std::min(outcome.err.find("stsr: error: "), outcome.err.size()));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << outcome.err;
  EXPECT_THAT(line, HasSubstr("speed_0002.raw: was cut short"));
  EXPECT_FALSE(fs::exists(folder_ / "model"));
  EXPECT_EQ(folder_.stsr("info model.checkpoint").code, 0);
}

TEST_F(TrainingRuns, ATimeLimitEndsTrainingWithAModel) {
  std::vector<std::string> limited = long_training;
  limited.insert(limited.end(), {"--time-limit", "1s"});
  const Outcome outcome = ProgramRun(limited, here()).wait();
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(fs::exists(folder_ / "model"));
}

TEST_F(TrainingRuns, AFullDiskIsOneLineAndLeavesNoModel) {
  std::vector<std::string> few = long_training;
  few[3] = "1";
  const Outcome outcome = ProgramRun(few, {folder_.path(), 2000}).wait();
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("stsr: error: "));
  EXPECT_FALSE(fs::exists(folder_ / "model"));
  EXPECT_FALSE(fs::exists(folder_ / "model.stsr-partial"));
}

}  // namespace
}  // namespace stsr

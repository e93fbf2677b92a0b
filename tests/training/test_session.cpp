// A session around a task that trains nothing: what is written when, on a clock of the test's own.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "io/test_folder.h"
#include "stsr/base/error.h"
#include "stsr/base/warning.h"
#include "stsr/training/training_log.h"
#include "stsr/training/training_session.h"
#include "training/stop_after.h"

namespace stsr {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A file that begins like a model.
const std::string model_text = "12345678{\"__metadata__\":{\"format\":\"stsr-test\"}}\n";

/// Takes `length` steps of ten seconds, two an epoch; its checkpoint is the number of steps.
class Counting final : public TrainingTask {
 public:
  explicit Counting(std::size_t length, double& now) : length_(length), now_(now) {}

  [[nodiscard]] bool finished(const TrainingClock& clock) override {
    return done_ == length_ || clock.over();
  }
  void step(const TrainingClock& /*clock*/) override {
    if (before_step) before_step();
    if (done_ == diverges_at) throw NumericError("the loss is nan");
    ++done_;
    now_ += 10.0;
  }
  [[nodiscard]] LogEntry log_entry(const TrainingClock& clock) const override {
    if (done_ % 2 != 0) return {};
    return {{"step", done_}, {"seconds", clock.elapsed()}};
  }
  void report(const TrainingClock& /*clock*/, Progress& progress) const override {
    progress.report(done_, length_, "step", "");
  }
  [[nodiscard]] std::string position() const override { return fmt::format("step {}", done_); }
  [[nodiscard]] std::size_t steps() const override { return done_; }
  [[nodiscard]] double resume(const std::filesystem::path& path) override {
    double seconds = 0.0;
    std::ifstream(path).ignore(static_cast<std::streamsize>(model_text.size())) >> done_ >> seconds;
    return seconds;
  }
  void save_checkpoint(const std::filesystem::path& path, double seconds) const override {
    if (done_ == breaks_at) throw NumericError("the weights are not finite");
    std::ofstream(path) << model_text << done_ << ' ' << seconds;
    saved.push_back(done_);
  }
  void save_model(const std::filesystem::path& path) const override {
    std::ofstream(path) << model_text;
  }

  std::size_t diverges_at = static_cast<std::size_t>(-1);
  std::size_t breaks_at = static_cast<std::size_t>(-1);  // its weights, not its loss
  std::function<void()> before_step;
  mutable std::vector<std::size_t> saved;  // steps at which checkpoints were written

 private:
  std::size_t length_;
  double& now_;
  std::size_t done_ = 0;
};

class Session : public testing::Test {
 protected:
  [[nodiscard]] TrainingSession::Options options() {
    return {.output = folder_ / "m", .checkpoint_minutes = 0.5, .now = [this] { return now_; }};
  }
  TestFolder folder_;
  double now_ = 1000.0;
};

TEST_F(Session, WritesACheckpointEveryHalfMinuteAndAtTheEnd) {
  Counting task(8, now_);
  TrainingSession session(options());
  const TrainingClock clock = session.run(task, Progress::silent());
  EXPECT_THAT(task.saved, testing::ElementsAre(3, 6, 8));
  EXPECT_EQ(clock.elapsed(), 80.0);
  EXPECT_EQ(text_of(folder_ / "m"), model_text);
  EXPECT_EQ(text_of(log_path(folder_ / "m")),
            "{\"seconds\":20.0,\"step\":2}\n{\"seconds\":40.0,\"step\":4}\n"
            "{\"seconds\":60.0,\"step\":6}\n{\"seconds\":80.0,\"step\":8}\n");
}

TEST_F(Session, StopsAtOnceWithACheckpointAndResumesThere) {
  {
    Counting task(8, now_);
    StopAfter stop(5);
    EXPECT_THAT([&] { TrainingSession(options()).run(task, stop); },
                ThrowsMessage<Interrupted>(HasSubstr("stopped in step 5")));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "m"));
  now_ += 5000.0;  // that nobody trains
  // A line after the checkpoint, as a run that was killed leaves.
  append_to_log(folder_ / "m", {{"step", std::size_t{6}}, {"seconds", 1.0}});
  TrainingSession::Options again = options();
  again.resume = true;
  Counting task(8, now_);
  const TrainingClock clock = TrainingSession(again).run(task, Progress::silent());
  EXPECT_EQ(clock.before(), 50.0);
  EXPECT_EQ(clock.elapsed(), 80.0);
  EXPECT_EQ(text_of(log_path(folder_ / "m")),
            "{\"seconds\":20.0,\"step\":2}\n{\"seconds\":40.0,\"step\":4}\n"
            "{\"seconds\":60.0,\"step\":6}\n{\"seconds\":80.0,\"step\":8}\n");
}

TEST_F(Session, TheTimeLimitCountsAllSessions) {
  TrainingSession::Options limited = options();
  limited.time_limit_seconds = 35.0;
  Counting task(100, now_);
  EXPECT_EQ(TrainingSession(limited).run(task, Progress::silent()).elapsed(), 40.0);
  EXPECT_EQ(task.steps(), 4U);
  limited.resume = true;
  Counting again(100, now_);
  EXPECT_EQ(TrainingSession(limited).run(again, Progress::silent()).elapsed(), 40.0);
  EXPECT_EQ(again.steps(), 4U);
}

TEST_F(Session, ADivergenceNamesTheCheckpointWhereThereIsOne) {
  Counting task(8, now_);
  task.diverges_at = 2;
  EXPECT_THAT([&] { TrainingSession(options()).run(task, Progress::silent()); },
              ThrowsMessage<NumericError>("the loss is nan"));
  Counting later(8, now_);
  later.diverges_at = 5;
  EXPECT_THAT([&] { TrainingSession(options()).run(later, Progress::silent()); },
              ThrowsMessage<NumericError>(HasSubstr("or resume from ")));
  EXPECT_EQ(text_of(checkpoint_path(folder_ / "m")), model_text + "3 30");
}

TEST_F(Session, WeightsThatBrokeInTheLastStepAreNoModel) {
  Counting task(8, now_);
  task.breaks_at = 8;
  EXPECT_THAT([&] { TrainingSession(options()).run(task, Progress::silent()); },
              ThrowsMessage<NumericError>(HasSubstr("not finite, or resume from ")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "m"));
  EXPECT_EQ(text_of(checkpoint_path(folder_ / "m")), model_text + "6 60");
}

TEST_F(Session, ARunThatBeginsAnewKeepsTheCheckpointUntilItHasItsOwn) {
  {
    Counting task(8, now_);
    (void)TrainingSession(options()).run(task, Progress::silent());
  }
  Counting task(8, now_);
  task.diverges_at = 2;
  EXPECT_THAT([&] { TrainingSession(options()).run(task, Progress::silent()); },
              ThrowsMessage<NumericError>("the loss is nan"));  // that checkpoint is another run's
  EXPECT_EQ(text_of(checkpoint_path(folder_ / "m")), model_text + "8 80");
}

TEST_F(Session, ReplacesNothingThatAnotherProgramWrote) {
  for (const auto& path :
       {folder_ / "m", checkpoint_path(folder_ / "m"), log_path(folder_ / "m")}) {
    std::ofstream(path) << "the user's";
    EXPECT_THAT([&] { TrainingSession session(options()); },
                ThrowsMessage<FileError>(HasSubstr(path.string() + ": exists and is not a ")));
    EXPECT_EQ(text_of(path), "the user's");
    std::filesystem::remove(path);
  }
}

TEST_F(Session, GoesOnWithoutALogThatCannotBeWritten) {
  std::string warning;
  set_warning_handler([&](const std::string& text) { warning += text; });
  Counting task(8, now_);
  TrainingSession session(options());
  task.before_step = [&] {
    if (task.steps() > 0) return;
    std::filesystem::remove(log_path(folder_ / "m"));
    std::filesystem::create_directory(log_path(folder_ / "m"));  // nobody writes into that
  };
  (void)session.run(task, Progress::silent());
  set_warning_handler({});
  EXPECT_EQ(text_of(folder_ / "m"), model_text);
  EXPECT_THAT(warning, HasSubstr("training goes on without it"));
}

TEST_F(Session, LocksItsOutput) {
  const TrainingSession first(options());
  EXPECT_THROW(TrainingSession second(options()), FileError);
}

TEST_F(Session, RefusesLimitsThatAreNone) {
  TrainingSession::Options wrong = options();
  wrong.time_limit_seconds = 0.0;
  EXPECT_THROW(TrainingSession session(wrong), ValueError);
  wrong = options();
  wrong.checkpoint_minutes = 0.001;
  EXPECT_THROW(TrainingSession session(wrong), ValueError);
}

}  // namespace
}  // namespace stsr

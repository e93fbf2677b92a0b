#include "stsr/training/training_session.h"

#include <fmt/format.h>

#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/warning.h"
#include "stsr/io/output_kind.h"

namespace stsr {

namespace {

void require(bool holds, const std::string& message) {
  if (!holds) throw ValueError(message);
}

/// The options, checked before the output is locked.
TrainingSession::Options checked(TrainingSession::Options options) {
  require(options.checkpoint_minutes >= 0.01,
          fmt::format("training.checkpoint_minutes must be at least 0.01, got {}",
                      options.checkpoint_minutes));
  (void)TrainingClock(options.time_limit_seconds);
  check_replaceable(options.output, model_output);
  check_replaceable(checkpoint_path(options.output), model_output);
  check_replaceable(log_path(options.output), training_log_output);
  return options;
}

}  // namespace

double TrainingClock::steady_seconds() {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now().time_since_epoch();
  return now.count();
}

TrainingClock::TrainingClock(std::optional<double> limit_seconds, double before, Now now)
    : now_(std::move(now)), limit_(limit_seconds), before_(before), start_(now_()) {
  require(!limit_ || *limit_ > 0.0, "the time limit must be positive");
}

TrainingSession::TrainingSession(Options options)
    : options_(checked(std::move(options))), lock_(options_.output) {}

void TrainingSession::save(const TrainingTask& task, const TrainingClock& clock) {
  task.save_checkpoint(checkpoint_path(options_.output), clock.elapsed());
  has_checkpoint_ = true;
  saved_ = options_.now();
}

/// A run without its log is better than none.
void TrainingSession::log(const LogEntry& entry) {
  if (entry.empty() || !logs_) return;
  try {
    append_to_log(options_.output, entry);
  } catch (const FileError& error) {
    logs_ = false;
    warn(fmt::format("{}; training goes on without it", error.what()));
  }
}

/// One step, and what is due after it.
void TrainingSession::advance(TrainingTask& task, const TrainingClock& clock, Progress& progress) {
  task.step(clock);
  task.report(clock, progress);
  log(task.log_entry(clock));
  if (progress.stop_requested()) {
    save(task, clock);
    throw Interrupted(fmt::format("stopped in {}; {} is saved, --resume continues", task.position(),
                                  checkpoint_path(options_.output).string()));
  }
  if (options_.now() - saved_ >= 60.0 * options_.checkpoint_minutes) save(task, clock);
}

TrainingClock TrainingSession::run(TrainingTask& task, Progress& progress) {
  const std::filesystem::path checkpoint = checkpoint_path(options_.output);
  double before = 0.0;
  if (options_.resume) {
    before = task.resume(checkpoint);
    has_checkpoint_ = true;
    cut_log(options_.output, task.steps());
  } else {
    start_log(options_.output);
  }
  TrainingClock clock(options_.time_limit_seconds, before, options_.now);
  saved_ = options_.now();
  try {
    while (!task.finished(clock)) advance(task, clock, progress);
    save(task, clock);
  } catch (const NumericError& error) {
    if (!has_checkpoint_) throw;
    throw NumericError(
        fmt::format("{}, or resume from {} with lower rates", error.what(), checkpoint.string()));
  }
  task.save_model(options_.output);
  return clock;
}

std::filesystem::path checkpoint_path(const std::filesystem::path& output) {
  std::filesystem::path path = output;
  path += ".checkpoint";
  return path;
}

}  // namespace stsr

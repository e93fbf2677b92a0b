#include "stsr/training/training_session.h"

#include <fmt/format.h>

#include <utility>

#include "stsr/base/error.h"

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
  saved_ = options_.now();
}

/// One step, and what is due after it.
void TrainingSession::advance(TrainingTask& task, const TrainingClock& clock, Progress& progress) {
  const std::filesystem::path checkpoint = checkpoint_path(options_.output);
  try {
    task.step(clock);
  } catch (const NumericError& error) {
    std::error_code unknown;
    if (!std::filesystem::exists(checkpoint, unknown)) throw;
    throw NumericError(fmt::format("{}, or resume from {}", error.what(), checkpoint.string()));
  }
  task.report(clock, progress);
  if (const LogEntry entry = task.log_entry(clock); !entry.empty())
    append_to_log(options_.output, entry);
  if (progress.stop_requested()) {
    save(task, clock);
    throw Interrupted(fmt::format("stopped in {}; {} is saved, --resume continues", task.position(),
                                  checkpoint.string()));
  }
  if (options_.now() - saved_ >= 60.0 * options_.checkpoint_minutes) save(task, clock);
}

TrainingClock TrainingSession::run(TrainingTask& task, Progress& progress) {
  const std::filesystem::path checkpoint = checkpoint_path(options_.output);
  double before = 0.0;
  if (options_.resume) {
    before = task.resume(checkpoint);
    cut_log(options_.output, task.steps());
  } else {
    start_log(options_.output);
    std::error_code error;
    std::filesystem::remove(checkpoint, error);
    if (error)
      throw FileError(
          fmt::format("{}: cannot be removed: {}", checkpoint.string(), error.message()));
  }
  TrainingClock clock(options_.time_limit_seconds, before, options_.now);
  saved_ = options_.now();
  while (!task.finished(clock)) advance(task, clock, progress);
  save(task, clock);
  task.save_model(options_.output);
  return clock;
}

std::filesystem::path checkpoint_path(const std::filesystem::path& output) {
  std::filesystem::path path = output;
  path += ".checkpoint";
  return path;
}

}  // namespace stsr

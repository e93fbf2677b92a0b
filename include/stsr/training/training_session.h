#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "stsr/base/progress.h"
#include "stsr/io/atomic_file.h"
#include "stsr/training/training_log.h"

namespace stsr {

/// How long a run has been trained, over all resumptions, and its limit.
class TrainingClock {
 public:
  /// Seconds since some moment.
  using Now = std::function<double()>;
  [[nodiscard]] static double steady_seconds();

  /// Starts now.
  /// @param before  seconds of the sessions before this one
  /// @throws ValueError  the limit is not positive.
  explicit TrainingClock(std::optional<double> limit_seconds, double before = 0.0,
                         Now now = steady_seconds);

  /// Over all sessions, in seconds.
  [[nodiscard]] double elapsed() const { return before_ + now_() - start_; }
  [[nodiscard]] double before() const { return before_; }
  /// Of the limit, from 0 on; 0 where there is none.
  [[nodiscard]] double share() const { return limit_ ? elapsed() / *limit_ : 0.0; }
  [[nodiscard]] bool over() const { return limit_ && elapsed() >= *limit_; }
  [[nodiscard]] const std::optional<double>& limit() const { return limit_; }

 private:
  Now now_;
  std::optional<double> limit_;
  double before_;
  double start_;
};

/// What a session trains: a network that takes steps, and can be put into files.
class TrainingTask {
 public:
  virtual ~TrainingTask() = default;

  /// Whether the run is at its end, by its epochs or by the time.
  [[nodiscard]] virtual bool finished(const TrainingClock& clock) = 0;
  /// One optimiser step.
  virtual void step(const TrainingClock& clock) = 0;
  /// What the log says of an epoch that the last step has finished; empty where it has not.
  [[nodiscard]] virtual LogEntry log_entry(const TrainingClock& clock) const = 0;
  /// Reports the last step.
  virtual void report(const TrainingClock& clock, Progress& progress) const = 0;
  /// For people, e.g. "epoch 3".
  [[nodiscard]] virtual std::string position() const = 0;
  /// Optimiser steps so far, as in the log's "step".
  [[nodiscard]] virtual std::size_t steps() const = 0;

  /// Resumes from a checkpoint. @return the seconds that it was trained for
  /// @throws FileError  it cannot be read, or is of another run.
  [[nodiscard]] virtual double resume(const std::filesystem::path& checkpoint) = 0;
  /// Both write beside the final name and rename. @throws FileError
  virtual void save_checkpoint(const std::filesystem::path& path, double seconds) const = 0;
  virtual void save_model(const std::filesystem::path& path) const = 0;
};

/// A training run in files, of which one session may do a part:
///   output                    the model, when the run is finished
///   output + ".checkpoint"    where it stands, from time to time and when it is stopped
///   output + ".log.jsonl"     one JSON object per finished epoch
class TrainingSession {
 public:
  struct Options {
    std::filesystem::path output;
    bool resume = false;  ///< from the checkpoint
    std::optional<double> time_limit_seconds = {};
    double checkpoint_minutes = 5.0;
    TrainingClock::Now now = TrainingClock::steady_seconds;
  };

  /// Locks the output for as long as the session lives. What earlier runs left there is replaced as
  /// this one writes its own.
  /// @throws FileError  another session has it, or one of the files is there and not of such a run;
  ///   ValueError  the time limit or the interval of
  ///   checkpoints (at least 0.01 minutes) is out of range.
  explicit TrainingSession(Options options);

  /// Trains to the end of the run, and writes the model. @return the run's clock
  /// @throws FileError     a file cannot be written, or the checkpoint is of another run
  /// @throws NumericError  from the task; the last checkpoint stays, and is named
  /// @throws Interrupted   progress asked to stop; a checkpoint has been written.
  TrainingClock run(TrainingTask& task, Progress& progress);

 private:
  void save(const TrainingTask& task, const TrainingClock& clock);
  void log(const LogEntry& entry);
  void advance(TrainingTask& task, const TrainingClock& clock, Progress& progress);

  Options options_;
  PathLock lock_;
  double saved_ = 0.0;           // when, on the clock of the options
  bool has_checkpoint_ = false;  // of this run
  bool logs_ = true;             // until the log cannot be written
};

/// The checkpoint that belongs to a model file.
[[nodiscard]] std::filesystem::path checkpoint_path(const std::filesystem::path& output);

}  // namespace stsr

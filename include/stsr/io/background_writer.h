#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "stsr/io/dataset_writer.h"

namespace stsr {

/// Hands time steps to another writer in threads of its own, so that the next are computed while
/// some are compressed and go to disk. For one caller; the bytes on disk are the same.
///
/// What fails first in a thread is thrown, as it is, by the next call of write() or close(), and by
/// every later one; nothing more is begun then. The destructor writes what was given to write(),
/// if nothing has failed: steps that were computed before an interruption are there for the run
/// that resumes.
class BackgroundWriter final : public DatasetWriter {
 public:
  /// @param max_waiting  volumes, one time step of one variable each, that may wait while another
  ///   is written; write() waits where there are as many. At least 1.
  /// @param threads  that write, each its own volume, at least 1
  /// @throws ValueError  one of them is 0.
  BackgroundWriter(std::unique_ptr<DatasetWriter> writer, std::size_t max_waiting,
                   std::size_t threads = 1);
  ~BackgroundWriter() override;
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  [[nodiscard]] bool found(std::size_t variable, std::size_t step) const override;
  [[nodiscard]] StepValues make_values(std::size_t variable) const override;
  using DatasetWriter::write;
  void write(std::size_t variable, std::size_t step, StepValues values) override;
  void close() override;

 private:
  struct Volume {
    std::size_t variable;
    std::size_t step;
    StepValues values;
  };

  void write_waiting();
  void finish();

  std::unique_ptr<DatasetWriter> writer_;
  const std::size_t max_waiting_;
  std::mutex mutex_;                // guards what follows
  std::condition_variable change_;  // of any of it
  std::deque<Volume> waiting_;
  std::exception_ptr failure_;
  bool last_given_ = false;
  std::vector<std::thread> threads_;
};

/// Makes a data set (create_dataset) that is written in the background: by several threads where
/// the format compresses, while as many volumes wait as make one time step.
[[nodiscard]] std::unique_ptr<BackgroundWriter> create_dataset_in_background(
    const std::filesystem::path& folder, std::vector<VariableInfo> variables, const Format& format,
    const OutputRun& run = {});

}  // namespace stsr

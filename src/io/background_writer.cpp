#include "stsr/io/background_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"

namespace stsr {

BackgroundWriter::BackgroundWriter(std::unique_ptr<DatasetWriter> writer, std::size_t max_waiting,
                                   std::size_t threads)
    : writer_(std::move(writer)), max_waiting_(max_waiting) {
  if (max_waiting_ < 1)
    throw ValueError(fmt::format("at least 1 volume must be able to wait, got {}", max_waiting_));
  if (threads < 1) throw ValueError("at least 1 thread must write, got 0");
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { write_waiting(); });
  } catch (...) {  // the system has no more threads
    finish();
    throw;
  }
}

BackgroundWriter::~BackgroundWriter() {
  finish();
}

bool BackgroundWriter::found(std::size_t variable, std::size_t step) const {
  return writer_->found(variable, step);
}

StepValues BackgroundWriter::make_values(std::size_t variable) const {
  return writer_->make_values(variable);
}

void BackgroundWriter::write(std::size_t variable, std::size_t step, StepValues values) {
  std::unique_lock lock(mutex_);
  change_.wait(lock, [&] { return failure_ || last_given_ || waiting_.size() < max_waiting_; });
  if (failure_) std::rethrow_exception(failure_);
  if (last_given_) throw ValueError("the data set is closed; nothing more can be written");
  waiting_.push_back({variable, step, std::move(values)});
  change_.notify_all();
}

void BackgroundWriter::close() {
  finish();
  if (failure_) std::rethrow_exception(failure_);
  writer_->close();
}

/// Lets the threads write what waits, and ends them.
void BackgroundWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    last_given_ = true;
  }
  change_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

/// A thread: until the last volume is begun, or one has failed.
void BackgroundWriter::write_waiting() {
  std::unique_lock lock(mutex_);
  while (true) {
    change_.wait(lock, [&] { return last_given_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Volume volume = std::move(waiting_.front());
    waiting_.pop_front();
    change_.notify_all();
    lock.unlock();
    std::exception_ptr failure;
    try {
      writer_->write(volume.variable, volume.step, std::move(volume.values));
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (!failure) continue;
    if (!failure_) failure_ = failure;
    waiting_.clear();
    change_.notify_all();
    return;
  }
}

std::unique_ptr<BackgroundWriter> create_dataset_in_background(const std::filesystem::path& folder,
                                                               std::vector<VariableInfo> variables,
                                                               const Format& format,
                                                               const OutputRun& run) {
  // A core compresses about as many values as four compute with the default network.
  const bool compresses = format.writer() != nullptr && format.writer()->compresses();
  const auto threads =
      compresses ? static_cast<std::size_t>(std::clamp(thread_count() / 4, 1, 8)) : 1;
  const std::size_t waiting = std::max<std::size_t>(variables.size(), 1);
  auto files = create_dataset(folder, std::move(variables), format, run, threads);
  return std::make_unique<BackgroundWriter>(std::move(files), waiting, threads);
}

}  // namespace stsr

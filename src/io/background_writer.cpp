#include "stsr/io/background_writer.h"

#include <fmt/format.h>

#include <utility>

#include "stsr/base/error.h"

namespace stsr {

BackgroundWriter::BackgroundWriter(std::unique_ptr<DatasetWriter> writer, std::size_t most_waiting,
                                   std::size_t threads)
    : writer_(std::move(writer)), most_waiting_(most_waiting) {
  if (most_waiting_ < 1)
    throw ValueError(fmt::format("at least 1 volume must be able to wait, got {}", most_waiting_));
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
  if (last_given_) throw ValueError("the data set is closed; nothing more can be written");
  change_.wait(lock, [&] { return failure_ || waiting_.size() < most_waiting_; });
  if (failure_) std::rethrow_exception(failure_);
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

}  // namespace stsr

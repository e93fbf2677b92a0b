#include "stsr/io/background_writer.h"

#include <fmt/format.h>

#include <utility>

#include "stsr/base/error.h"

namespace stsr {

BackgroundWriter::BackgroundWriter(std::unique_ptr<DatasetWriter> writer, std::size_t most_waiting)
    : writer_(std::move(writer)), most_waiting_(most_waiting) {
  if (most_waiting_ < 1)
    throw ValueError(fmt::format("at least 1 volume must be able to wait, got {}", most_waiting_));
  thread_ = std::thread([this] { write_waiting(); });
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

/// Lets the thread write what waits, and ends it.
void BackgroundWriter::finish() {
  {
    const std::lock_guard lock(mutex_);
    last_given_ = true;
  }
  change_.notify_all();
  if (thread_.joinable()) thread_.join();
}

/// The thread: until the last volume is written, or one fails.
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
    failure_ = failure;
    waiting_.clear();
    change_.notify_all();
    return;
  }
}

}  // namespace stsr

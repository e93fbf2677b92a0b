#pragma once

#include <string>

namespace stsr {

/// Keeps what VTK reports in this thread while it lives, instead of letting VTK print it: errors
/// and warnings of every object that takes part, also those that a reader makes itself. One lives
/// at a time in a thread; other threads may have theirs. In builds with VTK only.
class MessageCapture {
 public:
  MessageCapture();
  ~MessageCapture();
  MessageCapture(const MessageCapture&) = delete;
  MessageCapture& operator=(const MessageCapture&) = delete;

  /// The first message in one line, without VTK's source file and addresses; empty if there is
  /// none.
  [[nodiscard]] std::string first() const;

 private:
  std::string first_;
};

}  // namespace stsr

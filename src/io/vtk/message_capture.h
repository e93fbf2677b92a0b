#pragma once

#include <vtkOutputWindow.h>
#include <vtkSmartPointer.h>

#include <mutex>
#include <string>

namespace stsr {

/// Keeps what VTK reports while it lives, instead of letting VTK print it: errors and warnings of
/// every object that takes part, also those that a reader makes itself. VTK's output window is
/// global, so one capture lives at a time and others wait.
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
  std::unique_lock<std::mutex> turn_;
  vtkSmartPointer<vtkOutputWindow> former_;
  int former_verbosity_;
  vtkSmartPointer<vtkOutputWindow> window_;
};

}  // namespace stsr

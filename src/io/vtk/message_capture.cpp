#include "stsr/io/message_capture.h"

#include <vtkLogger.h>
#include <vtkObjectFactory.h>
#include <vtkOutputWindow.h>
#include <vtkSmartPointer.h>

#include <cctype>
#include <mutex>

namespace stsr {

namespace {

/// Where this thread's messages go; null where it captures none.
thread_local std::string* capturing = nullptr;

/// Hands a thread's first message to its capture, and those of other threads to the previous
/// window.
class CapturingWindow : public vtkOutputWindow {
 public:
  static CapturingWindow* New();
  void DisplayText(const char* text) override {
    if (!keep(text)) previous->DisplayText(text);
  }
  void DisplayErrorText(const char* text) override {
    if (!keep(text)) previous->DisplayErrorText(text);
  }
  void DisplayWarningText(const char* text) override {
    if (!keep(text)) previous->DisplayWarningText(text);
  }
  void DisplayGenericWarningText(const char* text) override {
    if (!keep(text)) previous->DisplayGenericWarningText(text);
  }
  void DisplayDebugText(const char*) override {}

  vtkSmartPointer<vtkOutputWindow> previous;

 private:
  static bool keep(const char* text) {
    if (capturing == nullptr) return false;
    if (capturing->empty() && text != nullptr) *capturing = text;
    return true;
  }
};

vtkStandardNewMacro(CapturingWindow);

/// The window of the process, which is global: ours from the first capture to the last.
class WindowOfTheProcess {
 public:
  void take() {
    const std::lock_guard lock(mutex_);
    if (captures_++ > 0) return;
    const auto window = vtkSmartPointer<CapturingWindow>::New();
    window->previous = vtkOutputWindow::GetInstance();
    previous_verbosity_ = vtkLogger::GetCurrentVerbosityCutoff();
    vtkOutputWindow::SetInstance(window);
    // VTK's logger prints what the window gets once more, on its own.
    vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_OFF);
    window_ = window;
  }
  void give_back() {
    const std::lock_guard lock(mutex_);
    if (--captures_ > 0) return;
    vtkLogger::SetStderrVerbosity(static_cast<vtkLogger::Verbosity>(previous_verbosity_));
    vtkOutputWindow::SetInstance(window_->previous);
    window_ = nullptr;
  }

 private:
  std::mutex mutex_;
  int captures_ = 0;
  int previous_verbosity_ = 0;
  vtkSmartPointer<CapturingWindow> window_;
};

WindowOfTheProcess& window() {
  static WindowOfTheProcess the_window;
  return the_window;
}

/// "ERROR: In file.cxx, line 3\nvtkReader (0x1234): what is wrong\n\n" without all but the end.
std::string essence(const std::string& text) {
  const std::size_t address = text.find("(0x");
  const std::size_t colon = address == std::string::npos ? address : text.find("): ", address);
  std::string line;
  for (std::size_t i = colon == std::string::npos ? 0 : colon + 3; i < text.size(); ++i) {
    const bool space = std::isspace(static_cast<unsigned char>(text[i])) != 0;
    if (!space) line += text[i];
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace

MessageCapture::MessageCapture() {
  window().take();
  capturing = &first_;
}

MessageCapture::~MessageCapture() {
  capturing = nullptr;
  window().give_back();
}

std::string MessageCapture::first() const {
  return essence(first_);
}

}  // namespace stsr

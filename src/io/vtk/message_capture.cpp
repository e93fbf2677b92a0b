#include "message_capture.h"

#include <vtkLogger.h>
#include <vtkObjectFactory.h>

#include <cctype>

namespace stsr {

namespace {

std::mutex turns;

class CapturingWindow : public vtkOutputWindow {
 public:
  static CapturingWindow* New();
  void DisplayText(const char* text) override { keep(text); }
  void DisplayErrorText(const char* text) override { keep(text); }
  void DisplayWarningText(const char* text) override { keep(text); }
  void DisplayGenericWarningText(const char* text) override { keep(text); }
  void DisplayDebugText(const char*) override {}

  std::string first;

 private:
  void keep(const char* text) {
    if (first.empty() && text != nullptr) first = text;
  }
};

vtkStandardNewMacro(CapturingWindow);

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

MessageCapture::MessageCapture()
    : turn_(turns),
      former_(vtkOutputWindow::GetInstance()),
      former_verbosity_(vtkLogger::GetCurrentVerbosityCutoff()),
      window_(vtkSmartPointer<CapturingWindow>::New()) {
  vtkOutputWindow::SetInstance(window_);
  // VTK's logger prints what the window gets once more, on its own.
  vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_OFF);
}

MessageCapture::~MessageCapture() {
  vtkLogger::SetStderrVerbosity(static_cast<vtkLogger::Verbosity>(former_verbosity_));
  vtkOutputWindow::SetInstance(former_);
}

std::string MessageCapture::first() const {
  return essence(static_cast<const CapturingWindow*>(window_.Get())->first);
}

}  // namespace stsr

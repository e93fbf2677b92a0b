#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace stsr {

/// What a finished run of the program left.
struct Outcome {
  int code = -1;  ///< exit code; 128 + signal where a signal ended it
  std::string out;
  std::string err;
};

/// How a run is set up, beyond its arguments.
struct RunOptions {
  std::filesystem::path folder;  ///< working folder
  std::size_t largest_file = 0;  ///< bytes, where not 0: a disk that is full after them
};

/// A run of the program in the background.
class ProgramRun {
 public:
  ProgramRun(const std::vector<std::string>& arguments, const RunOptions& options);
  ~ProgramRun();
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;

  /// As Ctrl-C does; nothing where the run has ended.
  void interrupt() const;
  [[nodiscard]] bool running();
  Outcome wait();

 private:
  std::filesystem::path out_;
  std::filesystem::path err_;
  pid_t process_ = -1;
  int status_ = 0;
};

/// Runs the program to its end with the arguments of a line, split at blanks.
Outcome stsr(const std::string& arguments, const RunOptions& options);

/// A fresh folder for one test, removed at its end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  Outcome stsr(const std::string& arguments) const { return stsr::stsr(arguments, {path_, 0}); }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string text_of(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, const std::string& text);

/// Names below `folder`, sorted, separated by blanks; empty where it does not exist.
[[nodiscard]] std::string listing(const std::filesystem::path& folder);

}  // namespace stsr

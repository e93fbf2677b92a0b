#include "program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace stsr {

namespace fs = std::filesystem;

namespace {

fs::path unique_path(const std::string& what) {
  static std::atomic<int> count{0};
  return fs::temp_directory_path() /
         ("stsr-test-" + std::to_string(getpid()) + "-" + std::to_string(++count) + what);
}

/// In the child: redirects, limits, and becomes the program.
[[noreturn]] void become(std::vector<std::string> arguments, const RunOptions& options,
                         const fs::path& out, const fs::path& err) {
  const int out_file = open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const int err_file = open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out_file < 0 || err_file < 0) _exit(99);
  dup2(out_file, STDOUT_FILENO);
  dup2(err_file, STDERR_FILENO);
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(98);
  if (options.largest_file > 0) {
    const rlimit limit{options.largest_file, options.largest_file};
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_IGN);  // writing then fails, as it does on a full disk
  }
  arguments.insert(arguments.begin(), STSR_PROGRAM);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv(STSR_PROGRAM, pointers.data());
  _exit(97);
}

}  // namespace

ProgramRun::ProgramRun(const std::vector<std::string>& arguments, const RunOptions& options)
    : out_(unique_path(".out")), err_(unique_path(".err")) {
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("fork failed");
  if (process_ == 0) become(arguments, options, out_, err_);
}

ProgramRun::~ProgramRun() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, &status_, 0);
  }
  fs::remove(out_);
  fs::remove(err_);
}

void ProgramRun::interrupt() const {
  if (process_ > 0) kill(process_, SIGINT);
}

bool ProgramRun::running() {
  if (process_ < 0) return false;
  if (waitpid(process_, &status_, WNOHANG) == process_) process_ = -1;
  return process_ > 0;
}

Outcome ProgramRun::wait() {
  if (process_ > 0) waitpid(process_, &status_, 0);
  process_ = -1;
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, text_of(out_), text_of(err_)};
}

Outcome stsr(const std::string& arguments, const RunOptions& options) {
  std::istringstream stream(arguments);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return ProgramRun(words, options).wait();
}

TestFolder::TestFolder() : path_(unique_path("")) {
  fs::create_directories(path_);
}

TestFolder::~TestFolder() {
  std::error_code code;
  fs::remove_all(path_, code);
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::string listing(const fs::path& folder) {
  if (!fs::exists(folder)) return "";
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace stsr

#include "mapping_guard.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "stsr/base/error.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

/// Where a mapped file lies in memory, and what to say of it.
struct Guarded {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  std::string message;
};

/// Filled before the handler is set, and left alone from then on.
std::vector<Guarded>& guarded() {
  static std::vector<Guarded> instance;
  return instance;
}

/// Only calls that a signal handler may make.
void write_error(const char* text, std::size_t length) {
  while (length > 0) {
    const ssize_t written = write(STDERR_FILENO, text, length);
    if (written <= 0) return;
    text += written;
    length -= static_cast<std::size_t>(written);
  }
}

std::atomic_flag reported;

void on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (const Guarded& file : guarded()) {
    if (address < file.begin || address >= file.end) continue;
    while (reported.test_and_set()) pause();  // another thread has come to it first, and exits
    if (isatty(STDERR_FILENO) == 1) write_error(erase_line, std::strlen(erase_line));
    write_error(file.message.data(), file.message.size());
    _exit(static_cast<int>(ErrorKind::file));
  }
  // Not a mapped file: let happen what would have happened without this handler.
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void guard_mappings(std::span<const StoredSequence> sequences) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (const StoredSequence& sequence : sequences)
    for (const StoredStep& step : sequence.steps) {
      if (step.file.empty()) continue;
      const auto begin = reinterpret_cast<std::uintptr_t>(step.values.data());
      guarded().push_back({begin / page * page, begin + step.values.size_bytes(),
                           "stsr: error: " + step.file +
                               ": was cut short, or cannot be read any more, while it was mapped "
                               "into memory; restore it and continue with --resume\n"});
    }
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;  // stays set: several threads may come to such a file at once
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace stsr::app

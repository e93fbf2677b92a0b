#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "stsr/base/progress.h"

namespace stsr::app {

/// Shows work on stderr with its rate and the time left: a bar that redraws itself on a terminal, a
/// line every ten seconds elsewhere, nothing where quiet. Asks to stop after the first Ctrl-C.
class TerminalProgress final : public Progress {
 public:
  /// @param label  names the work, e.g. "training"
  TerminalProgress(std::string label, bool quiet);
  ~TerminalProgress() override;
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void report(std::size_t done, std::size_t total, std::string_view unit,
              std::string_view note) override;
  [[nodiscard]] bool stop_requested() const override;

  /// @throws Interrupted  once the user wants to stop.
  void check() const;

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  bool quiet_;
  bool terminal_;
  bool started_ = false;
  std::size_t first_ = 0;
  Clock::time_point start_;
  Clock::time_point shown_;
};

/// The first Ctrl-C (or SIGTERM) makes stop_requested() true, the second ends the program.
void watch_interrupts();

/// Makes spdlog write to stderr, past the bar.
void start_logging(const std::string& level);

/// Seconds as "45 s", "3:20" (minutes) or "1:02:03".
[[nodiscard]] std::string duration_text(double seconds);

/// The line that report() shows. @param rate  units a second; 0 where not known yet
[[nodiscard]] std::string progress_line(std::string_view label, std::size_t done, std::size_t total,
                                        std::string_view unit, double rate, std::string_view note,
                                        bool bar);

}  // namespace stsr::app

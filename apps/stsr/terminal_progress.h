#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "stsr/base/progress.h"

namespace stsr::app {

/// Erases a bar that stands on the current line of the terminal, so that text may follow.
inline constexpr const char* erase_line = "\r\033[K";

/// Shows work on stderr with its rate and the time left: a bar that redraws itself on a terminal, a
/// line every ten seconds elsewhere, nothing where quiet. Asks to stop after the first Ctrl-C.
class TerminalProgress final : public Progress {
 public:
  /// @param label          names the work, e.g. "training"
  /// @param limit_seconds  where work ends after this time even if units are left
  TerminalProgress(std::string label, bool quiet, std::optional<double> limit_seconds = {});
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
  std::optional<double> limit_seconds_;
  bool terminal_;
  bool started_ = false;
  std::size_t first_ = 0;
  Clock::time_point start_;
  Clock::time_point shown_;
};

/// The first Ctrl-C (or SIGTERM, or SIGHUP where it is not ignored) makes stop_requested() true,
/// the second ends the program. Call it before there are other threads: one thread waits for these
/// signals and all others block them, so no code is ever interrupted by a handler. (Some of
/// oneDNN's kernels use the stack pointer for data, where a handler would write its frame.)
void watch_interrupts();

/// Erases the bar, if one is shown, so that text may follow.
void clear_bar();

/// Seconds as "45 s", "3:20" (minutes) or "1:02:03".
[[nodiscard]] std::string duration_text(double seconds);

/// Where work stands.
struct ProgressState {
  std::size_t done = 0;
  std::size_t total = 0;
  std::string_view unit;
  double rate = 0.0;          ///< units a second; 0 where not known yet
  double share = 0.0;         ///< of the work or of its time limit, whichever is further
  double seconds_left = 0.0;  ///< until the first of the two
  std::string_view note;
};

/// Fills in rate, share and seconds_left.
/// @param since_start  units done in `elapsed` seconds
[[nodiscard]] ProgressState progress_state(std::size_t done, std::size_t total,
                                           std::size_t since_start, double elapsed,
                                           std::optional<double> limit_seconds);

/// The line that report() shows.
[[nodiscard]] std::string progress_line(std::string_view label, const ProgressState& state,
                                        bool bar);

}  // namespace stsr::app

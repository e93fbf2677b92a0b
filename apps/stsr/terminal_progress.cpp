#include "terminal_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <thread>

#include "stsr/base/error.h"

namespace stsr::app {

namespace {

std::atomic<bool> interrupted = false;

bool bar_shown = false;

}  // namespace

void clear_bar() {
  if (!bar_shown) return;
  std::fputs(erase_line, stderr);
  bar_shown = false;
}

void watch_interrupts() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) {
    std::signal(signal, SIG_DFL);  // also where the shell had them ignored
    sigaddset(&signals, signal);
  }
  // A terminal that closes: nohup and disown ignore the signal, and so do we then.
  if (std::signal(SIGHUP, SIG_DFL) == SIG_IGN)
    std::signal(SIGHUP, SIG_IGN);
  else
    sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // here, and so in all threads made from now on
  std::thread([signals] {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) return;
    interrupted = true;
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // the next one does what it does by default
    for (;;) pause();
  }).detach();
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

ProgressState progress_state(std::size_t done, std::size_t total, std::size_t since_start,
                             double elapsed, std::optional<double> limit_seconds) {
  ProgressState state{done, total, {}, 0.0, 0.0, 0.0, {}};
  state.share = total == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(total);
  if (since_start > 0 && elapsed > 0.0) {
    state.rate = static_cast<double>(since_start) / elapsed;
    state.seconds_left = static_cast<double>(total - done) / state.rate;
  }
  if (limit_seconds) {
    state.share = std::max(state.share, std::min(1.0, elapsed / *limit_seconds));
    state.seconds_left = std::min(state.seconds_left, std::max(0.0, *limit_seconds - elapsed));
  }
  return state;
}

std::string progress_line(std::string_view label, const ProgressState& state, bool bar) {
  constexpr std::size_t width = 20;
  std::string line(label);
  if (bar) {
    const auto filled = static_cast<std::size_t>(state.share * static_cast<double>(width));
    line += fmt::format(" [{}{}]", std::string(filled, '#'), std::string(width - filled, '.'));
  }
  line +=
      fmt::format(" {}/{} {} ({:.0f} %)", state.done, state.total, state.unit, 100.0 * state.share);
  if (state.rate > 0.0) {
    line += state.rate >= 1.0 ? fmt::format(", {:.3g} {}/s", state.rate, state.unit)
                              : fmt::format(", {:.3g} s/{}", 1.0 / state.rate, state.unit);
    if (state.done < state.total) line += ", " + duration_text(state.seconds_left) + " left";
  }
  if (!state.note.empty()) line += fmt::format(", {}", state.note);
  return line;
}

TerminalProgress::TerminalProgress(std::string label, bool quiet,
                                   std::optional<double> limit_seconds)
    : label_(std::move(label)),
      quiet_(quiet),
      limit_seconds_(limit_seconds),
      terminal_(isatty(STDERR_FILENO) == 1) {}

TerminalProgress::~TerminalProgress() {
  if (!bar_shown) return;
  std::fputc('\n', stderr);
  bar_shown = false;
}

void TerminalProgress::report(std::size_t done, std::size_t total, std::string_view unit,
                              std::string_view note) {
  if (quiet_) return;
  const auto now = Clock::now();
  if (!started_) {
    started_ = true;
    first_ = done;
    start_ = now;
    shown_ = now;
    if (!terminal_) return;
  }
  const std::chrono::duration<double> pause = now - shown_;
  const std::chrono::duration<double> elapsed = now - start_;
  if (done < total && pause.count() < (terminal_ ? 0.1 : 10.0)) return;
  shown_ = now;
  ProgressState state = progress_state(done, total, done - first_, elapsed.count(), limit_seconds_);
  state.unit = unit;
  state.note = note;
  const std::string line = progress_line(label_, state, terminal_);
  // Not fmt::print, which throws where nobody reads: a run does not end for its progress.
  const std::string text = terminal_ ? erase_line + line : fmt::format("stsr: {}\n", line);
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
  bar_shown = terminal_;
}

bool TerminalProgress::stop_requested() const {
  return interrupted;
}

void TerminalProgress::check() const {
  if (stop_requested()) throw Interrupted(label_ + " stopped on request");
}

}  // namespace stsr::app

#pragma once

#include <cstddef>
#include <string_view>

namespace stsr {

/// How long work tells its caller where it stands, and asks whether to stop. The library calls
/// it from one thread; the command line shows a bar, a test counts, a caller who does not care
/// passes `Progress::silent()`.
class Progress {
 public:
  virtual ~Progress() = default;

  /// `done` of `total` units (named `unit`, e.g. "step") are finished; `note` is a short state
  /// such as the current loss.
  virtual void report(std::size_t done, std::size_t total, std::string_view unit,
                      std::string_view note) = 0;

  /// True once the user wants to stop; work then saves what it can and throws Interrupted.
  [[nodiscard]] virtual bool stop_requested() const = 0;

  /// Shows nothing and never stops.
  [[nodiscard]] static Progress& silent();
};

}  // namespace stsr

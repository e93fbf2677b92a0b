#pragma once

#include "stsr/base/progress.h"

namespace stsr {

/// Asks to stop after a number of steps.
class StopAfter final : public Progress {
 public:
  explicit StopAfter(std::size_t steps) : steps_(steps) {}
  void report(std::size_t, std::size_t, std::string_view, std::string_view) override { ++seen_; }
  [[nodiscard]] bool stop_requested() const override { return seen_ >= steps_; }

 private:
  std::size_t steps_;
  std::size_t seen_ = 0;
};

}  // namespace stsr

#include "stsr/base/progress.h"

namespace stsr {

Progress& Progress::silent() {
  class Silent final : public Progress {
    void report(std::size_t, std::size_t, std::string_view, std::string_view) override {}
    [[nodiscard]] bool stop_requested() const override { return false; }
  };
  static Silent instance;
  return instance;
}

}  // namespace stsr

#include "stsr/training/window_reader.h"

namespace stsr {

WindowReader::WindowReader(const TrainingSet& set, const RowPool& pool)
    : set_(set), pool_(pool), now_(pool.variables()) {
  for (std::size_t v = 0; v < pool.variables(); ++v)
    if (set.mapped(v) && pool.windows(v) > 1) mapped_.push_back(v);
}

void WindowReader::advance(std::uint64_t epoch, std::size_t index) {
  for (const std::size_t v : mapped_) {
    const RowWindow window = pool_.window(v, epoch, index);
    if (now_[v] != window) {
      enter(v, window);
    } else if (pool_.order() == RowOrder::pool) {
      return;  // the others have not changed either
    }
  }
}

void WindowReader::enter(std::size_t variable, const RowWindow& window) {
  const auto fetch = [&](const RowWindow& wanted) {
    for (const RowRange& rows : pool_.ranges(variable, wanted)) set_.fetch_mapped(variable, rows);
  };
  const bool expected = now_[variable] && pool_.next(variable, *now_[variable]) == window;
  if (!expected) fetch(window);
  set_.release_mapped(variable);
  fetch(pool_.next(variable, window));
  now_[variable] = window;
}

}  // namespace stsr

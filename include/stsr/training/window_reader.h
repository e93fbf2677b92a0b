#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stsr/sampling/row_pool.h"
#include "stsr/sampling/training_set.h"

namespace stsr {

/// Has the system read the windows of mapped data (see RowPool) before training needs them: while
/// one is trained on, the next is on its way, and those before leave the process's memory. Does
/// nothing for data in memory. Hints only: rows are the same without it.
class WindowReader {
 public:
  /// Both must outlive it.
  WindowReader(const TrainingSet& set, const RowPool& pool);

  /// Training is about to use the groups from `index` of an epoch on.
  void advance(std::uint64_t epoch, std::size_t index);

 private:
  void enter(std::size_t variable, const RowWindow& window);

  const TrainingSet& set_;
  const RowPool& pool_;
  std::vector<std::size_t> mapped_;            // variables
  std::vector<std::optional<RowWindow>> now_;  // [variable]
};

}  // namespace stsr

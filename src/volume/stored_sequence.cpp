#include "stsr/volume/stored_sequence.h"

#include <algorithm>
#include <utility>

#include "stsr/base/memory.h"

namespace stsr {

void StoredStep::fetch() const {
  if (!file.empty()) fetch_mapped(values);
}

void StoredStep::release() const {
  if (!file.empty()) release_mapped(values);
}

StoredSequence::StoredSequence(Sequence sequence) : info(std::move(sequence.info)) {
  for (std::vector<float>& values : sequence.steps) {
    const auto owner = std::make_shared<const std::vector<float>>(std::move(values));
    steps.push_back({*owner, owner, {}});
  }
}

bool StoredSequence::mapped() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const StoredStep& step) { return !step.file.empty(); });
}

}  // namespace stsr

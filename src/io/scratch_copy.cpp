#include "scratch_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stsr/base/memory.h"

namespace stsr {

namespace fs = std::filesystem;

std::shared_ptr<StepValues> make_scratch_copy(const fs::path& scratch, std::size_t count) {
  return std::make_shared<StepValues>(scratch, count, 0);
}

StoredStep stored_copy(std::shared_ptr<StepValues> copy, const fs::path& scratch,
                       const std::string& origin) {
  copy->release_memory();
  const std::span<const float> values = std::as_const(*copy).values();
  expect_random_access(values);
  return {values, std::move(copy), fmt::format("{} (the copy of {})", scratch.string(), origin)};
}

StoredStep store_copy(std::span<const float> values, const fs::path& scratch,
                      const std::string& origin) {
  const auto copy = make_scratch_copy(scratch, values.size());
  std::copy(values.begin(), values.end(), copy->values().begin());
  return stored_copy(copy, scratch, origin);
}

}  // namespace stsr

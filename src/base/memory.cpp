#include "stsr/base/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#include "control_group.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// The number in a file; no limit where there is none ("max") or no such file.
std::uint64_t number_in(const fs::path& file) {
  std::uint64_t number = no_limit;
  std::ifstream stream(file);
  return stream >> number ? number : no_limit;
}

std::uint64_t group_limit(const fs::path& root) {
  std::uint64_t least = no_limit;
  const ControlGroups groups = control_groups(root, "memory");
  for (const fs::path& folder : groups.version_1)
    least = std::min(least, number_in(folder / "memory.limit_in_bytes"));
  for (const fs::path& folder : groups.version_2)
    least = std::min(least, number_in(folder / "memory.max"));
  return least;
}

/// Gives advice for all pages that hold a part of `values`.
void advise(std::span<const float> values, int advice) {
  if (values.empty()) return;
  static const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const std::byte* first = std::as_bytes(values).data();
  const std::size_t before = reinterpret_cast<std::uintptr_t>(first) % page;  // in the first page
  (void)madvise(const_cast<std::byte*>(first - before), values.size_bytes() + before, advice);
}

}  // namespace

std::uint64_t available_memory(const fs::path& root) {
  const std::uint64_t machine = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                                static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return std::min(machine, group_limit(root));
}

void expect_random_access(std::span<const float> values) {
  advise(values, MADV_RANDOM);
}

void fetch_mapped(std::span<const float> values) {
  // Linux reads no more than its read-ahead size for one request, often 128 KiB, and forgets the
  // rest.
  constexpr std::size_t piece = std::size_t{128} * 1024 / sizeof(float);
  for (; values.size() > piece; values = values.subspan(piece))
    advise(values.first(piece), MADV_WILLNEED);
  advise(values, MADV_WILLNEED);
}

void release_mapped(std::span<const float> values) {
  // The pages of a shared mapping belong to the file: dropping them here loses nothing.
  advise(values, MADV_DONTNEED);
}

}  // namespace stsr

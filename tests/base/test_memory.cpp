#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "io/test_folder.h"
#include "stsr/base/memory.h"

namespace stsr {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;

TEST(AvailableMemory, IsTheMachinesWhereNothingLimitsIt) {
  const TestFolder empty;
  const std::uint64_t machine = available_memory(empty.path());
  EXPECT_GT(machine, 64 * mib);
  const TestFolder system;
  system.write("proc/self/cgroup", "0::/a\n4:memory:/b\n1:cpu:/\n");
  system.write("sys/fs/cgroup/a/memory.max", "max");
  system.write("sys/fs/cgroup/memory/b/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(available_memory(system.path()), machine);
  EXPECT_LE(available_memory(), machine);
}

TEST(AvailableMemory, IsTheLeastLimitOfTheGroupAndThoseAroundIt) {
  const TestFolder second;
  second.write("proc/self/cgroup", "0::/job/step\n");
  second.write("sys/fs/cgroup/job/memory.max", std::to_string(32 * mib));
  EXPECT_EQ(available_memory(second.path()), 32 * mib);
  second.write("sys/fs/cgroup/job/step/memory.max", std::to_string(16 * mib));
  EXPECT_EQ(available_memory(second.path()), 16 * mib);
  second.write("sys/fs/cgroup/memory.max", std::to_string(8 * mib));
  EXPECT_EQ(available_memory(second.path()), 8 * mib);
  const TestFolder first;
  first.write("proc/self/cgroup", "4:memory:/job\n0::/\n");
  first.write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", std::to_string(20 * mib));
  EXPECT_EQ(available_memory(first.path()), 20 * mib);
}

TEST(AvailableMemory, OfAContainerThatDoesNotSeeItsGroup) {
  const TestFolder system;
  system.write("proc/self/cgroup", "4:memory:/docker/0123\n");
  system.write("sys/fs/cgroup/memory/memory.limit_in_bytes", std::to_string(24 * mib));
  EXPECT_EQ(available_memory(system.path()), 24 * mib);
}

TEST(MappedMemory, HintsLeaveTheValuesAlone) {
  constexpr std::size_t count = 100'000;
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i);
  ASSERT_EQ(std::fwrite(values.data(), sizeof(float), count, file), count);
  std::fflush(file);
  void* address = mmap(nullptr, count * sizeof(float), PROT_READ, MAP_SHARED, fileno(file), 0);
  ASSERT_NE(address, MAP_FAILED);
  const std::span<const float> mapped(static_cast<const float*>(address), count);
  for (const auto& part : {mapped, mapped.subspan(77'777), mapped.first(0)}) {
    expect_random_access(part);
    fetch_mapped(part);
    release_mapped(part);
  }
  EXPECT_TRUE(std::equal(values.begin(), values.end(), mapped.begin()));
  munmap(address, count * sizeof(float));
  std::fclose(file);
}

}  // namespace
}  // namespace stsr

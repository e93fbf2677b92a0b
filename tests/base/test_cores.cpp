#include <gtest/gtest.h>
#include <omp.h>
#include <sched.h>

#include <set>
#include <vector>

#include "io/test_folder.h"
#include "stsr/base/cores.h"
#include "stsr/base/parallel.h"

namespace stsr {
namespace {

/// The processors that the calling thread may run on.
std::set<int> processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  std::set<int> result;
  for (int i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &set)) result.insert(i);
  return result;
}

void run_on(const std::set<int>& chosen) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int processor : chosen) CPU_SET(processor, &set);
  ASSERT_EQ(sched_setaffinity(0, sizeof set, &set), 0);
}

TEST(AvailableCores, AreThoseOfTheCpuSet) {
  const TestFolder no_limits;
  const std::set<int> all = processors();
  EXPECT_EQ(available_cores(no_limits.path()), static_cast<int>(all.size()));
  run_on({*all.begin()});
  EXPECT_EQ(available_cores(no_limits.path()), 1);
  run_on(all);
}

TEST(AvailableCores, AreFewerWhereAControlGroupLimitsTheTime) {
  const int all = static_cast<int>(processors().size());
  if (all < 2) GTEST_SKIP() << "there is one core";
  const TestFolder second;
  second.write("proc/self/cgroup", "0::/pod/container\n");
  second.write("sys/fs/cgroup/pod/cpu.max", "max 100000\n");
  EXPECT_EQ(available_cores(second.path()), all);
  second.write("sys/fs/cgroup/pod/cpu.max", "110000 100000\n");
  EXPECT_EQ(available_cores(second.path()), 2);
  second.write("sys/fs/cgroup/pod/container/cpu.max", "1000 100000\n");
  EXPECT_EQ(available_cores(second.path()), 1);
  const TestFolder first;
  first.write("proc/self/cgroup", "3:cpu,cpuacct:/job\n2:cpuset:/job\n");
  first.write("sys/fs/cgroup/cpu/job/cpu.cfs_period_us", "50000\n");
  first.write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(available_cores(first.path()), all);
  first.write("sys/fs/cgroup/cpu/job/cpu.cfs_quota_us", "50000\n");
  EXPECT_EQ(available_cores(first.path()), 1);
}

/// Run once as it is and once with every OMP_PROC_BIND; see CMakeLists.txt.
TEST(ThreadBinding, IsWhatTheUserAsksForAndNothingElse) {
  const int before = thread_count();
  const int places = omp_get_num_places();
  const bool bound = omp_get_proc_bind() != omp_proc_bind_false && places > 0;
  const int threads = bound ? places : 3;
  set_thread_count(threads);
  const std::set<int> all = processors();
  std::vector<std::set<int>> where(static_cast<std::size_t>(threads));
  parallel_for("where", where.size(), [&](std::size_t i) { where[i] = processors(); });
  set_thread_count(before);
  std::set<int> together;
  for (const std::set<int>& one : where) {
    if (!bound) {
      EXPECT_EQ(one, all);
      continue;
    }
    EXPECT_EQ(one.size(), 1U);
    EXPECT_TRUE(together.insert(*one.begin()).second) << "two threads on " << *one.begin();
  }
}

}  // namespace
}  // namespace stsr

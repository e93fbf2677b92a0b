#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <vector>

#include "stsr/base/cores.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"

namespace stsr {
namespace {

/// Sets a thread count, and the one before at the end of its scope.
class ThreadCount {
 public:
  explicit ThreadCount(int count) : before_(thread_count()) { set_thread_count(count); }
  ~ThreadCount() { set_thread_count(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

TEST(Parallel, PartsCoverEverythingOnceAndAreNearlyEqual) {
  for (const int threads : {1, 2, 3, 7}) {
    const ThreadCount count(threads);
    for (const std::size_t n : {0U, 1U, 2U, 6U, 7U, 8U, 100U, 101U}) {
      std::vector<std::atomic<int>> visits(n);
      std::vector<std::pair<std::size_t, std::size_t>> parts(7, {0, 0});
      parallel_parts("test", n, [&](int thread, std::size_t begin, std::size_t end) {
        parts[static_cast<std::size_t>(thread)] = {begin, end};
        for (std::size_t i = begin; i < end; ++i) ++visits[i];
      });
      EXPECT_TRUE(std::all_of(visits.begin(), visits.end(), [](const auto& v) { return v == 1; }));
      std::size_t expected_begin = 0;
      for (int thread = 0; thread < threads && expected_begin < n; ++thread) {
        const auto [begin, end] = parts[static_cast<std::size_t>(thread)];
        EXPECT_EQ(begin, expected_begin) << "threads follow one another in order";
        EXPECT_LE(end - begin, n / static_cast<std::size_t>(threads) + 1);
        expected_begin = end;
      }
      EXPECT_EQ(expected_begin, n);
    }
  }
}

TEST(Parallel, ForVisitsEveryIndexOnce) {
  const ThreadCount count(3);
  std::vector<std::atomic<int>> visits(1000);
  parallel_for("test", visits.size(), [&](std::size_t i) { ++visits[i]; });
  EXPECT_TRUE(std::all_of(visits.begin(), visits.end(), [](const auto& v) { return v == 1; }));
}

TEST(Parallel, AnExceptionOfAThreadReachesTheCaller) {
  const ThreadCount count(4);
  EXPECT_THROW(parallel_for("test", 100,
                            [](std::size_t i) {
                              if (i == 77) throw std::out_of_range("77");
                            }),
               std::out_of_range);
}

TEST(Parallel, SumsAddedInThreadOrderHaveTheSameBitsOnEveryRun) {
  const ThreadCount count(4);
  const auto sum = [] {
    std::vector<float> parts(4, 0.0F);
    parallel_parts("test", 100000, [&](int thread, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        parts[static_cast<std::size_t>(thread)] += 1.0F / static_cast<float>(i + 1);
    });
    float total = 0.0F;
    for (const float part : parts) total += part;
    return total;
  };
  const float first = sum();
  for (int run = 0; run < 20; ++run) EXPECT_EQ(sum(), first);
}

TEST(Parallel, ALoopInsideALoopStaysOnItsThread) {
  const ThreadCount count(3);
  std::vector<std::atomic<int>> visits(12);
  parallel_for("outer", 3, [&](std::size_t outer) {
    const std::thread::id thread = std::this_thread::get_id();
    parallel_parts("inner", 4, [&](int part, std::size_t begin, std::size_t end) {
      EXPECT_LT(part, 3);
      EXPECT_EQ(std::this_thread::get_id(), thread);
      for (std::size_t i = begin; i < end; ++i) ++visits[4 * outer + i];
    });
  });
  for (const auto& visit : visits) EXPECT_EQ(visit, 1);
}

TEST(Parallel, LibrariesUseOneThreadInsideALoopAndAllOutside) {
  const ThreadCount count(3);
  EXPECT_EQ(omp_get_max_threads(), 3);
  parallel_for("outer", 5, [](std::size_t) { EXPECT_EQ(omp_get_max_threads(), 1); });
  EXPECT_EQ(omp_get_max_threads(), 3);
}

TEST(Parallel, LoopsOfSeveralCallersRunSideBySide) {
  const ThreadCount count(3);
  std::vector<std::size_t> sums(4, 0);
  std::vector<std::thread> callers;
  for (std::size_t& sum : sums)
    callers.emplace_back([&sum] {
      for (int round = 0; round < 300; ++round) {
        std::vector<std::size_t> parts(3, 0);
        parallel_parts("test", 100, [&](int part, std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i) parts[static_cast<std::size_t>(part)] += i;
        });
        sum += parts[0] + parts[1] + parts[2];
      }
    });
  for (std::thread& caller : callers) caller.join();
  for (const std::size_t sum : sums) EXPECT_EQ(sum, 300U * 4950);
}

TEST(Parallel, ThreadsThatSleptWakeAgain) {
  for (const int threads : {4, 2, 5}) {
    const ThreadCount count(threads);
    for (int round = 0; round < 20; ++round) {
      std::atomic<int> visits{0};
      parallel_for("test", 5, [&](std::size_t) { ++visits; });
      EXPECT_EQ(visits, 5);
      if (round % 5 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
}

TEST(Parallel, CountsTheTimeOfALoopUnderItsName) {
  parallel_for("a name of its own", 10, [](std::size_t) {});
  parallel_for("a name of its own", 10, [](std::size_t) {});
  const auto times = parallel_times();
  const auto entry = std::find_if(times.begin(), times.end(),
                                  [](const auto& t) { return t.name == "a name of its own"; });
  ASSERT_NE(entry, times.end());
  EXPECT_EQ(entry->calls, 2U);
}

TEST(Parallel, AScopeCountsForItsThreadAndUntilItsEnd) {
  const ThreadCount count(3);
  {
    const ThreadScope scope(2);
    EXPECT_EQ(thread_count(), 2);
    EXPECT_EQ(omp_get_max_threads(), 2);
    int elsewhere = 0;
    std::thread([&] { elsewhere = thread_count(); }).join();
    EXPECT_EQ(elsewhere, available_cores());
    const ThreadScope none(0);
    EXPECT_EQ(thread_count(), 2);
  }
  EXPECT_EQ(thread_count(), 3);
  EXPECT_EQ(omp_get_max_threads(), 3);
}

TEST(Parallel, AScopeInsideALoopLeavesLibrariesOneThread) {
  const ThreadCount count(3);
  parallel_for("outer", 5, [](std::size_t) {
    {
      const ThreadScope scope(2);
      EXPECT_EQ(omp_get_max_threads(), 1);
    }
    EXPECT_EQ(omp_get_max_threads(), 1);
  });
  EXPECT_EQ(omp_get_max_threads(), 3);
}

TEST(Parallel, RefusesAThreadCountBelowOne) {
  EXPECT_THROW(set_thread_count(0), ValueError);
  EXPECT_THROW(set_thread_count(-2), ValueError);
  EXPECT_THROW(ThreadScope(-1), ValueError);
}

}  // namespace
}  // namespace stsr

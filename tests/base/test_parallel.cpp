#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <tuple>
#include <vector>

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

TEST(Parallel, CountsTheTimeOfALoopUnderItsName) {
  parallel_for("a name of its own", 10, [](std::size_t) {});
  parallel_for("a name of its own", 10, [](std::size_t) {});
  const auto times = parallel_times();
  const auto entry = std::find_if(times.begin(), times.end(),
                                  [](const auto& t) { return t.name == "a name of its own"; });
  ASSERT_NE(entry, times.end());
  EXPECT_EQ(entry->calls, 2U);
}

TEST(Parallel, RefusesAThreadCountBelowOne) {
  EXPECT_THROW(set_thread_count(0), ValueError);
  EXPECT_THROW(set_thread_count(-2), ValueError);
}

}  // namespace
}  // namespace stsr

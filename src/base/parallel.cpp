#include "stsr/base/parallel.h"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include "base/thread_team.h"
#include "stsr/base/cores.h"
#include "stsr/base/error.h"

namespace stsr {

namespace {

std::atomic<int> requested_threads{0};
std::mutex times_mutex;

std::map<std::string, ParallelTime>& times() {
  static std::map<std::string, ParallelTime> instance;
  return instance;
}

void record(const char* name, double seconds) {
  const std::lock_guard lock(times_mutex);
  ParallelTime& entry = times()[name];
  entry.name = name;
  ++entry.calls;
  entry.seconds += seconds;
}

/// While it lives, parallel loops on this thread stay on it, and so do the libraries that it calls.
class OneThread {
 public:
  OneThread() : was_here_(std::exchange(here_, true)), library_threads_(omp_get_max_threads()) {
    omp_set_num_threads(1);
  }
  ~OneThread() {
    omp_set_num_threads(library_threads_);
    here_ = was_here_;
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

  [[nodiscard]] static bool here() { return here_; }

 private:
  static inline thread_local bool here_ = false;
  bool was_here_;
  int library_threads_;
};

}  // namespace

int thread_count() {
  static const int cores = available_cores();
  const int requested = requested_threads.load();
  return requested > 0 ? requested : cores;
}

void set_thread_count(int count) {
  if (count < 1)
    throw ValueError(fmt::format("the thread count must be at least 1, got {}", count));
  requested_threads = count;
  omp_set_num_threads(count);
}

void parallel_parts(const char* name, std::size_t n,
                    const std::function<void(int, std::size_t, std::size_t)>& f) {
  if (n == 0) return;
  const auto start = std::chrono::steady_clock::now();
  const auto parts = static_cast<int>(std::min<std::size_t>(n, thread_count()));
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto one = [&](int part) {
    const OneThread alone;
    try {
      const auto index = static_cast<std::size_t>(part);
      const auto count = static_cast<std::size_t>(parts);
      // n * index / count without overflow: whole share plus one of the remainder.
      const std::size_t share = n / count;
      const std::size_t rest = n % count;
      const std::size_t begin = share * index + std::min(index, rest);
      f(part, begin, begin + share + (index < rest ? 1 : 0));
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  if (OneThread::here()) {
    for (int part = 0; part < parts; ++part) one(part);
  } else {
    thread_local ThreadTeam team;
    team.run(parts, one);
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  record(name, elapsed.count());
  if (failure) std::rethrow_exception(failure);
}

void parallel_for(const char* name, std::size_t n, const std::function<void(std::size_t)>& f) {
  parallel_parts(name, n, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) f(i);
  });
}

std::vector<ParallelTime> parallel_times() {
  const std::lock_guard lock(times_mutex);
  std::vector<ParallelTime> result;
  for (const auto& [name, time] : times()) result.push_back(time);
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return result;
}

}  // namespace stsr

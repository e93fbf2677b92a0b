#include "stsr/base/parallel.h"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <utility>

#include "stsr/base/cores.h"
#include "stsr/base/error.h"
#include "thread_team.h"

namespace stsr {

namespace {

thread_local int requested_threads = 0;  // 0: as many as there are cores
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
class SerialScope {
 public:
  /// @param threads  of the loop that this is a part of: loops inside have as many parts, so that
  ///                 their sums do not depend on where they run
  explicit SerialScope(int threads)
      : was_here_(std::exchange(here_, true)),
        requested_(std::exchange(requested_threads, threads)),
        library_threads_(omp_get_max_threads()) {
    omp_set_num_threads(1);
  }
  ~SerialScope() {
    omp_set_num_threads(library_threads_);
    requested_threads = requested_;
    here_ = was_here_;
  }
  SerialScope(const SerialScope&) = delete;
  SerialScope& operator=(const SerialScope&) = delete;

  [[nodiscard]] static bool here() { return here_; }

 private:
  static inline thread_local bool here_ = false;
  bool was_here_;
  int requested_;
  int library_threads_;
};

}  // namespace

int thread_count() {
  static const int cores = available_cores();
  return requested_threads > 0 ? requested_threads : cores;
}

void set_thread_count(int count) {
  if (count < 1)
    throw ValueError(fmt::format("the thread count must be at least 1, got {}", count));
  requested_threads = count;
  if (!SerialScope::here()) omp_set_num_threads(count);
}

ThreadScope::ThreadScope(int count)
    : before_(requested_threads), library_threads_(omp_get_max_threads()) {
  if (count != 0) set_thread_count(count);
}

ThreadScope::~ThreadScope() {
  requested_threads = before_;
  omp_set_num_threads(library_threads_);
}

void parallel_parts(const char* name, std::size_t n,
                    const std::function<void(int, std::size_t, std::size_t)>& f) {
  if (n == 0) return;
  const auto start = std::chrono::steady_clock::now();
  const int threads = thread_count();
  const auto parts = static_cast<int>(std::min<std::size_t>(n, threads));
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto one = [&](int part) {
    const SerialScope alone(threads);
    try {
      const auto index = static_cast<std::size_t>(part);
      const auto count = static_cast<std::size_t>(parts);
      // n * index / count without overflow: whole share plus one of the remainder.
      const std::size_t share = n / count;
      const std::size_t remainder = n % count;
      const std::size_t begin = share * index + std::min(index, remainder);
      f(part, begin, begin + share + (index < remainder ? 1 : 0));
    } catch (...) {
      const std::lock_guard lock(failure_mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  if (SerialScope::here()) {
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

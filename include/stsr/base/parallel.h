#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace stsr {

/// Number of threads of the parallel loops that the calling thread begins: what it said with
/// set_thread_count or ThreadScope, else available_cores(). Inside a loop it is that of the loop.
[[nodiscard]] int thread_count();

/// Sets the number of threads for loops that the calling thread begins, and for the libraries that
/// it uses outside of them; other threads have their own number. @throws ValueError  if count < 1.
void set_thread_count(int count);

/// While it lives, the calling thread's loops have `count` threads; 0 changes nothing.
class ThreadScope {
 public:
  /// @throws ValueError  if count < 0.
  explicit ThreadScope(int count);
  ~ThreadScope();
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  int before_;           // 0 where it was never said
  int library_threads_;  // before
};

/// Calls f(thread, begin, end) once per thread on contiguous, near-equal parts of [0, n), in
/// parallel; thread counts from 0. Parts depend only on n and thread_count(), so sums kept per
/// thread and added in thread order have the same bits on every run. The first exception of any
/// thread is rethrown here. `name` collects the wall time (see parallel_times).
void parallel_parts(const char* name, std::size_t n,
                    const std::function<void(int, std::size_t, std::size_t)>& f);

/// Calls f(i) for every i in [0, n), in parallel, in contiguous parts as above.
void parallel_for(const char* name, std::size_t n, const std::function<void(std::size_t)>& f);

/// Wall time spent in the parallel loops of one name.
struct ParallelTime {
  std::string name;
  std::size_t calls = 0;
  double seconds = 0.0;
};

/// Times of all loops so far, longest first.
[[nodiscard]] std::vector<ParallelTime> parallel_times();

}  // namespace stsr

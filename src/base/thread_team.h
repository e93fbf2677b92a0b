#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace stsr {

/// Threads that work for one calling thread, kept between calls.
///
/// A thread that waits, for work or for the others, spins for some microseconds, as long as it
/// takes to wake a thread, and then sleeps. It must not spin longer: where other threads or
/// programs want the cores too, it keeps the one that it waits for from running, for a whole time
/// slice. Each thread starts two others before its own part, so that waking n of them takes the
/// time of log2(n).
class ThreadTeam {
 public:
  ThreadTeam();
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  /// Calls part(0) on this thread and part(1) to part(count - 1) each on one of its own, and
  /// returns when all are done. `part` must not throw.
  /// @throws std::system_error  the system refuses a thread; no part has been called then.
  void run(int count, const std::function<void(int)>& part);

 private:
  class Member;
  void work(int number);

  // Of the current call, set before any thread is started.
  int count_ = 0;
  const std::function<void(int)>* part_ = nullptr;
  std::atomic<int> unfinished_{0};                // parts other than the caller's
  std::vector<std::unique_ptr<Member>> members_;  // of the parts from 1 on
};

}  // namespace stsr

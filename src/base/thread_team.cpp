#include "thread_team.h"

#include <thread>

#include "stsr/base/parallel.h"
#include "thread_binding.h"

namespace stsr {

namespace {

/// How often a thread spins before it sleeps, about 20 microseconds.
constexpr int max_spins = 500;

/// Tells the core that this thread only waits.
void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Returns the value once it is not `old`.
int wait_for_change(const std::atomic<int>& value, int old) {
  for (int spin = 0; spin < max_spins; ++spin) {
    if (const int now = value.load(); now != old) return now;
    relax();
  }
  value.wait(old);
  return value.load();
}

}  // namespace

/// One thread, which works on a part whenever it is told to begin. All accesses to the atomic
/// variables are sequentially consistent: notify_one may check for sleepers before a weaker store
/// arrives, and miss one that reads the value before it, too, and then sleeps.
class ThreadTeam::Member {
 public:
  Member(ThreadTeam& team, int number)
      : team_(team), number_(number), threads_(thread_count()), thread_([this] { live(); }) {}
  ~Member() {
    give(leave);
    thread_.join();
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  void start() { give(begin); }

 private:
  enum Turn { idle, begin, leave };

  void give(Turn turn) {
    turn_.store(turn);
    turn_.notify_one();
  }

  void live() {
    bind_thread(number_, threads_);
    while (wait_for_change(turn_, idle) != leave) {
      // Is idle before anyone may see that it is done, and so before it can be told to begin again.
      turn_.store(idle);
      team_.work(number_);
      if (team_.unfinished_.fetch_sub(1) == 1) team_.unfinished_.notify_one();
    }
  }

  ThreadTeam& team_;
  const int number_;
  const int threads_;  // of the loop that it was made for
  std::atomic<int> turn_{idle};
  std::thread thread_;
};

ThreadTeam::ThreadTeam() = default;
ThreadTeam::~ThreadTeam() = default;

/// Starts the threads below this one in the tree, and then does its own part.
void ThreadTeam::work(int number) {
  for (int below = 2 * number + 1; below <= 2 * number + 2 && below < count_; ++below)
    members_[static_cast<std::size_t>(below - 1)]->start();
  (*part_)(number);
}

void ThreadTeam::run(int count, const std::function<void(int)>& part) {
  while (static_cast<int>(members_.size()) < count - 1)
    members_.push_back(std::make_unique<Member>(*this, static_cast<int>(members_.size()) + 1));
  count_ = count;
  part_ = &part;
  unfinished_.store(count - 1);
  work(0);
  for (int left = unfinished_.load(); left != 0;) left = wait_for_change(unfinished_, left);
}

}  // namespace stsr

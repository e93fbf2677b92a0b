// Training amid signals, whose handlers run on the stack of whatever they interrupt: on every
// instruction set it gives the bits that it gives without.

#include <sys/time.h>

#include <csignal>
#include <cstring>

#include "every_instruction_set.h"
#include "stsr/base/random.h"
#include "stsr/training/trainer.h"

namespace stsr {
namespace {

volatile std::sig_atomic_t signals = 0;

/// Writes over what lies below the stack pointer, as any handler does.
void on_alarm(int /*signal*/) {
  volatile char room[4096];
  for (std::size_t i = 0; i < sizeof room; i += 64) room[i] = 77;
  signals = signals + 1;
}

/// While it lives, a signal arrives some thousand times a second.
class Storm {
 public:
  Storm() {
    signals = 0;
    struct sigaction action {};
    action.sa_handler = on_alarm;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, &before_);
    set_interval(200);
  }
  ~Storm() {
    set_interval(0);
    sigaction(SIGALRM, &before_, nullptr);
  }
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

 private:
  static void set_interval(suseconds_t microseconds) {
    const itimerval timer{{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
  struct sigaction before_ {};
};

/// A few dozen steps of the default recipe on one thread, the one that the signals arrive at.
std::vector<float> trained(InstructionSet set) {
  Sequence data;
  data.info.name = "v";
  data.info.grid.dims = {6, 6, 6};
  data.info.times = {0.0, 1.0};
  for (std::uint64_t step = 0; step < 2; ++step)
    RandomStream{1, RandomUse::tests, step}.fill_uniform(data.steps.emplace_back(216), -1.0F, 1.0F);
  Config config;
  config.training.batch_rows = 64;
  config.training.epochs = 5;
  Trainer trainer({std::move(data)}, config, {.compute = {.instruction_set = set, .threads = 1}});
  while (trainer.position().epoch < config.training.epochs) trainer.step();
  return trainer.model().parameters;
}

class Signals : public EveryInstructionSet {};

TEST_P(Signals, LeaveTrainingAsItWouldBe) {
  const std::vector<float> expected = trained(GetParam());
  const Storm storm;
  while (signals < 100) {  // as often as that takes
    const std::vector<float> got = trained(GetParam());
    ASSERT_EQ(got.size(), expected.size());
    ASSERT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)), 0);
  }
}

STSR_FOR_EVERY_INSTRUCTION_SET(Signals);

}  // namespace
}  // namespace stsr

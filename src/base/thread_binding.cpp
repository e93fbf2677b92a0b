#include "thread_binding.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace stsr {

namespace {

int place_of(omp_proc_bind_t bind, int number, int threads, int places) {
  if (bind == omp_proc_bind_master) return 0;
  if (threads <= places && bind != omp_proc_bind_spread) return number;
  return static_cast<int>(static_cast<long>(number) * places / threads);
}

}  // namespace

void bind_thread(int number, int threads) {
  const omp_proc_bind_t bind = omp_get_proc_bind();
  const int places = omp_get_num_places();
  if (bind == omp_proc_bind_false || places == 0) return;
  const int place = std::min(place_of(bind, number, threads, places), places - 1);
  std::vector<int> processors(static_cast<std::size_t>(omp_get_place_num_procs(place)));
  omp_get_place_proc_ids(place, processors.data());
  if (processors.empty()) return;
  const int max_count = *std::max_element(processors.begin(), processors.end()) + 1;
  const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(max_count),
                                                             [](cpu_set_t* s) { CPU_FREE(s); });
  const std::size_t size = CPU_ALLOC_SIZE(max_count);
  CPU_ZERO_S(size, set.get());
  for (const int processor : processors) CPU_SET_S(processor, size, set.get());
  (void)sched_setaffinity(0, size, set.get());  // refused: runs where the system puts it
}

}  // namespace stsr

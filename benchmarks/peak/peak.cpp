#include "peak.h"

#include <algorithm>
#include <chrono>

#include "stsr/base/parallel.h"

namespace stsr {

extern const PeakLoop peak_portable;
#ifdef STSR_X86
extern const PeakLoop peak_avx2;
extern const PeakLoop peak_avx512;
extern const PeakLoop peak_avx512_bf16;
#endif

namespace {

/// Seconds that all threads take for `iterations` iterations each.
double seconds_of(const PeakLoop& loop, int threads, std::size_t iterations) {
  const auto start = std::chrono::steady_clock::now();
  parallel_parts("peak", static_cast<std::size_t>(threads),
                 [&](int, std::size_t begin, std::size_t end) {
                   for (std::size_t i = begin; i < end; ++i) {
                     [[maybe_unused]] volatile float kept = loop.run(iterations);
                   }
                 });
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  return elapsed.count();
}

}  // namespace

std::vector<PeakLoop> available_peak_loops() {
  std::vector<PeakLoop> loops{peak_portable};
#ifdef STSR_X86
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0)
    loops.push_back(peak_avx2);
  if (__builtin_cpu_supports("avx512f") != 0) loops.push_back(peak_avx512);
  if (__builtin_cpu_supports("avx512bf16") != 0) loops.push_back(peak_avx512_bf16);
#endif
  return loops;
}

double measure_peak(const PeakLoop& loop, int threads, int slices, double slice_seconds) {
  set_thread_count(threads);
  std::size_t iterations = 1000;  // grows until a slice is long enough; that also warms up
  double seconds = seconds_of(loop, threads, iterations);
  while (seconds < 0.5 * slice_seconds) {
    iterations *= 2;
    seconds = seconds_of(loop, threads, iterations);
  }
  for (int slice = 1; slice < slices; ++slice)
    seconds = std::min(seconds, seconds_of(loop, threads, iterations));
  return loop.operations * static_cast<double>(iterations) * threads / seconds;
}

}  // namespace stsr

// Micro benchmarks of the kernels, on one core and tiles as the engine uses them.
//
//   build/release/bin/bench_kernels --benchmark_filter='sine_layer.*avx2'

#include <benchmark/benchmark.h>

#include "register.h"
#include "stsr/base/parallel.h"

int main(int argc, char** argv) {
  stsr::register_elementwise();
  stsr::register_dense();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  // Inside a parallel loop libraries keep to one thread, as in the engine.
  stsr::parallel_parts("benchmarks", 1,
                       [](int, std::size_t, std::size_t) { benchmark::RunSpecifiedBenchmarks(); });
  benchmark::Shutdown();
}

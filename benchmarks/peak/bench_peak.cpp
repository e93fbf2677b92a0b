// The machine's peak: operations a second of multiply-adds in registers, for every instruction set
// that it has and 1, 2, 4, ... threads up to all. JSON on standard output.
//
//   build/release/bin/bench_peak [--quick] [--threads N]        N: one more number of threads

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "peak.h"
#include "stsr/base/parallel.h"

int main(int argc, char** argv) {
  CLI::App program("Measures the machine's peak");
  bool quick = false;
  int asked = 1;
  program.add_flag("--quick", quick, "A fifth of a second a loop instead of one");
  program.add_option("--threads", asked, "One more number of threads")->check(CLI::Range(1, 4096));
  CLI11_PARSE(program, argc, argv);

  const int most = stsr::thread_count();
  std::set<int> thread_counts{asked, most};
  for (int count = 1; count < most; count *= 2) thread_counts.insert(count);
  const int slices = quick ? 6 : 20;
  const double slice_seconds = quick ? 0.03 : 0.05;
  nlohmann::json result = nlohmann::json::array();
  for (const int threads : thread_counts)
    for (const stsr::PeakLoop& loop : stsr::available_peak_loops())
      result.push_back(
          {{"instruction_set", loop.instruction_set},
           {"precision", loop.precision},
           {"threads", threads},
           {"operations_per_second", stsr::measure_peak(loop, threads, slices, slice_seconds)}});
  std::puts(result.dump(2).c_str());
}

// Times training steps or evaluations of one network, and prints what they came to as JSON.
//
//   build/release/bin/bench_network training --head residual --group 64
//   build/release/bin/bench_network inference --rows 65536 --precision bf16
//   build/release/bin/bench_network training --architecture coordnet --heads 1 --blocks 10
//
// The defaults are the paper's network. Where the machine lacks the precision, the output is
// {"unavailable": "why"}.

#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "network_run.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/kernels/dense.h"
#include "stsr/kernels/instruction_set.h"

namespace {

struct Options {
  stsr::NetworkRun run;
  int threads = stsr::thread_count();
  std::string instruction_set;
};

void add_options(CLI::App& program, Options& options) {
  using Pass = stsr::NetworkRun::Pass;
  using stsr::Architecture;
  using stsr::HeadKind;
  using stsr::Precision;
  stsr::NetworkRun& run = options.run;
  run.network.width = 256;
  run.network.latent_length = 256;
  run.network.head = HeadKind::residual;
  program.add_option("pass", run.pass, "training or inference")
      ->required()
      ->transform(CLI::CheckedTransformer(std::map<std::string, Pass>{
          {"training", Pass::training}, {"inference", Pass::inference}}));
  program.add_option("--architecture", run.network.architecture, "stsr-inr or coordnet")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Architecture>{
          {"stsr-inr", Architecture::stsr_inr}, {"coordnet", Architecture::coordnet}}));
  program.add_option("--head", run.network.head, "residual or linear")
      ->transform(CLI::CheckedTransformer(std::map<std::string, HeadKind>{
          {"residual", HeadKind::residual}, {"linear", HeadKind::linear}}));
  program.add_option("--width", run.network.width, "Features of a hidden layer");
  program.add_option("--blocks", run.network.residual_blocks, "Residual blocks");
  program.add_option("--latent", run.network.latent_length, "Entries of a latent vector");
  program.add_option("--heads", run.heads, "Heads");
  program.add_option("--variables", run.variables, "Variables");
  program.add_option("--rows", run.rows, "Rows of a batch");
  program.add_option("--group", run.group_rows, "Rows that share one draw of the noise");
  program.add_option("--precision", run.compute.precision, "float32 or bf16")
      ->transform(CLI::CheckedTransformer(std::map<std::string, Precision>{
          {"float32", Precision::float32}, {"bf16", Precision::bf16}}));
  program.add_option("--seconds", run.seconds, "Time to measure for");
  program.add_option("--threads", options.threads, "Threads")->check(CLI::Range(1, 4096));
  program.add_option("--instruction-set", options.instruction_set,
                     "portable, avx2, avx512 or avx512-bf16");
}

std::size_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

nlohmann::json report(const stsr::NetworkRun& run, const stsr::NetworkTimes& times) {
  return {
      {"rows_per_second", static_cast<double>(run.rows) / times.median},
      {"operations_per_second", times.operations / times.median},
      {"operations_per_row", times.operations / static_cast<double>(run.rows)},
      {"step_seconds", {{"min", times.fastest}, {"median", times.median}, {"max", times.slowest}}},
      {"steps", times.steps},
      {"peak_memory_bytes", peak_memory_bytes()}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Times one network");
  Options options;
  add_options(program, options);
  CLI11_PARSE(program, argc, argv);
  try {
    stsr::ComputeOptions& compute = options.run.compute;
    compute.threads = options.threads;
    if (!options.instruction_set.empty())
      compute.instruction_set = stsr::find_instruction_set(options.instruction_set);
    nlohmann::json result;
    if (compute.precision == stsr::Precision::bf16 &&
        !stsr::has_bf16_instructions(compute.instruction_set))
      result = {{"unavailable", "no instructions for bf16 (AVX512-BF16) here"}};
    else
      result = report(options.run, stsr::measure(options.run));
    std::puts(result.dump().c_str());
  } catch (const stsr::Error& error) {
    fmt::print(stderr, "bench_network: {}\n", error.what());
    return static_cast<int>(error.kind());
  }
  return 0;
}

// Rows a second of the network's training pass and of its evaluation, and the useful floating-point
// operations of the synthesis network and heads that this is (2 a multiply-add; training 3 x
// forward).
//
//   build/release/bin/bench_network --benchmark_out=network.json
//
// Arguments: width, head (0 linear, 1 residual), rows of a noise group.

#include <benchmark/benchmark.h>

#include <numeric>

#include "stsr/network/engine.h"

namespace stsr {
namespace {

constexpr std::size_t heads = 8;
constexpr std::size_t rows = 8000;

class Batch final : public BatchSource {
 public:
  Batch(std::size_t group_rows, std::size_t latent_length)
      : group_rows_(group_rows), latent_length_(latent_length) {}
  [[nodiscard]] std::size_t groups() const override { return rows / group_rows_; }
  [[nodiscard]] std::size_t group_rows() const override { return group_rows_; }
  void fill(std::size_t, std::size_t count, float* coordinates, float* targets,
            std::uint32_t* variables, float* noise) const override {
    for (std::size_t i = 0; i < count * group_rows_ * coordinate_count; ++i)
      coordinates[i] = 0.001F * static_cast<float>(i % 2000) - 1.0F;
    std::fill_n(targets, count * group_rows_ * heads, 0.1F);
    std::fill_n(variables, count, 0U);
    std::fill_n(noise, count * latent_length_, 0.0F);
  }

 private:
  std::size_t group_rows_;
  std::size_t latent_length_;
};

std::unique_ptr<Engine> engine_of(const benchmark::State& state) {
  NetworkConfig config;
  config.width = static_cast<std::size_t>(state.range(0));
  config.latent_length = config.width;
  config.head = state.range(1) == 0 ? HeadKind::linear : HeadKind::residual;
  auto engine = make_cpu_engine(plan_network(config, 1, heads));
  initialise_parameters(engine->plan(), 1, engine->parameters());
  return engine;
}

/// Operations of one forward pass of a row: two a weight of the synthesis network and the heads.
double forward_operations(const NetworkPlan& plan) {
  double weights = 0.0;
  for (const ParameterTensor& tensor : plan.layout.tensors())
    if (tensor.name.ends_with("weight") && tensor.name.find("modulator") == std::string::npos)
      weights += static_cast<double>(tensor.count);
  return 2.0 * weights;
}

void report(benchmark::State& state, double operations_a_row) {
  const double count = static_cast<double>(state.iterations()) * static_cast<double>(rows);
  state.counters["rows/s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["FLOP/s"] =
      benchmark::Counter(count * operations_a_row, benchmark::Counter::kIsRate);
}

void training_pass(benchmark::State& state) {
  const auto engine = engine_of(state);
  const Batch batch(static_cast<std::size_t>(state.range(2)), engine->plan().latent_length);
  for (auto _ : state) benchmark::DoNotOptimize(engine->differentiate(batch));
  report(state, 3.0 * forward_operations(engine->plan()));
}

void evaluation(benchmark::State& state) {
  const auto engine = engine_of(state);
  const auto decoder = engine->decoder(latent_vector(engine->plan(), engine->parameters(), 0));
  std::vector<std::size_t> all(heads);
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<float> coordinates(rows * coordinate_count);
  for (std::size_t i = 0; i < coordinates.size(); ++i)
    coordinates[i] = 0.001F * static_cast<float>(i % 2000) - 1.0F;
  std::vector<float> values(rows * heads);
  for (auto _ : state) decoder->evaluate(coordinates, all, values);
  report(state, forward_operations(engine->plan()));
}

BENCHMARK(training_pass)
    ->ArgNames({"width", "head", "group"})
    ->ArgsProduct({{128, 256}, {0, 1}, {1, 64}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(evaluation)
    ->ArgNames({"width", "head"})
    ->ArgsProduct({{128, 256}, {0, 1}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace stsr

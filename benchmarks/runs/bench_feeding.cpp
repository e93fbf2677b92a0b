// Rows a second that one thread can feed to a training: drawing row numbers, gathering coordinates
// and targets, and latent noise, without a network.
//
//   build/release/bin/bench_feeding --benchmark_out=feeding.json
//
// Arguments: samples along x (the volume is nx x nx x nx/4 with 8 steps: 33 fits a cache, 512 has
// 1 GiB), rows of a noise group, latent length (0: no noise).

#include <benchmark/benchmark.h>

#include <cmath>

#include "stsr/base/random.h"
#include "stsr/training/pool_batch.h"

namespace stsr {
namespace {

constexpr std::size_t heads = 8;
constexpr std::size_t batch_rows = 1024;
constexpr std::size_t tile_rows = 128;  // that the engine asks for at once

const TrainingSet& set_of(std::size_t nx) {
  static std::size_t made = 0;
  static std::optional<TrainingSet> set;
  if (made == nx) return *set;
  set.reset();
  Sequence sequence;
  sequence.info.name = "v";
  sequence.info.grid.dims = {nx, nx, std::max<std::size_t>(nx / 4, 2)};
  for (std::size_t t = 0; t < 8; ++t) {
    sequence.info.times.push_back(static_cast<double>(t));
    sequence.steps.emplace_back(sequence.info.grid.dims.count());
    float value = 0.0F;
    for (float& v : sequence.steps.back()) v = std::fmod(value += 0.37F, 10.0F);
  }
  std::vector<StoredSequence> sequences;
  sequences.emplace_back(std::move(sequence));
  set.emplace(std::move(sequences), BlockConfig{}, RangeMode::global);
  made = nx;
  return *set;
}

void feeding(benchmark::State& state) {
  const TrainingSet& set = set_of(static_cast<std::size_t>(state.range(0)));
  const auto group = static_cast<std::size_t>(state.range(1));
  const auto latent = static_cast<std::size_t>(state.range(2));
  const RowPool pool(set.rows_per_variable(), group, RowOrder::pool, 1);
  const std::size_t groups = batch_rows / group;
  const std::size_t tile = tile_rows / group;
  std::vector<float> coordinates(tile_rows * coordinate_count);
  std::vector<float> targets(tile_rows * heads);
  std::vector<std::uint32_t> variables(tile);
  std::vector<float> noise(tile * latent);
  std::size_t first = 0;
  for (auto _ : state) {
    const PoolBatch batch(set, pool, latent, latent == 0 ? 0.0 : 0.03, 1, 0, first, groups);
    for (std::size_t begin = 0; begin < groups; begin += tile)
      batch.fill(begin, tile, coordinates.data(), targets.data(), variables.data(), noise.data());
    benchmark::DoNotOptimize(targets.data());
    benchmark::ClobberMemory();
    first = (first + groups) % (pool.groups_per_epoch() - groups);
  }
  state.counters["data_bytes"] =
      static_cast<double>(set.info(0).grid.dims.count() * set.info(0).times.size() * sizeof(float));
  const double rows = static_cast<double>(state.iterations()) * static_cast<double>(batch_rows);
  state.counters["rows/s"] = benchmark::Counter(rows, benchmark::Counter::kIsRate);
  state.counters["time/row"] =
      benchmark::Counter(rows, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void normal_numbers(benchmark::State& state) {
  std::vector<float> numbers(static_cast<std::size_t>(state.range(0)));
  std::uint64_t index = 0;
  for (auto _ : state) {
    RandomStream{1, RandomUse::noise, index++}.fill_normal(numbers);
    benchmark::DoNotOptimize(numbers.data());
    benchmark::ClobberMemory();
  }
  state.counters["time/number"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(numbers.size()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK(feeding)
    ->ArgNames({"nx", "group", "latent"})
    ->ArgsProduct({{33, 512}, {1, 64}, {0, 64, 256}})
    ->UseRealTime();  // as trainings are timed, which it is compared with
BENCHMARK(normal_numbers)->Arg(64)->Arg(256);

}  // namespace
}  // namespace stsr

// Sine, tanh, sums and Adam.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "register.h"
#include "stsr/base/random.h"
#include "stsr/kernels/elementwise.h"

namespace stsr {

namespace {

constexpr std::size_t rows = 128;
constexpr std::size_t columns = 256;
constexpr std::size_t count = rows * columns;

/// What the kernels of one benchmark read and write.
struct Buffers {
  std::vector<float> z = numbers(1);
  std::vector<float> x = numbers(2);
  std::vector<float> y = numbers(3);
  std::vector<float> m = numbers(4);
  std::vector<float> v = std::vector<float>(count, 0.1F);  // stays positive under Adam

  static std::vector<float> numbers(std::uint64_t index) {
    std::vector<float> values(count);
    RandomStream{1, RandomUse::tests, index}.fill_uniform(values, -1.0F, 1.0F);
    return values;
  }
};

using Body = std::function<void(const ElementwiseKernels&, Buffers&)>;

void add(const std::string& name, const Body& body) {
  for (const InstructionSet set : available_instruction_sets())
    benchmark::RegisterBenchmark(
        fmt::format("{}/{}/{}x{}", name, enum_name(set), rows, columns).c_str(),
        [set, body](benchmark::State& state) {
          Buffers buffers;
          for (auto _ : state) {
            body(elementwise_kernels(set), buffers);
            benchmark::ClobberMemory();
          }
          state.counters["elements/s"] = benchmark::Counter(
              static_cast<double>(state.iterations()) * count, benchmark::Counter::kIsRate);
        });
}

}  // namespace

void register_elementwise() {
  using Kernels = ElementwiseKernels;
  add("sine", [](const Kernels& k, Buffers& b) {
    k.sine_half_turns(count, b.z.data(), b.y.data(), nullptr);
  });
  add("sine_and_cosine", [](const Kernels& k, Buffers& b) {
    k.sine_half_turns(count, b.z.data(), b.y.data(), b.x.data());
  });
  add("tanh", [](const Kernels& k, Buffers& b) { k.tanh_all(count, b.z.data(), b.y.data()); });
  add("scaled_copy",
      [](const Kernels& k, Buffers& b) { k.scaled_copy(count, 0.5F, b.z.data(), b.y.data()); });
  add("add", [](const Kernels& k, Buffers& b) { k.add(count, b.z.data(), b.y.data()); });
  add("adam", [](const Kernels& k, Buffers& b) {
    AdamStep step;
    step.rate = 1e-5F;
    k.adam(count, step, b.x.data(), b.y.data(), b.m.data(), b.v.data());
  });
}

}  // namespace stsr

// Matrix products of a tile of rows with a layer's weights, with all that is fused into them:
// forward, back to the inputs, and to the weights.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <bit>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "register.h"
#include "stsr/kernels/dense.h"

namespace stsr {

namespace {

constexpr std::size_t rows = 96;
constexpr std::size_t group_rows = 64;

/// A word that is near 0.5 as float32 and twice 0.5 as bf16.
const float half = std::bit_cast<float>(0x3F003F00U);

/// Numbers that begin at a cache line, as those of the engine do.
class Aligned {
 public:
  Aligned(std::size_t count, float value) : numbers_(count + 16, value) {}
  [[nodiscard]] float* data() {
    void* begin = numbers_.data();
    std::size_t room = numbers_.size() * sizeof(float);
    return static_cast<float*>(std::align(64, 1, begin, room));
  }

 private:
  std::vector<float> numbers_;
};

/// Matrices [rows][width], with the room that the kernels ask for, and one square of weights.
struct Layer {
  Layer(const DenseKernels& kernels, std::size_t layer_width)
      : width(layer_width), panels(kernels.panel_words(width, width), half) {
    for (std::size_t r = 0; r < rows; ++r)
      group.push_back(static_cast<std::uint32_t>(r / group_rows));
  }

  [[nodiscard]] std::size_t stride() const {
    return width + dense_padding / 2;
  }  // odd in cache lines
  [[nodiscard]] WordMatrix matrix(std::size_t index) { return {matrices[index].data(), stride()}; }

  [[nodiscard]] DenseForward forward() {
    DenseForward p;
    p.rows = rows;
    p.inner = width;
    p.columns = width;
    p.x = matrix(0);
    p.panels = panels.data();
    p.bias = {matrices[1].data(), 0};
    p.u = matrix(2);
    return p;
  }

  std::size_t width;
  Aligned panels;
  Aligned gradient{width * width, 0.0F};
  std::vector<std::uint32_t> group;
  std::vector<Aligned> matrices = std::vector<Aligned>(9, Aligned(rows* stride(), half));
};

using Body = std::function<void(const DenseKernels&, Layer&)>;

void add(const std::string& name, const std::vector<std::size_t>& widths, const Body& body) {
  const auto add_one = [&](InstructionSet set, Precision precision, std::size_t width) {
    benchmark::RegisterBenchmark(
        fmt::format("{}_{}/{}/{}x{}x{}", name, precision == Precision::bf16 ? "bf16" : "float32",
                    enum_name(set), rows, width, width)
            .c_str(),
        [=](benchmark::State& state) {
          const DenseKernels& kernels = dense_kernels(set, precision);
          Layer layer(kernels, width);
          for (auto _ : state) {
            body(kernels, layer);
            benchmark::ClobberMemory();
          }
          const double operations = 2.0 * static_cast<double>(rows * width * width);
          state.counters["FLOP/s"] = benchmark::Counter(
              static_cast<double>(state.iterations()) * operations, benchmark::Counter::kIsRate);
        });
  };
  for (const InstructionSet set : available_instruction_sets())
    for (const std::size_t width : widths) {
      add_one(set, Precision::float32, width);
      if (set == InstructionSet::avx512_bf16) add_one(set, Precision::bf16, width);
    }
}

void linear(const DenseKernels& kernels, Layer& layer) {
  kernels.forward(layer.forward());
}

/// A residual block's second layer, modulation folded in.
void inference(const DenseKernels& kernels, Layer& layer) {
  DenseForward p = layer.forward();
  p.activation = DenseActivation::sine;
  p.residual = layer.matrix(3);
  p.scale = {layer.matrices[4].data(), 0};
  if (kernels.values_in_a_word == 2) p.row_pairs = layer.matrix(7);
  kernels.forward(p);
}

/// The same with all that the way back needs.
void training(const DenseKernels& kernels, Layer& layer) {
  DenseForward p = layer.forward();
  p.activation = DenseActivation::sine;
  p.residual = layer.matrix(3);
  p.group = layer.group.data();
  p.scale = layer.matrix(4);
  p.derivative = layer.matrix(5);
  p.f = layer.matrix(6);
  if (kernels.values_in_a_word == 2) {
    p.row_pairs = layer.matrix(7);
    p.sample_pairs = layer.matrix(8);
  }
  kernels.forward(p);
}

void backward(const DenseKernels& kernels, Layer& layer) {
  DenseBackward p;
  p.rows = rows;
  p.inner = layer.width;
  p.columns = layer.width;
  p.dz_after = layer.matrix(0);
  p.panels = layer.panels.data();
  p.group = layer.group.data();
  p.f = layer.matrix(1);
  p.scale = layer.matrix(2);
  p.dscale = layer.matrix(3);
  p.derivative = layer.matrix(4);
  p.dz = layer.matrix(5);
  p.dbias = {layer.matrices[6].data(), 0};
  if (kernels.values_in_a_word == 2) {
    p.row_pairs = layer.matrix(7);
    p.sample_pairs = layer.matrix(8);
  }
  kernels.backward(p);
}

void weight_gradient(const DenseKernels& kernels, Layer& layer) {
  DenseWeightGradient p;
  p.rows = rows;
  p.outputs = layer.width;
  p.inputs = layer.width;
  p.dz = layer.matrix(0);
  p.x = layer.matrix(1);
  p.gradient = layer.gradient.data();
  p.gradient_stride = layer.width;
  kernels.weight_gradient(p);
}

}  // namespace

void register_dense() {
  add("forward_linear", {256}, linear);
  add("forward_inference", {256}, inference);
  add("forward_training", {64, 256, 512}, training);
  add("backward", {64, 256, 512}, backward);
  add("weight_gradient", {64, 256, 512}, weight_gradient);
}

}  // namespace stsr

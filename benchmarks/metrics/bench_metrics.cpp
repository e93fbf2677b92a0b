// Metrics of volumes of n^3 samples and of pictures of n^2 pixels, with the growth of their time.
//
//   build/release/bin/bench_metrics --benchmark_filter='ssim/threads:1/.*'
//
// The isosurfaces have about 5 n^2 vertices each.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "stsr/base/parallel.h"
#include "stsr/metrics/chamfer.h"
#include "stsr/metrics/difference.h"
#include "stsr/metrics/lpips.h"
#include "stsr/metrics/psnr.h"
#include "stsr/metrics/ssim.h"

namespace stsr {

namespace {

struct Volumes {
  Dims dims;
  std::vector<float> truth;
  std::vector<float> result;
};

/// Waves of a few periods across the volume, the same at any n, and a result a little off.
Volumes volumes(std::size_t n) {
  Volumes made{{n, n, n}, {}, {}};
  const double step = 1.0 / static_cast<double>(n - 1);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t i = 0; i < n; ++i) {
        const double x = static_cast<double>(i) * step;
        const double y = static_cast<double>(j) * step;
        const double z = static_cast<double>(k) * step;
        const double truth = std::sin(9.0 * x + 4.0 * y) + std::cos(7.0 * z - 5.0 * x * y);
        made.truth.push_back(static_cast<float>(truth));
        made.result.push_back(static_cast<float>(truth + 0.05 * std::sin(40.0 * x + 30.0 * z)));
      }
  return made;
}

Image picture(std::size_t n, std::size_t shift) {
  Image image{n, n, {}};
  for (std::size_t i = 0; i < n * n * 3; ++i)
    image.pixels.push_back(static_cast<std::uint8_t>((i * i / 97 + shift * (i % 7)) % 256));
  return image;
}

LpipsWeights flat_weights() {
  LpipsWeights weights;
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    const ImageConvolution& c = alexnet[n];
    weights.layers[n] = {std::vector<float>(c.outputs * c.inputs * c.window * c.window, 0.01F),
                         std::vector<float>(c.outputs, 0.1F), std::vector<float>(c.outputs, 1.0F)};
  }
  return weights;
}

using Body = std::function<void()>;
using Setup = std::function<Body(std::size_t)>;

/// One benchmark a number of threads; `setup` makes what one size needs.
void add(const std::string& name, const std::vector<std::int64_t>& sizes, double power,
         const Setup& setup) {
  for (const int threads : {1, thread_count()}) {
    auto* benchmark = benchmark::RegisterBenchmark(
        fmt::format("{}/threads:{}", name, threads).c_str(),
        [setup, threads, power](benchmark::State& state) {
          const auto n = static_cast<std::size_t>(state.range(0));
          const Body body = setup(n);
          set_thread_count(threads);
          for (auto _ : state) body();
          state.SetComplexityN(state.range(0));
          state.counters["samples/s"] = benchmark::Counter(
              static_cast<double>(state.iterations()) * std::pow(static_cast<double>(n), power),
              benchmark::Counter::kIsRate);
        });
    for (const std::int64_t size : sizes) benchmark->Arg(size);
    benchmark->Unit(benchmark::kMillisecond)->UseRealTime()->Complexity();
    if (thread_count() == 1) break;
  }
}

void add_volume_metric(const std::string& name, const std::function<void(const Volumes&)>& metric) {
  add(name, {32, 64, 128}, 3.0,
      [metric](std::size_t n) { return [metric, made = volumes(n)] { metric(made); }; });
}

void add_image_metric(const std::string& name,
                      const std::function<void(const Image&, const Image&)>& metric) {
  add(name, {256, 512, 1024}, 2.0, [metric](std::size_t n) {
    return [metric, a = picture(n, 1), b = picture(n, 2)] { metric(a, b); };
  });
}

void register_metrics() {
  add_volume_metric("psnr",
                    [](const Volumes& v) { benchmark::DoNotOptimize(psnr(v.truth, v.result)); });
  add_volume_metric(
      "ssim", [](const Volumes& v) { benchmark::DoNotOptimize(ssim(v.dims, v.truth, v.result)); });
  add_volume_metric("chamfer", [](const Volumes& v) {
    benchmark::DoNotOptimize(isosurface_distance(v.dims, v.truth, v.result, 0.3));
  });
  add_volume_metric("isosurface_points", [](const Volumes& v) {
    benchmark::DoNotOptimize(isosurface_points(v.dims, v.truth, 0.3));
  });
  add_image_metric("image_ssim",
                   [](const Image& a, const Image& b) { benchmark::DoNotOptimize(ssim(a, b)); });
  add_image_metric("difference_image", [](const Image& a, const Image& b) {
    benchmark::DoNotOptimize(difference_image(a, b));
  });
  const Lpips lpips(flat_weights());
  add_image_metric("lpips", [lpips](const Image& a, const Image& b) {
    benchmark::DoNotOptimize(lpips.distance(a, b));
  });
}

}  // namespace

}  // namespace stsr

int main(int argc, char** argv) {
  stsr::register_metrics();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}

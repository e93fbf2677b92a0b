// A 512 x 512 picture of a volume of 128 samples along each axis.

#include <benchmark/benchmark.h>

#include <cmath>

#include "stsr/rendering/renderer.h"

namespace stsr {
namespace {

constexpr std::size_t samples = 128;

/// A ball and a ring on a wavy ground, so that rays meet all opacities.
std::vector<float> volume_on(const Grid& grid) {
  std::vector<float> values;
  values.reserve(grid.dims.count());
  for (std::size_t k = 0; k < samples; ++k)
    for (std::size_t j = 0; j < samples; ++j)
      for (std::size_t i = 0; i < samples; ++i) {
        const auto at = [&](std::size_t axis, std::size_t index) {
          return 2.0 * grid.position(axis, static_cast<double>(index)) - 1.0;
        };
        const double x = at(0, i), y = at(1, j), z = at(2, k);
        const double ball = std::hypot(x - 0.4, y - 0.5, z - 0.3);
        const double ring = std::hypot(x + 0.3, y + 0.4) - 0.3;
        values.push_back(static_cast<float>(std::exp(-8.0 * ball * ball) +
                                            0.6 * std::exp(-20.0 * ring * ring - 3.0 * z * z) +
                                            0.02 * std::sin(20.0 * x) * std::sin(20.0 * y)));
      }
  return values;
}

Grid grid_of() {
  const double spacing = 1.0 / static_cast<double>(samples - 1);
  return {{samples, samples, samples}, {spacing, spacing, spacing}, {0.0, 0.0, 0.0}};
}

View view_of(bool lighting) {
  View view;
  view.camera.azimuth = 30.0;
  view.camera.elevation = 20.0;
  view.lighting.on = lighting;
  return view;
}

/// Arguments: lighting; samples along a ray in one spacing.
void volume(benchmark::State& state) {
  Renderer renderer;
  const Grid grid = grid_of();
  const auto values = volume_on(grid);
  const auto transfer = transfer_function_preset("vortex").scaled_to(0.0, 1.0);
  const View view = view_of(state.range(0) != 0);
  const VolumeStyle style{0.01, 1.0 / static_cast<double>(state.range(1))};
  for (auto _ : state)
    benchmark::DoNotOptimize(renderer.volume(grid, values, transfer, view, style));
}

void isosurface(benchmark::State& state) {
  Renderer renderer;
  const Grid grid = grid_of();
  const auto values = volume_on(grid);
  for (auto _ : state)
    benchmark::DoNotOptimize(renderer.isosurface(grid, values, 0.4, {70, 130, 180}, view_of(true)));
}

BENCHMARK(volume)
    ->ArgNames({"lighting", "samples"})
    ->ArgsProduct({{0, 1}, {1, 2, 4}})
    ->Unit(benchmark::kSecond)
    ->UseRealTime();
BENCHMARK(isosurface)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace stsr

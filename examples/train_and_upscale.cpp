// Trains a small network on a reduced analytic data set, in memory, and prints how close its output
// at full resolution comes to the truth.

#include <cstdio>
#include <vector>

#include "stsr/inference/network_field.h"
#include "stsr/metrics/psnr.h"
#include "stsr/training/trainer.h"
#include "stsr/volume/analytic.h"

int main() {
  const stsr::AnalyticSequence tornado(stsr::find_analytic_field("tornado"),
                                       {.dims = {17, 17, 17}, .steps = 5, .variables = {"speed"}});
  const stsr::VariableInfo& fine = tornado.variables()[0];

  // What the network sees: every second sample, every second step.
  stsr::Sequence coarse{stsr::reduce_info(fine, {2, 2, 2}, 1), {}};
  for (const std::size_t step : stsr::kept_steps(fine.times.size(), 1))
    coarse.steps.push_back(
        stsr::reduce_volume({fine.grid, tornado.sample(0, step)}, {2, 2, 2}).values);

  stsr::Config config;
  config.network.width = 32;
  config.network.latent_length = 16;
  config.training.epochs = 300;
  config.training.batch_rows = 128;
  config.training.noise_group = 16;
  const stsr::NetworkField field(stsr::train({coarse}, config));

  // Volumes: an empty request asks for the grid and the times before the reduction.
  const stsr::OutputGrid grid = stsr::output_grid(field.variables()[0], {});
  std::vector<float> volume(grid.grid.dims.count());
  for (std::size_t step = 0; step < fine.times.size(); ++step) {
    field.step(0, fine.times[step], grid, volume);
    std::printf("step %zu: %.2f dB\n", step, stsr::psnr(tornado.sample(0, step), volume));
  }

  // And values anywhere in space and time.
  const std::vector<stsr::Point> points{{.t = 1.5, .z = 0.1, .y = -0.2, .x = 0.3}};
  std::vector<float> values(points.size());
  field.evaluate(points, 0, values);
  std::printf("at a point: %g\n", static_cast<double>(values[0]));
}

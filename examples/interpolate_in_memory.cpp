// Makes an analytic data set, reduces it, interpolates it back and prints how close that comes.

#include <cstdio>
#include <vector>

#include "stsr/interpolation/interpolator.h"
#include "stsr/metrics/psnr.h"
#include "stsr/volume/analytic.h"

int main() {
  // The speed of a tornado: 33^3 samples, 9 time steps.
  const stsr::AnalyticSequence tornado(stsr::find_analytic_field("tornado"),
                                       {.dims = {33, 33, 33}, .steps = 9, .variables = {"speed"}});
  const stsr::VariableInfo& fine = tornado.variables()[0];

  // Every second sample along each axis, every fourth time step.
  const stsr::VariableInfo coarse = stsr::reduce_info(fine, {2, 2, 2}, 3);
  const std::vector<std::size_t> kept = stsr::kept_steps(fine.times.size(), 3);
  const auto read = [&](std::size_t step) {
    return stsr::reduce_volume({fine.grid, tornado.sample(0, kept[step])}, {2, 2, 2}).values;
  };

  // An empty request asks for the grid and the times before the reduction.
  stsr::Interpolator interpolator(coarse, stsr::output_grid(coarse, {}), {}, read);
  for (std::size_t step = 0; step < fine.times.size(); ++step)
    std::printf("step %zu: %.2f dB\n", step,
                stsr::psnr(tornado.sample(0, step), interpolator.step(step)));
}

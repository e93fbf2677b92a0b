// Trains a small network on a reduced analytic data set for some epochs, and prints how close its
// output at full resolution comes to the truth.

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "stsr/inference/output_variable.h"
#include "stsr/inference/upscaler.h"
#include "stsr/metrics/psnr.h"
#include "stsr/training/trainer.h"
#include "stsr/training/training_log.h"
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

  stsr::TrainingRequest request;
  request.sequences.push_back(coarse);
  request.config.network.width = 32;
  request.config.network.latent_length = 16;
  request.config.training.epochs = 300;
  request.config.training.batch_rows = 128;
  request.config.training.noise_group = 16;
  request.output = std::filesystem::temp_directory_path() / "stsr-example.stsr";
  const stsr::TrainingSummary summary = stsr::train(request, stsr::Progress::silent());
  std::printf("%zu epochs, loss %.3g\n", summary.epochs, summary.loss);

  // The model file has everything that is needed to write volumes.
  const stsr::Model model = stsr::load_model(request.output);
  const auto engine = stsr::make_cpu_engine(
      stsr::plan_network(model.network, model.variables.size(), model.blocks.heads()));
  std::copy(model.parameters.begin(), model.parameters.end(), engine->parameters().begin());
  const std::array<std::size_t, 1> chosen{0};
  const stsr::OutputVariable speed = stsr::output_variables(model, chosen, {}).front();
  const auto decoder = engine->decoder(speed.latent);
  const stsr::Upscaler upscaler(model.blocks, speed.trained, *decoder, speed.grid);
  std::vector<float> volume(speed.grid.grid.dims.count());
  for (std::size_t step = 0; step < fine.times.size(); ++step) {
    upscaler.step(fine.times[step], volume);
    std::printf("step %zu: %.2f dB\n", step, stsr::psnr(tornado.sample(0, step), volume));
  }
  std::filesystem::remove(request.output);
  std::filesystem::remove(stsr::log_path(request.output));
}

#include "stsr/inference/output_variable.h"

#include <fmt/format.h>

#include <algorithm>

#include "stsr/base/error.h"
#include "stsr/inference/upscaler.h"

namespace stsr {

VariableInfo OutputVariable::info() const {
  return {trained.info.name, trained.info.unit, grid.grid, grid.times, std::nullopt};
}

std::vector<OutputVariable> output_variables(const Model& model,
                                             std::span<const std::size_t> chosen,
                                             const GridRequest& request) {
  const NetworkPlan plan = model.plan();
  std::vector<OutputVariable> outputs;
  for (const std::size_t index : chosen) {
    if (index >= model.variables.size())
      throw ValueError(
          fmt::format("variable number {} of a model with {}", index, model.variables.size()));
    const TrainedVariable& trained = model.variables[index];
    try {
      outputs.push_back({trained, latent_vector(plan, model.parameters, index),
                         output_grid(trained.info, request)});
    } catch (const ShapeError& error) {
      throw ShapeError(fmt::format("variable '{}': {}", trained.info.name, error.what()));
    } catch (const ValueError& error) {
      throw ValueError(fmt::format("variable '{}': {}", trained.info.name, error.what()));
    }
  }
  return outputs;
}

std::vector<VariableInfo> output_infos(std::span<const OutputVariable> outputs) {
  std::vector<VariableInfo> infos;
  for (const OutputVariable& output : outputs) infos.push_back(output.info());
  return infos;
}

namespace {

/// Counts written samples and turns the wish to stop into an exception.
class SampleCounter {
 public:
  SampleCounter(std::span<const OutputVariable> outputs, Progress& progress) : progress_(progress) {
    for (const OutputVariable& output : outputs)
      total_ += checked_product({output.grid.grid.dims.count(), output.grid.times.size()});
  }

  void begin(const OutputVariable& output, std::size_t step) {
    note_ = fmt::format("{}, step {} of {}", output.trained.info.name, step + 1,
                        output.grid.times.size());
    advance(0);
  }

  void advance(std::size_t samples) {
    done_ += samples;
    progress_.report(done_, total_, "sample", note_);
    if (progress_.stop_requested())
      throw Interrupted("stopped before all time steps were written; run again to write them");
  }

 private:
  Progress& progress_;
  std::string note_;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
};

/// One time step at once, or, where it does not fit into memory, in sets of planes.
void fill_step(const Upscaler& upscaler, const OutputGrid& grid, std::size_t step,
               StepValues& values) {
  if (!values.mapped()) {
    upscaler.step(grid.times[step], values.values());
    return;
  }
  const std::size_t plane = checked_product({grid.grid.dims.x, grid.grid.dims.y});
  const std::size_t most = std::max<std::size_t>(StepValues::largest_in_memory / plane, 1);
  std::vector<float> some;
  for (const std::vector<std::size_t>& planes : upscaler.plane_sets(most)) {
    some.resize(planes.size() * plane);
    upscaler.planes(grid.times[step], planes, some);
    for (std::size_t i = 0; i < planes.size(); ++i)
      std::copy_n(some.data() + i * plane, plane, values.values().data() + planes[i] * plane);
    values.release_memory();
  }
}

}  // namespace

void write_outputs(const BlockConfig& blocks, std::span<const OutputVariable> outputs,
                   const DecoderFactory& decoder_of, DatasetWriter& writer, Progress& progress) {
  SampleCounter counter(outputs, progress);
  std::size_t steps = 0;
  for (const OutputVariable& output : outputs) steps = std::max(steps, output.grid.times.size());
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t variable = 0; variable < outputs.size(); ++variable) {
      const OutputVariable& output = outputs[variable];
      if (step >= output.grid.times.size()) continue;
      counter.begin(output, step);
      const std::unique_ptr<Decoder> decoder = decoder_of(output.latent);
      const Upscaler upscaler(blocks, output.trained, *decoder, output.grid,
                              [&](std::size_t samples) { counter.advance(samples); });
      StepValues values = writer.make_values(variable);
      fill_step(upscaler, output.grid, step, values);
      writer.write(variable, step, std::move(values));
    }
}

}  // namespace stsr

#include "stsr/inference/output_variable.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
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
                         output_grid(trained.info, request), plan.first_head(index)});
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

std::string fingerprint_of(const Model& model, std::span<const OutputVariable> outputs) {
  Fingerprint all;
  const TensorFile file = to_tensor_file(model);
  for (const auto& [name, text] : file.metadata) all.add(name).add(text);
  for (const auto& [name, tensor] : file.tensors)
    all.add(name).add(std::span(tensor.shape)).add(std::span(tensor.bytes));
  for (const OutputVariable& output : outputs) {
    all.add(std::span(output.latent)).add(output.first_head);
    all.add(std::span(output.trained.time_span));
    for (const ValueRange& range : output.trained.ranges.ranges) all.add(range.low).add(range.high);
    for (const auto& step : output.trained.missing.steps) all.add(std::span(step));
    for (const auto& axis : output.grid.positions) all.add(std::span(axis));
    all.add(std::span(output.grid.times));
  }
  return all.text();
}

namespace {

/// Counts written samples and turns the wish to stop into an exception.
class SampleCounter {
 public:
  SampleCounter(std::span<const OutputVariable> outputs, const DatasetWriter& writer,
                Progress& progress)
      : progress_(progress) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::size_t samples = outputs[i].grid.grid.dims.count();
      const std::size_t steps = outputs[i].grid.times.size();
      total_ += checked_product({samples, steps});
      for (std::size_t step = 0; step < steps; ++step)
        if (writer.found(i, step)) done_ += samples;
    }
  }

  void begin(const OutputVariable& output, std::size_t step) {
    note_ = fmt::format("{}, step {} of {}", output.trained.info.name, step + 1,
                        output.grid.times.size());
    advance(0);
  }

  void advance(std::size_t samples) {
    done_ += samples;
    progress_.report(done_, total_, "sample", note_);
    if (progress_.stop_requested()) throw Interrupted("stopped before all time steps were written");
  }

 private:
  Progress& progress_;
  std::string note_;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
};

/// The decoders of the outputs. Making one takes as long as evaluating some thousand samples, so
/// those of the first outputs, as many as fit, are kept from one time step to the next.
class Decoders {
 public:
  Decoders(std::span<const OutputVariable> outputs, const DecoderFactory& factory)
      : outputs_(outputs),
        factory_(factory),
        kept_(std::min(outputs.size(), most_bytes / std::max<std::size_t>(factory.bytes, 1))) {}

  /// Valid until the next call.
  const Decoder& of(std::size_t output) {
    std::unique_ptr<Decoder>& decoder = output < kept_.size() ? kept_[output] : other_;
    if (output >= kept_.size()) other_.reset();  // before the next one takes memory
    if (!decoder) decoder = factory_.make(outputs_[output].latent);
    return *decoder;
  }

 private:
  static constexpr std::size_t most_bytes = std::size_t{64} << 20;
  std::span<const OutputVariable> outputs_;
  const DecoderFactory& factory_;
  std::vector<std::unique_ptr<Decoder>> kept_;
  std::unique_ptr<Decoder> other_;
};

/// Bytes of mapped pages that writing to them may bring into memory before they are given back.
constexpr std::size_t most_mapped = std::size_t{32} << 20;
constexpr std::size_t page = 4096;

/// Copies the rows of a tile to their places.
void place_tile(const Upscaler::Tile& tile, const Dims& dims, const float* from,
                StepValues& values) {
  std::size_t mapped = 0;
  for (const std::size_t z : tile.z)
    for (const std::size_t y : tile.y) {
      std::copy_n(from, dims.x, values.values().data() + (z * dims.y + y) * dims.x);
      from += dims.x;
      mapped += dims.x * sizeof(float) + page;
      if (mapped < most_mapped) continue;
      values.release_memory();
      mapped = 0;
    }
  values.release_memory();
}

/// One time step at once, or, where it does not fit into memory, in tiles.
void fill_step(const Upscaler& upscaler, const OutputGrid& grid, std::size_t step,
               StepValues& values) {
  if (!values.mapped()) {
    upscaler.step(grid.times[step], values.values());
    return;
  }
  const Dims& dims = grid.grid.dims;
  std::vector<float> some;
  for (const Upscaler::Tile& tile : upscaler.tiles(StepValues::largest_in_memory)) {
    some.resize(checked_product({tile.z.size(), tile.y.size(), dims.x}));
    upscaler.tile(grid.times[step], tile, some);
    place_tile(tile, dims, some.data(), values);
  }
}

}  // namespace

void write_outputs(const BlockConfig& blocks, std::span<const OutputVariable> outputs,
                   const DecoderFactory& decoders, DatasetWriter& writer, Progress& progress) {
  SampleCounter counter(outputs, writer, progress);
  Decoders made(outputs, decoders);
  std::size_t steps = 0;
  for (const OutputVariable& output : outputs) steps = std::max(steps, output.grid.times.size());
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t variable = 0; variable < outputs.size(); ++variable) {
      const OutputVariable& output = outputs[variable];
      if (step >= output.grid.times.size() || writer.found(variable, step)) continue;
      counter.begin(output, step);
      const Upscaler upscaler(
          blocks, output.trained, made.of(variable), output.grid,
          [&](std::size_t samples) { counter.advance(samples); }, output.first_head);
      StepValues values = writer.make_values(variable);
      fill_step(upscaler, output.grid, step, values);
      writer.write(variable, step, std::move(values));
    }
}

}  // namespace stsr

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

  /// @param others  variables that are computed with it
  void begin(const OutputVariable& output, std::size_t others, std::size_t step) {
    note_ = fmt::format("{}{}, step {} of {}", output.trained.info.name,
                        others > 0 ? fmt::format(" and {} more", others) : "", step + 1,
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

/// True where one pass of the network can give both: one latent vector, the same samples.
bool share_passes(const OutputVariable& a, const OutputVariable& b) {
  return a.latent == b.latent && a.trained.time_span == b.trained.time_span &&
         sampling_difference(a.trained.info, b.trained.info).empty() &&
         a.grid.positions == b.grid.positions && a.grid.times == b.grid.times;
}

/// Variables that are computed at once, and their values of one time step.
struct Together {
  std::vector<std::size_t> variables;  // ascending, one after the other in the list of outputs
  std::vector<StepValues> values;
};

/// `first`, and what follows it that shares its passes and is still to be written. All their values
/// fit into memory together, or none do.
Together together(std::span<const OutputVariable> outputs, std::size_t first, std::size_t step,
                  const DatasetWriter& writer) {
  const std::size_t samples = outputs[first].grid.grid.dims.count();
  Together group;
  for (std::size_t i = first; i < outputs.size(); ++i) {
    if (i > first && (!share_passes(outputs[first], outputs[i]) || writer.found(i, step))) break;
    if (i > first && !group.values.front().mapped() &&
        (group.values.size() + 1) * samples > StepValues::largest_in_memory)
      break;
    group.variables.push_back(i);
    group.values.push_back(writer.make_values(i));
  }
  return group;
}

/// One time step of a variable in its place; of several, or where it does not fit into memory, in
/// tiles.
void fill_step(const Upscaler& upscaler, const OutputGrid& grid, std::size_t step,
               std::vector<StepValues>& values) {
  if (values.size() == 1 && !values.front().mapped()) {
    upscaler.step(grid.times[step], values.front().values());
    return;
  }
  const Dims& dims = grid.grid.dims;
  std::vector<float> some;
  for (const Upscaler::Tile& tile :
       upscaler.tiles(std::max<std::size_t>(StepValues::largest_in_memory / values.size(), 1))) {
    const std::size_t samples = checked_product({tile.z.size(), tile.y.size(), dims.x});
    some.resize(checked_product({values.size(), samples}));
    upscaler.tile(grid.times[step], tile, some);
    for (std::size_t i = 0; i < values.size(); ++i)
      place_tile(tile, dims, some.data() + i * samples, values[i]);
  }
}

}  // namespace

void write_outputs(const BlockConfig& blocks, std::span<const OutputVariable> outputs,
                   const DecoderFactory& decoders, DatasetWriter& writer, Progress& progress) {
  SampleCounter counter(outputs, writer, progress);
  Decoders made(outputs, decoders);
  const auto advance = [&](std::size_t samples) { counter.advance(samples); };
  std::size_t steps = 0;
  for (const OutputVariable& output : outputs) steps = std::max(steps, output.grid.times.size());
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t first = 0; first < outputs.size();) {
      const OutputVariable& output = outputs[first];
      if (step >= output.grid.times.size() || writer.found(first, step)) {
        ++first;
        continue;
      }
      Together group = together(outputs, first, step, writer);
      counter.begin(output, group.variables.size() - 1, step);
      std::vector<UpscaledVariable> variables;
      for (const std::size_t i : group.variables)
        variables.push_back({outputs[i].trained, outputs[i].first_head});
      const Upscaler upscaler(blocks, std::move(variables), made.of(first), output.grid, advance);
      fill_step(upscaler, output.grid, step, group.values);
      for (std::size_t i = 0; i < group.variables.size(); ++i)
        writer.write(group.variables[i], step, std::move(group.values[i]));
      first += group.variables.size();
    }
}

}  // namespace stsr

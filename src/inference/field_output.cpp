#include "stsr/inference/field_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/shape.h"

namespace stsr {

VariableInfo FieldOutput::info() const {
  return {name,         field->variables()[variable].unit,   grid.grid, grid.times,
          std::nullopt, field->variables()[variable].packing};
}

FieldOutput field_output(std::shared_ptr<const Field> field, std::size_t variable,
                         const GridRequest& request) {
  if (variable >= field->variables().size())
    throw ValueError(
        fmt::format("variable number {} of a field with {}", variable, field->variables().size()));
  const VariableInfo& info = field->variables()[variable];
  try {
    OutputGrid grid = output_grid(info, request);
    return {std::move(field), variable, info.name, std::move(grid)};
  } catch (const ShapeError& error) {
    throw ShapeError(fmt::format("variable '{}': {}", info.name, error.what()));
  } catch (const ValueError& error) {
    throw ValueError(fmt::format("variable '{}': {}", info.name, error.what()));
  }
}

std::vector<FieldOutput> blend_series(const NetworkField& field, std::size_t from, std::size_t to,
                                      std::size_t count, const GridRequest& request) {
  const auto& variables = field.variables();
  if (from >= variables.size() || to >= variables.size())
    throw ValueError(
        fmt::format("variables number {} and {} of a model with {}", from, to, variables.size()));
  if (count < 2 || count > 1000)
    throw ValueError(fmt::format("the number of mixtures must be from 2 to 1000, got {}", count));
  const std::string stem = fmt::format("{}_{}", variables[from].name, variables[to].name);
  std::vector<FieldOutput> series;
  for (std::size_t i = 0; i < count; ++i) {
    const double a = static_cast<double>(i) / static_cast<double>(count - 1);
    std::vector<double> weights(variables.size(), 0.0);
    weights[from] += 1.0 - a;
    weights[to] += a;
    series.push_back(
        field_output(field.mixture(weights, fmt::format("{}_{:03}", stem, i)), 0, request));
  }
  return series;
}

std::vector<VariableInfo> output_infos(std::span<const FieldOutput> outputs) {
  std::vector<VariableInfo> infos;
  for (const FieldOutput& output : outputs) infos.push_back(output.info());
  return infos;
}

std::string fingerprint_of(std::span<const FieldOutput> outputs) {
  Fingerprint all;
  std::string last;
  const Field* field = nullptr;
  for (const FieldOutput& output : outputs) {
    if (output.field.get() != field) last = output.field->fingerprint();
    field = output.field.get();
    all.add(last).add(output.variable);
    for (const auto& axis : output.grid.positions) all.add(std::span(axis));
    all.add(std::span(output.grid.times));
  }
  return all.text();
}

namespace {

/// Counts written samples and turns the wish to stop into an exception.
class SampleCounter {
 public:
  SampleCounter(std::span<const FieldOutput> outputs, const DatasetWriter& writer,
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
  void begin(const FieldOutput& output, std::size_t others, std::size_t step) {
    note_ = fmt::format("{}{}, step {} of {}", output.name,
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

/// Bytes of mapped pages that writing to them may bring into memory before they are given back.
constexpr std::size_t max_mapped = std::size_t{32} << 20;
constexpr std::size_t page = 4096;

/// Copies the rows of a piece, which has whole rows, to their places.
void place(const GridSelection& piece, const Dims& dims, const float* from, StepValues& values) {
  std::size_t mapped = 0;
  for (const std::size_t z : piece.indices[2])
    for (const std::size_t y : piece.indices[1]) {
      std::copy_n(from, dims.x, values.values().data() + (z * dims.y + y) * dims.x);
      from += dims.x;
      mapped += dims.x * sizeof(float) + page;
      if (mapped < max_mapped) continue;
      values.release_memory();
      mapped = 0;
    }
  values.release_memory();
}

/// Outputs that are evaluated together, and their values of one time step.
struct PassGroup {
  std::vector<std::size_t> outputs;  // ascending, one after the other in the list
  std::vector<StepValues> values;
};

bool together(const FieldOutput& a, const FieldOutput& b) {
  return a.field == b.field && a.grid.positions == b.grid.positions &&
         a.grid.times == b.grid.times && a.field->evaluated_together(a.variable, b.variable);
}

/// `first`, and what follows it that is evaluated with it and is still to be written. All their
/// values fit into memory together, or none do.
PassGroup pass_group(std::span<const FieldOutput> outputs, std::size_t first, std::size_t step,
                     const DatasetWriter& writer) {
  const std::size_t samples = outputs[first].grid.grid.dims.count();
  PassGroup group;
  for (std::size_t i = first; i < outputs.size(); ++i) {
    if (i > first && (!together(outputs[first], outputs[i]) || writer.found(i, step))) break;
    if (i > first && !group.values.front().mapped() &&
        (group.values.size() + 1) * samples > StepValues::largest_in_memory)
      break;
    group.outputs.push_back(i);
    group.values.push_back(writer.make_values(i));
  }
  return group;
}

/// One time step of a variable in its place; of several, or where it does not fit into memory, in
/// pieces.
void fill_step(std::span<const FieldOutput> outputs, std::size_t step, PassGroup& group,
               const Field::Advanced& advanced) {
  const FieldOutput& first = outputs[group.outputs.front()];
  const double time = first.grid.times[step];
  const Dims& dims = first.grid.grid.dims;
  std::vector<std::size_t> chosen;
  for (const std::size_t i : group.outputs) chosen.push_back(outputs[i].variable);
  std::vector<StepValues>& values = group.values;
  if (values.size() == 1 && !values.front().mapped()) {
    first.field->sample(chosen, time, first.grid, GridSelection::all(dims), values.front().values(),
                        advanced);
    return;
  }
  std::vector<float> some;
  const std::size_t max_samples =
      std::max<std::size_t>(StepValues::largest_in_memory / values.size(), 1);
  for (const GridSelection& piece : first.field->pieces(first.variable, first.grid, max_samples)) {
    const std::size_t samples = piece.dims().count();
    some.resize(checked_product({values.size(), samples}));
    first.field->sample(chosen, time, first.grid, piece, some, advanced);
    for (std::size_t i = 0; i < values.size(); ++i)
      place(piece, dims, some.data() + i * samples, values[i]);
  }
}

}  // namespace

void write_outputs(std::span<const FieldOutput> outputs, DatasetWriter& writer,
                   Progress& progress) {
  SampleCounter counter(outputs, writer, progress);
  const auto advance = [&](std::size_t samples) { counter.advance(samples); };
  std::size_t steps = 0;
  for (const FieldOutput& output : outputs) steps = std::max(steps, output.grid.times.size());
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t first = 0; first < outputs.size();) {
      const FieldOutput& output = outputs[first];
      if (step >= output.grid.times.size() || writer.found(first, step)) {
        ++first;
        continue;
      }
      PassGroup group = pass_group(outputs, first, step, writer);
      counter.begin(output, group.outputs.size() - 1, step);
      fill_step(outputs, step, group, advance);
      for (std::size_t i = 0; i < group.outputs.size(); ++i)
        writer.write(group.outputs[i], step, std::move(group.values[i]));
      first += group.outputs.size();
    }
}

}  // namespace stsr

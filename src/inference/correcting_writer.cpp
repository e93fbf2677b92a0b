#include "stsr/inference/correcting_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/inference/upscaler.h"

namespace stsr {

namespace {

constexpr std::size_t most_at_once = std::size_t{1} << 22;  // values that are corrected: 16 MiB

}  // namespace

OutputGrid coarse_samples(const VariableInfo& info) {
  OutputGrid samples{info.grid, info.times, {}};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    samples.positions[axis].resize(info.grid.dims[axis]);
    std::iota(samples.positions[axis].begin(), samples.positions[axis].end(), 0.0);
  }
  return samples;
}

CorrectingWriter::CorrectingWriter(DatasetWriter& writer, const BlockConfig& blocks,
                                   std::span<const OutputVariable> outputs,
                                   const DecoderFactory& decoders, std::vector<StepReader> samples)
    : writer_(writer),
      blocks_(blocks),
      outputs_(outputs),
      decoders_(decoders),
      samples_(std::move(samples)) {
  if (samples_.size() != outputs_.size())
    throw ShapeError(fmt::format("the samples of {} variables for {} outputs", samples_.size(),
                                 outputs_.size()));
  for (std::size_t i = 0; i < outputs_.size(); ++i)
    rests_.emplace_back(outputs_[i].trained.info, outputs_[i].grid, InterpolationConfig{},
                        [this, i](std::size_t coarse_step) { return rest(i, coarse_step); });
}

/// What the network misses the samples by.
std::vector<float> CorrectingWriter::rest(std::size_t variable, std::size_t coarse_step) const {
  const OutputVariable& output = outputs_[variable];
  const VariableInfo& coarse = output.trained.info;
  std::vector<float> values = samples_[variable](coarse_step);
  if (values.size() != coarse.grid.dims.count())
    throw ShapeError(fmt::format("variable '{}', time step {}: {} values for {} samples",
                                 coarse.name, coarse_step, values.size(),
                                 coarse.grid.dims.count()));
  const OutputGrid samples = coarse_samples(coarse);
  const auto decoder = decoders_.make(output.latent);
  const Upscaler upscaler(blocks_, {{output.trained, output.first_head}}, *decoder, samples);
  std::vector<float> network(values.size());
  upscaler.step(coarse.times[coarse_step], network);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= network[i];
  return values;
}

bool CorrectingWriter::found(std::size_t variable, std::size_t step) const {
  return writer_.found(variable, step);
}

StepValues CorrectingWriter::make_values(std::size_t variable) const {
  return writer_.make_values(variable);
}

void CorrectingWriter::write(std::size_t variable, std::size_t step, StepValues values) {
  const Dims& dims = outputs_[variable].grid.grid.dims;
  const std::size_t plane = checked_product({dims.x, dims.y});
  const std::size_t planes = std::clamp<std::size_t>(most_at_once / plane, 1, dims.z);
  std::vector<float> correction(planes * plane);
  for (std::size_t z = 0; z < dims.z; z += planes) {
    const std::size_t end = std::min(z + planes, dims.z);
    const std::span<float> rest(correction.data(), (end - z) * plane);
    rests_[variable].planes(step, z, end, rest);
    float* const corrected = values.values().data() + z * plane;
    parallel_parts("correction", rest.size(), [&](int, std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i)
        if (!std::isnan(rest[i])) corrected[i] += rest[i];
    });
    values.release_memory();
  }
  writer_.write(variable, step, std::move(values));
}

void CorrectingWriter::close() {
  writer_.close();
}

}  // namespace stsr

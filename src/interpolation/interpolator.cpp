#include "stsr/interpolation/interpolator.h"

#include <fmt/format.h>

#include <utility>

#include "stsr/base/error.h"

namespace stsr {

Interpolator::Interpolator(VariableInfo coarse, OutputGrid output,
                           const InterpolationConfig& config, StepReader read)
    : sequence_(std::make_unique<InterpolatedSequence>(std::move(coarse), config, std::move(read))),
      output_(std::move(output)) {
  if (output_.times.empty() || output_.grid.dims.count() == 0)
    throw ValueError("the output grid holds no sample; ask for at least one");
}

VariableInfo Interpolator::info() const {
  const VariableInfo& coarse = sequence_->info();
  return {coarse.name, coarse.unit, output_.grid, output_.times, std::nullopt, coarse.packing};
}

std::vector<float> Interpolator::step(std::size_t step) const {
  std::vector<float> values(output_.grid.dims.count());
  this->step(step, values);
  return values;
}

void Interpolator::step(std::size_t step, std::span<float> out) const {
  if (step >= output_.times.size())
    throw ValueError(
        fmt::format("there is no output step {}; the last is {}", step, output_.times.size() - 1));
  sequence_->sample(output_.times[step], output_, GridSelection::all(output_.grid.dims), out);
}

}  // namespace stsr

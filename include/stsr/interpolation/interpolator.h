#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "stsr/interpolation/interpolated_sequence.h"

namespace stsr {

/// TL (InterpolatedSequence) on the samples and times of one output grid.
class Interpolator {
 public:
  /// @throws ValueError  `coarse` holds no time step, or `output` holds no sample.
  Interpolator(VariableInfo coarse, OutputGrid output, const InterpolationConfig& config,
               StepReader read);

  /// The description of what step() gives.
  [[nodiscard]] VariableInfo info() const;

  /// The values at output.times[step], [nz*ny*nx], x fastest, in the data's unit. Steps may come in
  /// any order; in order, every coarse step is read once. The bits do not depend on the number of
  /// threads. @throws ValueError  `step` does not exist; as InterpolatedSequence.
  [[nodiscard]] std::vector<float> step(std::size_t step) const;
  /// The same into `out`. @throws ShapeError  it has another length; as above.
  void step(std::size_t step, std::span<float> out) const;

 private:
  std::unique_ptr<InterpolatedSequence> sequence_;
  OutputGrid output_;
};

}  // namespace stsr

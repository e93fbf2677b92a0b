#pragma once

#include <span>

#include "stsr/base/progress.h"
#include "stsr/baselines/interpolator.h"
#include "stsr/io/dataset_writer.h"

namespace stsr {

/// Writes all time steps of all interpolators that the writer has not found on disk; interpolator i
/// is variable i of the writer, which the caller closes. Progress counts volumes.
/// @throws Interrupted  progress asks to stop; and what Interpolator and the writer throw.
void write_interpolated(std::span<Interpolator> interpolators, DatasetWriter& writer,
                        Progress& progress);

}  // namespace stsr

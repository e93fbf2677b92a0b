#pragma once

#include <optional>
#include <span>

#include "coarse_samples.h"
#include "data_options.h"
#include "stsr/inference/output_variable.h"
#include "stsr/kernels/precision.h"
#include "stsr/model/model.h"

namespace stsr::app {

/// Writes variables of a model with the processor's engine and logs what was written.
/// @param through  samples that the output shall pass through (CorrectingWriter); none: as the
///                 network gives it
void write_model_outputs(const Model& model, std::span<const OutputVariable> outputs,
                         Precision precision, const OutputPlace& place, bool quiet,
                         const std::optional<CoarseSamples>& through = {});

}  // namespace stsr::app

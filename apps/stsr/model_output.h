#pragma once

#include <span>

#include "data_options.h"
#include "stsr/inference/output_variable.h"
#include "stsr/kernels/precision.h"
#include "stsr/model/model.h"

namespace stsr::app {

/// Writes variables of a model with the processor's engine and logs what was written.
void write_model_outputs(const Model& model, std::span<const OutputVariable> outputs,
                         Precision precision, const OutputPlace& place, bool quiet);

}  // namespace stsr::app

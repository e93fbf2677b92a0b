#pragma once

#include <memory>
#include <span>
#include <string>

#include "stsr/inference/output_variable.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/kernels/precision.h"
#include "stsr/model/model.h"

namespace stsr::app {

/// Writes variables of a model through `writer` with the processor's engine, closes it and logs
/// what was written to `folder`.
void write_model_outputs(const Model& model, std::span<const OutputVariable> outputs,
                         Precision precision, DatasetWriter& writer, const std::string& folder,
                         bool quiet);

}  // namespace stsr::app

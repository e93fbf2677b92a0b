#pragma once

#include <span>
#include <string>

#include "data_options.h"
#include "stsr/inference/field_output.h"

namespace stsr::app {

/// Writes fields and logs what was written.
/// @param label  of the progress, e.g. "writing"
void write_fields(std::span<const FieldOutput> outputs, const OutputPlace& place,
                  const std::string& label, bool quiet);

}  // namespace stsr::app

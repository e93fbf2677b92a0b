#pragma once

#include "stsr/io/format.h"

namespace stsr {

/// Raw volumes (docs/formats.md): numbers without a header of their own, one time step of one
/// variable per file. Written as float32 in the byte order of the machine.
[[nodiscard]] const Format& raw_format();

}  // namespace stsr

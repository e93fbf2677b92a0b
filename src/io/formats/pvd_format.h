#pragma once

#include "stsr/io/format.h"

namespace stsr {

/// VTK time series (docs/formats.md): XML that names a .vti for each time. Written beside .vti.
[[nodiscard]] const Format& pvd_format();

}  // namespace stsr

#pragma once

#include "stsr/io/format.h"

namespace stsr {

/// VTK image data (docs/formats.md), one time step per file; each component of each point array is
/// a variable. Needs VTK, behind the seam of vtk/vtk_image.h.
[[nodiscard]] const Format& vti_format();

}  // namespace stsr

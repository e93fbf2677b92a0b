#pragma once

#include <vtkColorTransferFunction.h>
#include <vtkPiecewiseFunction.h>
#include <vtkSmartPointer.h>

#include "drawing_space.h"
#include "stsr/rendering/transfer_function.h"

namespace stsr {

// Over values as VTK gets them.
[[nodiscard]] vtkSmartPointer<vtkColorTransferFunction> vtk_colours(const TransferFunction& from,
                                                                    const DrawnScale& scale);
[[nodiscard]] vtkSmartPointer<vtkPiecewiseFunction> vtk_opacities(const TransferFunction& from,
                                                                  const DrawnScale& scale);

}  // namespace stsr

#pragma once

#include <vtkColorTransferFunction.h>
#include <vtkPiecewiseFunction.h>
#include <vtkSmartPointer.h>

#include "stsr/rendering/transfer_function.h"

namespace stsr {

[[nodiscard]] vtkSmartPointer<vtkColorTransferFunction> vtk_colours(const TransferFunction& from);
[[nodiscard]] vtkSmartPointer<vtkPiecewiseFunction> vtk_opacities(const TransferFunction& from);

}  // namespace stsr

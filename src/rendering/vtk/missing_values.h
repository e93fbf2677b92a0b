#pragma once

#include <vtkImageData.h>
#include <vtkPolyData.h>
#include <vtkSmartPointer.h>

#include <span>

#include "drawing_space.h"
#include "stsr/volume/grid.h"

namespace stsr {

/// A volume that VTK can draw: no NaN, and where one was.
struct FilledVolume {
  vtkSmartPointer<vtkImageData> image;  ///< a NaN has become the mean of the values around it
  vtkSmartPointer<vtkImageData> mask;   ///< 255 where a value is, 0 where NaN; null without NaN
};

/// @param values  [nz*ny*nx], x fastest
/// @param scale   what VTK gets of them
[[nodiscard]] FilledVolume fill_missing(const Grid& grid, std::span<const float> values,
                                        const DrawnScale& scale);

/// Removes the triangles that lie in a cell with a NaN at one of its eight samples.
void remove_at_missing(vtkPolyData& surface, const Grid& grid, std::span<const float> values);

}  // namespace stsr

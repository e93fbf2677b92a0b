#include "missing_values.h"

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace stsr {

namespace {

vtkSmartPointer<vtkImageData> image_on(const Grid& grid, vtkDataArray& scalars) {
  const auto image = vtkSmartPointer<vtkImageData>::New();
  image->SetDimensions(static_cast<int>(grid.dims.x), static_cast<int>(grid.dims.y),
                       static_cast<int>(grid.dims.z));
  image->SetSpacing(grid.spacing.data());
  image->SetOrigin(grid.origin.data());
  image->GetPointData()->SetScalars(&scalars);
  return image;
}

/// Calls use(index) for the samples at most one step away from (x, y, z) along each axis.
template <class Use>
void around(const Dims& dims, std::size_t x, std::size_t y, std::size_t z, const Use& use) {
  const auto first = [](std::size_t i) { return i == 0 ? 0 : i - 1; };
  for (std::size_t k = first(z); k <= std::min(z + 1, dims.z - 1); ++k)
    for (std::size_t j = first(y); j <= std::min(y + 1, dims.y - 1); ++j)
      for (std::size_t i = first(x); i <= std::min(x + 1, dims.x - 1); ++i)
        use((k * dims.y + j) * dims.x + i);
}

/// The mean of the finite values around a sample; where there are none, `otherwise`, as such a
/// sample is in no cell that is drawn.
double mean_around(const Dims& dims, std::span<const float> values, std::size_t index,
                   double otherwise) {
  double sum = 0.0;
  std::size_t count = 0;
  around(dims, index % dims.x, index / dims.x % dims.y, index / dims.x / dims.y,
         [&](std::size_t at) {
           if (!std::isfinite(values[at])) return;
           sum += values[at];
           ++count;
         });
  return count == 0 ? otherwise : sum / static_cast<double>(count);
}

bool missing(float value) {
  return !std::isfinite(value);
}

bool cell_is_whole(const Dims& dims, std::span<const float> values,
                   const std::array<std::size_t, 3>& cell) {
  for (std::size_t corner = 0; corner < 8; ++corner) {
    const std::size_t x = cell[0] + (corner & 1U);
    const std::size_t y = cell[1] + (corner >> 1U & 1U);
    const std::size_t z = cell[2] + (corner >> 2U & 1U);
    if (missing(values[(z * dims.y + y) * dims.x + x])) return false;
  }
  return true;
}

}  // namespace

FilledVolume fill_missing(const Grid& grid, std::span<const float> values,
                          const DrawnScale& scale) {
  FilledVolume filled;
  const auto count = static_cast<vtkIdType>(values.size());
  vtkNew<vtkFloatArray> scalars;
  scalars->SetNumberOfTuples(count);
  float* out = scalars->GetPointer(0);
  for (std::size_t i = 0; i < values.size(); ++i)
    out[i] = scale.sample(missing(values[i]) ? mean_around(grid.dims, values, i, scale.zero)
                                             : values[i]);
  filled.image = image_on(grid, *scalars.Get());
  if (std::none_of(values.begin(), values.end(), missing)) return filled;
  vtkNew<vtkUnsignedCharArray> present;
  present->SetNumberOfTuples(count);
  unsigned char* is_there = present->GetPointer(0);
  for (std::size_t i = 0; i < values.size(); ++i) is_there[i] = missing(values[i]) ? 0 : 255;
  filled.mask = image_on(grid, *present.Get());
  return filled;
}

void remove_at_missing(vtkPolyData& surface, const Grid& grid, std::span<const float> values) {
  vtkNew<vtkCellArray> kept;
  const vtkIdType count = surface.GetNumberOfCells();
  for (vtkIdType triangle = 0; triangle < count; ++triangle) {
    vtkIdType size = 0;
    const vtkIdType* corners = nullptr;
    surface.GetPolys()->GetCellAtId(triangle, size, corners);
    std::array<std::size_t, 3> cell{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      double centre = 0.0;
      for (vtkIdType c = 0; c < size; ++c) centre += surface.GetPoint(corners[c])[axis] / 3.0;
      const double index = (centre - grid.origin[axis]) / grid.spacing[axis];
      cell[axis] = static_cast<std::size_t>(
          std::clamp(std::floor(index), 0.0, static_cast<double>(grid.dims[axis] - 2)));
    }
    if (cell_is_whole(grid.dims, values, cell)) kept->InsertNextCell(size, corners);
  }
  surface.SetPolys(kept);
}

}  // namespace stsr

#pragma once

#include <vtkDataArray.h>
#include <vtkImageAlgorithm.h>
#include <vtkSmartPointer.h>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "vtk_image.h"

namespace stsr {

/// A copy of the values as the file is to have them, with their name.
[[nodiscard]] vtkSmartPointer<vtkDataArray> unpacked_array(const NamedValues& array,
                                                           std::span<const float> values);

/// How many parts an axis-parallel grid is cut into along y and z so that no part has more than
/// `max_samples` samples, as far as whole rows along x allow; as near to cubes as they get.
/// Neighbours share a face, as pieces of VTK images do.
[[nodiscard]] std::array<std::size_t, 2> piece_counts(const Dims& dims, std::size_t max_samples);

/// Gives an image to a writer one piece after the other, each as a copy that is let go with the
/// next.
class ImagePieces : public vtkImageAlgorithm {
 public:
  static ImagePieces* New();
  vtkTypeMacro(ImagePieces, vtkImageAlgorithm)

      /// Copies the grid and keeps the arrays, which must outlive this.
      void describe(const Grid& grid, std::span<const NamedValues> arrays,
                    const std::array<std::size_t, 2>& counts);

 protected:
  ImagePieces() { SetNumberOfInputPorts(0); }
  int RequestInformation(vtkInformation* request, vtkInformationVector** in,
                         vtkInformationVector* out) override;
  int RequestData(vtkInformation* request, vtkInformationVector** in,
                  vtkInformationVector* out) override;

 private:
  Grid grid_;
  std::span<const NamedValues> arrays_;
  std::array<std::size_t, 2> counts_{1, 1};
};

}  // namespace stsr

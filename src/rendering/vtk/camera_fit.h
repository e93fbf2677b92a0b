#pragma once

#include <array>

#include "stsr/rendering/renderer.h"

class vtkRenderer;

namespace stsr {

/// A camera that shows the whole box of a grid. Vectors are in the grid's unit of length.
struct CameraFit {
  std::array<double, 3> centre;  ///< of the box; in the middle of the picture
  std::array<double, 3> right;   ///< unit vectors of the picture in the world
  std::array<double, 3> up;
  std::array<double, 3> towards;  ///< from the centre to the viewer
  bool parallel = false;
  double distance = 1.0;     ///< of the viewer from the centre
  double half_height = 1.0;  ///< parallel: half of the picture's height
  double view_angle = 30.0;  ///< perspective: degrees, of the picture's height

  /// The vector with these components along right, up and towards.
  [[nodiscard]] std::array<double, 3> to_world(const std::array<double, 3>& in_picture) const;
};

/// @param grid  any extent that is not a point
[[nodiscard]] CameraFit fit_camera(const Grid& grid, const Camera& camera, PictureSize size);

void set_up(vtkRenderer& renderer, const CameraFit& fit);

}  // namespace stsr

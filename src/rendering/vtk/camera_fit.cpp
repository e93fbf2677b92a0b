#include "camera_fit.h"

#include <vtkCamera.h>
#include <vtkRenderer.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stsr {

namespace {

using Vector = std::array<double, 3>;

constexpr double margin = 1.06;  // room around the box, so that lines on its edges are whole

double radians(double degrees) {
  return degrees * std::numbers::pi / 180.0;
}

double dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector combined(double a, const Vector& v, double b, const Vector& w) {
  return {a * v[0] + b * w[0], a * v[1] + b * w[1], a * v[2] + b * w[2]};
}

}  // namespace

std::array<double, 3> CameraFit::to_world(const std::array<double, 3>& in_picture) const {
  Vector world{};
  for (std::size_t i = 0; i < 3; ++i)
    world[i] = in_picture[0] * right[i] + in_picture[1] * up[i] + in_picture[2] * towards[i];
  return world;
}

CameraFit fit_camera(const Grid& grid, const Camera& camera, PictureSize size) {
  CameraFit fit{};
  const double azimuth = radians(camera.azimuth);
  const double elevation = radians(camera.elevation);
  const double roll = radians(camera.roll);
  const Vector flat{std::sin(azimuth), 0.0, std::cos(azimuth)};
  const Vector y{0.0, 1.0, 0.0};
  const Vector side{std::cos(azimuth), 0.0, -std::sin(azimuth)};
  fit.towards = combined(std::cos(elevation), flat, std::sin(elevation), y);
  const Vector upright = combined(-std::sin(elevation), flat, std::cos(elevation), y);
  // The picture's axes turn clockwise, so that what is in it turns anticlockwise.
  fit.right = combined(std::cos(roll), side, -std::sin(roll), upright);
  fit.up = combined(std::sin(roll), side, std::cos(roll), upright);

  Vector half{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double last = static_cast<double>(grid.dims[axis] - 1);
    fit.centre[axis] = grid.position(axis, last / 2.0);
    half[axis] = std::abs(grid.spacing[axis]) * last / 2.0;
  }
  const double aspect = static_cast<double>(size.width) / static_cast<double>(size.height);
  const double tangent = std::tan(radians(camera.view_angle) / 2.0);
  fit.parallel = camera.projection == Projection::parallel;
  fit.half_height = 0.0;
  fit.distance = 0.0;
  for (int corner = 0; corner < 8; ++corner) {
    const Vector to{(corner & 1) != 0 ? half[0] : -half[0], (corner & 2) != 0 ? half[1] : -half[1],
                    (corner & 4) != 0 ? half[2] : -half[2]};
    const double reach =
        margin * std::max(std::abs(dot(to, fit.right)) / aspect, std::abs(dot(to, fit.up)));
    fit.half_height = std::max(fit.half_height, reach);
    fit.distance = std::max(fit.distance, dot(to, fit.towards) + reach / tangent);
  }
  fit.half_height /= camera.zoom;
  if (fit.parallel) fit.distance = 4.0 * std::hypot(half[0], half[1], half[2]);
  fit.view_angle = 2.0 * std::atan(tangent / camera.zoom) * 180.0 / std::numbers::pi;
  return fit;
}

void set_up(vtkRenderer& renderer, const CameraFit& fit) {
  vtkCamera& camera = *renderer.GetActiveCamera();
  const Vector eye = combined(1.0, fit.centre, fit.distance, fit.towards);
  camera.SetFocalPoint(fit.centre.data());
  camera.SetPosition(eye.data());
  camera.SetViewUp(fit.up.data());
  camera.SetParallelProjection(fit.parallel ? 1 : 0);
  camera.SetParallelScale(fit.half_height);
  camera.SetViewAngle(fit.view_angle);
}

}  // namespace stsr

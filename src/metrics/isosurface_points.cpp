#include <fmt/format.h>

#include <cmath>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/metrics/chamfer.h"

namespace stsr {

namespace {

/// Finds the crossings of the edges that begin in one plane.
class PlaneCrossings {
 public:
  PlaneCrossings(const Dims& dims, std::span<const float> values, std::span<const float> also,
                 double isovalue)
      : dims_(dims), values_(values), also_(also), isovalue_(isovalue) {}

  [[nodiscard]] std::vector<VoxelPoint> in_plane(std::size_t z) const {
    std::vector<VoxelPoint> points;
    for (std::size_t y = 0; y < dims_.y; ++y)
      for (std::size_t x = 0; x < dims_.x; ++x) {
        const std::size_t i = (z * dims_.y + y) * dims_.x + x;
        const VoxelPoint at{static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)};
        if (x + 1 < dims_.x) add_crossing(i, i + 1, at, 0, points);
        if (y + 1 < dims_.y) add_crossing(i, i + dims_.x, at, 1, points);
        if (z + 1 < dims_.z) add_crossing(i, i + dims_.x * dims_.y, at, 2, points);
      }
    return points;
  }

 private:
  [[nodiscard]] bool held(std::size_t i) const {
    return std::isfinite(values_[i]) && (also_.empty() || std::isfinite(also_[i]));
  }

  void add_crossing(std::size_t i, std::size_t next, VoxelPoint at, std::size_t axis,
                    std::vector<VoxelPoint>& points) const {
    const double a = values_[i];
    const double b = values_[next];
    if ((a >= isovalue_) == (b >= isovalue_) || !held(i) || !held(next)) return;
    at[axis] += (isovalue_ - a) / (b - a);
    points.push_back(at);
  }

  Dims dims_;
  std::span<const float> values_;
  std::span<const float> also_;
  double isovalue_;
};

}  // namespace

std::vector<VoxelPoint> isosurface_points(const Dims& dims, std::span<const float> values,
                                          double isovalue, std::span<const float> also) {
  for (const std::span<const float>& span : {values, also.empty() ? values : also})
    if (span.size() != dims.count())
      throw ShapeError(fmt::format("a volume of {} x {} x {} samples needs {} values, got {}",
                                   dims.x, dims.y, dims.z, dims.count(), span.size()));
  if (!std::isfinite(isovalue))
    throw ValueError(fmt::format("the isovalue must be a finite number, got {}", isovalue));
  const PlaneCrossings crossings(dims, values, also, isovalue);
  std::vector<std::vector<VoxelPoint>> planes(dims.z);
  parallel_for("isosurface points", dims.z,
               [&](std::size_t z) { planes[z] = crossings.in_plane(z); });
  std::vector<VoxelPoint> points;
  for (std::vector<VoxelPoint>& plane : planes) {
    points.insert(points.end(), plane.begin(), plane.end());
    plane = {};
  }
  return points;
}

}  // namespace stsr

#include "stsr/metrics/chamfer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nanoflann.hpp>

#include "stsr/base/parallel.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

/// Points whose distances one sum adds up: fixed, so that the bits do not depend on the threads.
constexpr std::size_t block_size = 1024;

/// How nanoflann sees points; its names.
struct PointSet {
  std::span<const VoxelPoint> points;

  [[nodiscard]] std::size_t kdtree_get_point_count() const { return points.size(); }
  [[nodiscard]] double kdtree_get_pt(std::size_t i, std::size_t axis) const {
    return points[i][axis];
  }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

class NearestPoint {
 public:
  explicit NearestPoint(std::span<const VoxelPoint> points) : set_{points}, tree_(3, set_) {}

  [[nodiscard]] double distance(const VoxelPoint& point) const {
    std::size_t index = 0;
    double squared = 0.0;
    tree_.knnSearch(point.data(), 1, &index, &squared);
    return std::sqrt(squared);
  }

 private:
  using Metric = nanoflann::L2_Simple_Adaptor<double, PointSet>;

  PointSet set_;
  nanoflann::KDTreeSingleIndexAdaptor<Metric, PointSet, 3, std::size_t> tree_;
};

double mean_distance(std::span<const VoxelPoint> from, const NearestPoint& to) {
  std::vector<double> sums(ceil_divide(from.size(), block_size));
  parallel_for("chamfer distance", sums.size(), [&](std::size_t b) {
    const std::size_t begin = b * block_size;
    for (const VoxelPoint& point : from.subspan(begin, std::min(block_size, from.size() - begin)))
      sums[b] += to.distance(point);
  });
  double sum = 0.0;
  for (const double part : sums) sum += part;
  return sum / static_cast<double>(from.size());
}

}  // namespace

std::optional<double> chamfer_distance(std::span<const VoxelPoint> truth,
                                       std::span<const VoxelPoint> result) {
  if (truth.empty() || result.empty()) return std::nullopt;
  std::array<std::unique_ptr<NearestPoint>, 2> trees;
  parallel_for("chamfer trees", 2, [&](std::size_t i) {
    trees[i] = std::make_unique<NearestPoint>(i == 0 ? truth : result);
  });
  return mean_distance(truth, *trees[1]) + mean_distance(result, *trees[0]);
}

std::optional<double> isosurface_distance(const Dims& dims, std::span<const float> truth,
                                          std::span<const float> result, double isovalue) {
  return chamfer_distance(isosurface_points(dims, truth, isovalue, result),
                          isosurface_points(dims, result, isovalue, truth));
}

}  // namespace stsr

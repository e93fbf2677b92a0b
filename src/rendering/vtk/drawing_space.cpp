#include "drawing_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "stsr/base/error.h"

namespace stsr {

namespace {

/// Thinner boxes drown in the rounding of single precision.
constexpr double longest_to_shortest = 1e5;

}  // namespace

Grid drawn_grid(const Grid& grid) {
  // Spacings are divided by the largest first: an edge may be longer than a number can say.
  double largest = 0.0;
  for (const double spacing : grid.spacing) {
    if (!(std::isfinite(spacing) && spacing != 0.0))
      throw ValueError(
          fmt::format("the spacing of a volume to draw must be finite and not 0, got {} {} {}",
                      grid.spacing[0], grid.spacing[1], grid.spacing[2]));
    largest = std::max(largest, std::abs(spacing));
  }
  std::array<double, 3> edges{};
  for (std::size_t axis = 0; axis < 3; ++axis)
    edges[axis] = std::abs(grid.spacing[axis]) / largest * static_cast<double>(grid.dims[axis] - 1);
  const auto [shortest, longest] = std::minmax_element(edges.begin(), edges.end());
  if (!(*longest <= longest_to_shortest * *shortest))
    throw ValueError(fmt::format(
        "the edges of a volume to draw may differ in length by a factor of {} at most, and spacing "
        "{} {} {} makes it {:.3g}; choose another unit along an axis",
        longest_to_shortest, grid.spacing[0], grid.spacing[1], grid.spacing[2],
        *longest / *shortest));
  Grid drawn{grid.dims};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    // Single precision here hides how the same spacing is rounded in another unit.
    drawn.spacing[axis] = static_cast<float>(grid.spacing[axis] / largest / *longest);
    drawn.origin[axis] = -drawn.spacing[axis] * (static_cast<double>(grid.dims[axis] - 1) / 2.0);
  }
  return drawn;
}

float DrawnScale::sample(double value) const {
  return static_cast<float>(std::clamp((*this)(value), -farthest, farthest));
}

DrawnScale scale_of(const TransferFunction& transfer, std::span<const float> values) {
  // VTK's tables of colours and opacities span all samples, and have some thousand entries.
  constexpr double ranges_outside = 1000.0;
  const double first = std::min(transfer.colours.front().x, transfer.opacities.front().x);
  const double last = std::max(transfer.colours.back().x, transfer.opacities.back().x);
  if (first < last) return {first, last - first, ranges_outside};
  // All points lie at one value: all that counts is on which side of it others lie.
  double largest = 0.0;
  for (const float value : values)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value - first));
  return {first, largest > 0.0 ? largest : 1.0, 1.0};
}

DrawnScale scale_around(double isovalue, std::span<const float> values) {
  // The mean of the exponents, which outliers do not move; a power of two rounds nothing.
  constexpr double far = 1e12;
  double sum = 0.0;
  std::size_t count = 0;
  for (const float value : values) {
    const double distance = value - isovalue;
    if (distance == 0.0 || !std::isfinite(value)) continue;
    sum += std::ilogb(distance);
    ++count;
  }
  const double exponent = count == 0 ? 0.0 : std::round(sum / static_cast<double>(count));
  return {isovalue, std::exp2(exponent), far};
}

}  // namespace stsr

#include "stsr/rendering/transfer_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "stsr/base/error.h"

namespace stsr {

namespace {

template <class Point>
void check_order(const std::vector<Point>& points, const char* what) {
  if (points.empty())
    throw ValueError(fmt::format("a transfer function needs a point of {}", what));
  double before = points.front().x;
  for (const Point& point : points) {
    if (!std::isfinite(point.x))
      throw ValueError(fmt::format("the x of a point of {} must be finite, got {}", what, point.x));
    if (point.x < before)
      throw ValueError(
          fmt::format("points of {} must be in ascending order of x, but {} follows {}", what,
                      point.x, before));
    before = point.x;
  }
}

void check_fraction(double value, const char* what, double x) {
  if (!(value >= 0.0 && value <= 1.0))
    throw ValueError(fmt::format("{} must be in [0, 1], got {} at x = {}", what, value, x));
}

}  // namespace

void TransferFunction::check() const {
  check_order(colours, "colour");
  check_order(opacities, "opacity");
  const double first = std::min(colours.front().x, opacities.front().x);
  const double last = std::max(colours.back().x, opacities.back().x);
  if (!std::isfinite(last - first))
    throw ValueError(fmt::format(
        "the points of a transfer function must not lie as far apart as {} and {}", first, last));
  for (const ColourPoint& point : colours)
    for (const double part : point.rgb) check_fraction(part, "red, green and blue", point.x);
  for (const OpacityPoint& point : opacities) {
    check_fraction(point.opacity, "an opacity", point.x);
    check_fraction(point.midpoint, "a midpoint", point.x);
    check_fraction(point.sharpness, "a sharpness", point.x);
  }
}

TransferFunction TransferFunction::scaled_to(double lo, double hi) const {
  check();
  if (!(std::isfinite(lo) && std::isfinite(hi) && lo < hi))
    throw ValueError(fmt::format(
        "a transfer function must be scaled to a range [lo, hi] with lo < hi, got [{}, {}]", lo,
        hi));
  double first = 0.0;
  double last = 1.0;
  if (over == TransferDomain::values) {
    first = std::min(colours.front().x, opacities.front().x);
    last = std::max(colours.back().x, opacities.back().x);
    if (!(first < last))
      throw ValueError(fmt::format(
          "a transfer function whose points all lie at {} cannot be scaled to a range", first));
  }
  TransferFunction scaled = *this;
  scaled.over = TransferDomain::values;
  const auto place = [&](double x) { return std::lerp(lo, hi, (x - first) / (last - first)); };
  for (ColourPoint& point : scaled.colours) point.x = place(point.x);
  for (OpacityPoint& point : scaled.opacities) point.x = place(point.x);
  return scaled;
}

}  // namespace stsr

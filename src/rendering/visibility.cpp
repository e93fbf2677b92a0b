#include "stsr/rendering/visibility.h"

#include <cmath>

#include "stsr/volume/value_range.h"

namespace stsr {

namespace {

/// True where the surface goes through the cell between sample (x, y, z) and the next ones.
bool crosses_cell(const Dims& dims, std::span<const float> values, double isovalue, std::size_t x,
                  std::size_t y, std::size_t z) {
  bool above = false;
  bool below = false;
  for (std::size_t corner = 0; corner < 8; ++corner) {
    const std::size_t at =
        ((z + (corner >> 2U)) * dims.y + y + (corner >> 1U & 1U)) * dims.x + x + (corner & 1U);
    if (!std::isfinite(values[at])) return false;
    (values[at] >= isovalue ? above : below) = true;
  }
  return above && below;
}

}  // namespace

bool isosurface_is_empty(const Dims& dims, std::span<const float> values, double isovalue) {
  const ValueRange range = finite_range(values);
  if (!(range.low < isovalue && isovalue <= range.high)) return true;
  for (std::size_t z = 0; z + 1 < dims.z; ++z)
    for (std::size_t y = 0; y + 1 < dims.y; ++y)
      for (std::size_t x = 0; x + 1 < dims.x; ++x)
        if (crosses_cell(dims, values, isovalue, x, y, z)) return false;
  return true;
}

bool volume_is_transparent(std::span<const float> values, const TransferFunction& transfer) {
  const ValueRange range = finite_range(values);
  if (!range.holds_values()) return true;
  const auto& points = transfer.opacities;
  if (range.low < points.front().x && points.front().opacity > 0.0) return false;
  if (range.high > points.back().x && points.back().opacity > 0.0) return false;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const OpacityPoint& point = points[i];
    if (point.opacity > 0.0 && range.low <= point.x && point.x <= range.high) return false;
    if (i + 1 == points.size()) break;
    const OpacityPoint& next = points[i + 1];
    const bool between = range.low < next.x && point.x < range.high;
    if (between && (point.opacity > 0.0 || next.opacity > 0.0)) return false;
  }
  return true;
}

}  // namespace stsr

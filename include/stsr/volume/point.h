#pragma once

namespace stsr {

/// A place and a moment, in the data's units of length and time. In memory as four doubles
/// (t, z, y, x), the order of the network's coordinates.
struct Point {
  double t = 0.0;
  double z = 0.0;
  double y = 0.0;
  double x = 0.0;
};
static_assert(sizeof(Point) == 4 * sizeof(double));

}  // namespace stsr

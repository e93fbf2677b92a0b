#include <limits>

#include "dual.h"
#include "fields.h"

namespace stsr::analytic {

namespace {

/// Velocity relative to the vortex of unit radius at the origin; continuous at r = 1.
Vector<double> velocity(double x, double y, double z, double speed) {
  const double s_squared = x * x + y * y;
  const double r_squared = s_squared + z * z;
  if (r_squared <= 1.0) {
    const double radial = 1.5 * speed * z;
    return {radial * x, radial * y, 1.5 * speed * (1.0 - 2.0 * s_squared - z * z)};
  }
  const double r5 = r_squared * r_squared * std::sqrt(r_squared);
  const double radial = 3.0 * speed * z / (2.0 * r5);
  return {radial * x, radial * y, -speed * (1.0 - (2.0 * z * z - s_squared) / (2.0 * r5))};
}

Vector<double> at(double x, double y, double z, double time, double speed) {
  return velocity(x, y, z - speed * time, speed);
}

double u(double x, double y, double z, double t, double speed) {
  return at(x, y, z, t, speed).x;
}
double v(double x, double y, double z, double t, double speed) {
  return at(x, y, z, t, speed).y;
}
double w(double x, double y, double z, double t, double speed) {
  return at(x, y, z, t, speed).z;
}
double magnitude(double x, double y, double z, double t, double speed) {
  return length(at(x, y, z, t, speed));
}

/// The curl in closed form: 15/2 U s around the axis inside, none outside.
double vorticity(double x, double y, double z, double t, double speed) {
  const double height = z - speed * t;
  const double s_squared = x * x + y * y;
  return s_squared + height * height <= 1.0 ? 7.5 * std::abs(speed) * std::sqrt(s_squared) : 0.0;
}

}  // namespace

AnalyticField hill() {
  return {
      .name = "hill",
      .description = "Hill's spherical vortex of unit radius, moving along z",
      .variables = {{"speed", magnitude}, {"u", u}, {"v", v}, {"w", w}, {"vorticity", vorticity}},
      .parameter = "U",
      .parameter_default = 1.0,
      .parameter_low = std::numeric_limits<double>::lowest(),
      .domain = {{-2.0, -2.0, -2.0}, {2.0, 2.0, 4.0}},
      .time_step = 0.05};
}

}  // namespace stsr::analytic

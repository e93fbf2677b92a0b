#include "dual.h"
#include "fields.h"

namespace stsr::analytic {

namespace {

using std::abs;
using std::cos;
using std::sin;
using std::sqrt;

/// Velocity at (x, y, z) in the unit cube. Source: R. Crawfis, tornado.c.
template <class Number>
Vector<Number> velocity(const Number& x, const Number& y, const Number& z, double tau) {
  // The core winds around a curve (x_c, y_c) that turns with height and time.
  const Number x_c = 0.5 + 0.1 * sin(0.04 * tau + 10.0 * z);
  const Number y_c = 0.5 + 0.1 * cos(0.03 * tau + 3.0 * z);
  const Number dx = x - x_c;
  const Number dy = y - y_c;
  // Radius of the funnel and width of its wall at this height.
  const Number r = 0.1 + 0.4 * (z * z) + 0.1 * z * sin(8.0 * z);
  const Number r2 = 0.2 + 0.1 * z;
  const Number rho = sqrt(dx * dx + dy * dy);
  const Number d = abs(r - rho);
  const Number g = plain(d) > plain(r2) ? Number(0.8 - d) : Number(1.0);
  const Number zeta = positive_part(0.1 * (0.1 - rho * z));
  const Number big_r = sqrt(rho * rho + zeta * zeta);
  const Number s = (r + r2 - big_r) * g / ((big_r + 1e-11) * (1.0 + z));
  return {s * dy + 0.1 * dx, 0.1 * dy - s * dx, s * zeta};
}

Vector<double> at(double x, double y, double z, double tau) {
  return velocity(x, y, z, tau);
}

double speed(double x, double y, double z, double tau, double) {
  return length(at(x, y, z, tau));
}
double u(double x, double y, double z, double tau, double) {
  return at(x, y, z, tau).x;
}
double v(double x, double y, double z, double tau, double) {
  return at(x, y, z, tau).y;
}
double w(double x, double y, double z, double tau, double) {
  return at(x, y, z, tau).z;
}
double vorticity(double x, double y, double z, double tau, double) {
  return length(
      curl([tau](const Dual& a, const Dual& b, const Dual& c) { return velocity(a, b, c, tau); }, x,
           y, z));
}

}  // namespace

AnalyticField tornado() {
  return {.name = "tornado",
          .description = "R. Crawfis's tornado, a winding funnel in the unit cube",
          .variables = {{"speed", speed}, {"u", u}, {"v", v}, {"w", w}, {"vorticity", vorticity}},
          .parameter = "",
          .domain = {{0.0, 0.0, 0.0}, {1.0, 1.0, 1.0}},
          .time_step = 1.0};
}

}  // namespace stsr::analytic

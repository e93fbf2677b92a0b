#include <numbers>

#include "dual.h"
#include "fields.h"

namespace stsr::analytic {

namespace {

using std::cos;
using std::exp;
using std::sin;

constexpr double a = std::numbers::pi / 4.0;
constexpr double d = std::numbers::pi / 2.0;

double decay(double time, double nu) {
  return std::exp(-nu * d * d * time);
}

/// One component without the decay; the others follow by x -> y -> z -> x.
template <class Number>
Number component(const Number& x, const Number& y, const Number& z) {
  return -a * (exp(a * x) * sin(a * y + d * z) + exp(a * z) * cos(a * x + d * y));
}

/// Velocity without the decay in time. Source: Ethier & Steinman 1994.
template <class Number>
Vector<Number> velocity(const Number& x, const Number& y, const Number& z) {
  return {component(x, y, z), component(y, z, x), component(z, x, y)};
}

Vector<double> curl_at(double x, double y, double z) {
  return curl([](const Dual& p, const Dual& q, const Dual& r) { return velocity(p, q, r); }, x, y,
              z);
}

double u(double x, double y, double z, double t, double nu) {
  return decay(t, nu) * component(x, y, z);
}
double v(double x, double y, double z, double t, double nu) {
  return decay(t, nu) * component(y, z, x);
}
double w(double x, double y, double z, double t, double nu) {
  return decay(t, nu) * component(z, x, y);
}
double speed(double x, double y, double z, double t, double nu) {
  return decay(t, nu) * length(velocity(x, y, z));
}
double vorticity(double x, double y, double z, double t, double nu) {
  return decay(t, nu) * length(curl_at(x, y, z));
}
double helicity(double x, double y, double z, double t, double nu) {
  const Vector<double> vel = velocity(x, y, z);
  const Vector<double> rot = curl_at(x, y, z);
  return decay(t, nu) * decay(t, nu) * (vel.x * rot.x + vel.y * rot.y + vel.z * rot.z);
}

double p(double x, double y, double z, double t, double nu) {
  const double squares = exp(2.0 * a * x) + exp(2.0 * a * y) + exp(2.0 * a * z);
  const double mixed = sin(a * x + d * y) * cos(a * z + d * x) * exp(a * (y + z)) +
                       sin(a * y + d * z) * cos(a * x + d * y) * exp(a * (z + x)) +
                       sin(a * z + d * x) * cos(a * y + d * z) * exp(a * (x + y));
  return -0.5 * a * a * (squares + 2.0 * mixed) * decay(t, nu) * decay(t, nu);
}

}  // namespace

AnalyticField ethier_steinman() {
  return {.name = "ethier-steinman",
          .description = "exact decaying Navier-Stokes flow of Ethier and Steinman",
          .variables = {{"speed", speed},
                        {"u", u},
                        {"v", v},
                        {"w", w},
                        {"p", p},
                        {"vorticity", vorticity},
                        {"helicity", helicity}},
          .parameter = "nu",
          .parameter_default = 0.1,
          .domain = {{-1.0, -1.0, -1.0}, {1.0, 1.0, 1.0}},
          .time_step = 0.05};
}

}  // namespace stsr::analytic

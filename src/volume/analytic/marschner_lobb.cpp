#include <cmath>
#include <numbers>

#include "fields.h"

namespace stsr::analytic {

namespace {

/// Source: Marschner & Lobb 1994, with a = 1/4; the time is added to the phase of the ripple.
double density(double x, double y, double z, double time, double f) {
  constexpr double pi = std::numbers::pi;
  constexpr double a = 0.25;
  const double s = std::hypot(x, y);
  const double ripple = std::cos(2.0 * pi * f * std::cos(pi * s / 2.0) + time);
  return (1.0 - std::sin(pi * z / 2.0) + a * (1.0 + ripple)) / (2.0 * (1.0 + a));
}

}  // namespace

AnalyticField marschner_lobb() {
  return {.name = "marschner-lobb",
          .description = "the Marschner-Lobb test signal with a travelling ripple",
          .variables = {{"density", density}},
          .parameter = "f",
          .parameter_default = 6.0,
          .domain = {{-1.0, -1.0, -1.0}, {1.0, 1.0, 1.0}},
          .time_step = 0.1};
}

}  // namespace stsr::analytic

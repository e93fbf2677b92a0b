#pragma once

#include <array>
#include <cmath>

namespace stsr::analytic {

/// A number with its derivatives along x, y, z (forward automatic differentiation): velocities
/// written once over a number type give their exact curl. Kinks take one side's derivative.
struct Dual {
  double value = 0.0;
  std::array<double, 3> derivative{};

  Dual() = default;
  Dual(double constant) : value(constant) {}  // NOLINT: constants mix freely with variables
  Dual(double v, const std::array<double, 3>& d) : value(v), derivative(d) {}

  /// The coordinate along `axis` at `v`.
  static Dual coordinate(double v, std::size_t axis) {
    Dual result(v);
    result.derivative[axis] = 1.0;
    return result;
  }
};

/// f(a, b) given its value and both partial derivatives.
inline Dual chain(double value, double by_a, const Dual& a, double by_b, const Dual& b) {
  return {value,
          {by_a * a.derivative[0] + by_b * b.derivative[0],
           by_a * a.derivative[1] + by_b * b.derivative[1],
           by_a * a.derivative[2] + by_b * b.derivative[2]}};
}

inline Dual chain(double value, double by_a, const Dual& a) {
  return {value, {by_a * a.derivative[0], by_a * a.derivative[1], by_a * a.derivative[2]}};
}

inline Dual operator+(const Dual& a, const Dual& b) {
  return chain(a.value + b.value, 1, a, 1, b);
}
inline Dual operator-(const Dual& a, const Dual& b) {
  return chain(a.value - b.value, 1, a, -1, b);
}
inline Dual operator-(const Dual& a) {
  return chain(-a.value, -1, a);
}
inline Dual operator*(const Dual& a, const Dual& b) {
  return chain(a.value * b.value, b.value, a, a.value, b);
}
inline Dual operator/(const Dual& a, const Dual& b) {
  const double quotient = a.value / b.value;
  return chain(quotient, 1.0 / b.value, a, -quotient / b.value, b);
}

inline Dual sin(const Dual& a) {
  return chain(std::sin(a.value), std::cos(a.value), a);
}
inline Dual cos(const Dual& a) {
  return chain(std::cos(a.value), -std::sin(a.value), a);
}
inline Dual exp(const Dual& a) {
  return chain(std::exp(a.value), std::exp(a.value), a);
}
inline Dual abs(const Dual& a) {
  return chain(std::abs(a.value), a.value < 0.0 ? -1.0 : 1.0, a);
}
inline Dual sqrt(const Dual& a) {
  const double root = std::sqrt(a.value);
  return chain(root, root > 0.0 ? 0.5 / root : 0.0, a);
}
/// max(0, a)
inline Dual positive_part(const Dual& a) {
  return a.value > 0.0 ? a : Dual(0.0);
}

inline double positive_part(double a) {
  return a > 0.0 ? a : 0.0;
}
inline double plain(double a) {
  return a;
}
inline double plain(const Dual& a) {
  return a.value;
}

/// A vector over a number type.
template <class Number>
struct Vector {
  Number x, y, z;
};

inline double length(const Vector<double>& v) {
  return std::hypot(v.x, v.y, v.z);
}

/// Curl of velocity(x, y, z), a function over any number type, at a point.
template <class Velocity>
Vector<double> curl(const Velocity& velocity, double x, double y, double z) {
  const Vector<Dual> v =
      velocity(Dual::coordinate(x, 0), Dual::coordinate(y, 1), Dual::coordinate(z, 2));
  return {v.z.derivative[1] - v.y.derivative[2], v.x.derivative[2] - v.z.derivative[0],
          v.y.derivative[0] - v.x.derivative[1]};
}

}  // namespace stsr::analytic

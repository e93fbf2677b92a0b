#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stsr/volume/output_grid.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// One quantity of an analytic field, dimensionless like all of them.
struct AnalyticVariable {
  std::string name;
  /// Its value at a point of the domain, in double; `parameter` as the field names it.
  double (*value)(double x, double y, double z, double time, double parameter) = nullptr;
};

/// A field known in closed form at every point and time (method section 10).
///  - tornado (R. Crawfis): speed, u, v, w, vorticity; its time step is 1.
///  - ethier-steinman: exact unsteady Navier-Stokes, speed, u, v, w, p, vorticity, helicity;
///    the viscosity nu makes an ensemble.
///  - hill: Hill's spherical vortex, whose centre moves along z with speed U; velocities are
///    relative to the vortex: speed, u, v, w, vorticity.
///  - marschner-lobb: density, a ripple of frequency f whose phase (radians) is the time; at 0 it
///    is the published signal.
/// `vorticity` is the magnitude of the curl, from exact derivatives (automatic differentiation);
/// at the tornado's jump (d = r2) it is that of the side the point belongs to.
struct AnalyticField {
  std::string name;
  std::string description;
  std::vector<AnalyticVariable> variables;
  std::string parameter;  ///< its name; empty where there is none
  double parameter_default = 0.0;
  double parameter_low = 0.0;  ///< smallest that makes sense
  Box domain;
  double time_step = 1.0;  ///< between two steps; the first is at time 0
};

/// All of them, in the order of the documentation.
[[nodiscard]] const std::vector<AnalyticField>& analytic_fields();

/// @throws ValueError  with the nearest name.
[[nodiscard]] const AnalyticField& find_analytic_field(const std::string& name);

/// What to sample.
struct AnalyticRequest {
  Dims dims{64, 64, 64};
  std::size_t steps = 1;
  std::vector<std::string> variables = {};  ///< empty: the field's first
  std::vector<double> parameters = {};      ///< empty: the default; several: an ensemble
  std::optional<double> time_step = {};     ///< default: the field's
};

/// A field sampled on a uniform grid. Sample i of N along an axis lies at i / (N - 1) of the
/// domain; a single sample lies in its middle. With several parameters there is one variable a
/// member and quantity, named e.g. `speed nu=0.01`.
class AnalyticSequence {
 public:
  /// @throws ValueError  unknown or repeated variables, dimensions or steps of 0, parameters that
  ///   are not finite, too small, repeated or not known to the field, a time step not above 0;
  ///   ShapeError where the number of samples overflows.
  AnalyticSequence(const AnalyticField& field, const AnalyticRequest& request);

  [[nodiscard]] const std::vector<VariableInfo>& variables() const { return infos_; }

  /// [nz*ny*nx], x fastest, computed in double and rounded once. @throws ValueError  where the
  /// variable or step does not exist.
  [[nodiscard]] std::vector<float> sample(std::size_t variable, std::size_t step) const;

 private:
  struct Source {
    AnalyticVariable variable;
    double parameter;
  };
  std::vector<VariableInfo> infos_;
  std::vector<Source> sources_;
};

}  // namespace stsr

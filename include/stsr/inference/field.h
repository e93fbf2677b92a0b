#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "stsr/volume/grid_selection.h"
#include "stsr/volume/output_grid.h"
#include "stsr/volume/point.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// A function of space and time that can be asked for the value of its variables anywhere, in the
/// data's units: a trained network, an interpolation, or one made of others. Safe to use from
/// several threads; each call runs in parallel.
///
///     const auto field = stsr::open_field("wake.stsr");
///     field->evaluate(points, 0, values);
///     field->step(0, 6.25, stsr::output_grid(field->variables()[0], {.space = {{4, 4, 4}}}),
///     volume);
class Field {
 public:
  /// Called with the number of values that were just written; may throw to stop.
  using Advanced = std::function<void(std::size_t)>;

  virtual ~Field() = default;

  /// Name and unit of each variable, and the coarse grid, times and reduction behind it: what
  /// output_grid asks for.
  [[nodiscard]] virtual const std::vector<VariableInfo>& variables() const = 0;

  /// Values at any points; NaN where a value is missing and outside of the data's extent (within
  /// 1e-6 of a grid spacing). Before the first and after the last time, a network extrapolates and
  /// an interpolation holds its values.
  /// @param points    [n], in the data's units of length and time
  /// @param variable  index into variables()
  /// @param out       [n], written
  /// @throws ShapeError  the lengths differ; ValueError  there is no such variable; NumericError
  ///   a network gives a value that is not finite.
  virtual void evaluate(std::span<const Point> points, std::size_t variable,
                        std::span<float> out) const = 0;

  /// Part of a regular grid at one time, for several variables at once: samples of a grid share
  /// passes of a network, and so do variables that are evaluated_together(). NaN where missing.
  /// @param chosen  indices into variables(), which share their samples in space and time
  /// @param grid    made by output_grid for their coarse grid
  /// @param out     [chosen][part.dims()], x fastest, written
  /// Errors as above; ValueError  `part` lies outside of the grid, or `time` is not finite; and
  /// what `advanced` throws.
  virtual void sample(std::span<const std::size_t> chosen, double time, const OutputGrid& grid,
                      const GridSelection& part, std::span<float> out,
                      const Advanced& advanced = {}) const = 0;

  /// The whole of a grid, or a part, for one variable.
  void step(std::size_t variable, double time, const OutputGrid& grid, std::span<float> out) const;
  void step(std::size_t variable, double time, const OutputGrid& grid, const GridSelection& part,
            std::span<float> out) const;

  /// A grid in pieces of whole rows and at most about `max_samples` samples, such that nothing is
  /// evaluated twice: the way to compute a time step in bounded memory. Here: planes, or rows where
  /// a plane is too large. @throws ValueError  there is no such variable.
  [[nodiscard]] virtual std::vector<GridSelection> pieces(std::size_t variable,
                                                          const OutputGrid& grid,
                                                          std::size_t max_samples) const;

  /// Whether two variables cost little more than one where they are sampled on the same grid.
  [[nodiscard]] virtual bool evaluated_together(std::size_t /*a*/, std::size_t /*b*/) const {
    return false;
  }

  /// Tells all that the values depend on from anything else (base/fingerprint.h). The number of
  /// threads and the instruction set do not count; they change values by rounding at most.
  [[nodiscard]] virtual std::string fingerprint() const = 0;

 protected:
  /// @throws ValueError  there is no such variable.
  void check(std::size_t variable) const;
  /// @throws ShapeError  as evaluate(); ValueError  as evaluate().
  void check(std::span<const Point> points, std::size_t variable, std::span<float> out) const;
  /// The same for sample(), but for the place of the part. @return samples of one variable
  [[nodiscard]] std::size_t check(std::span<const std::size_t> chosen, double time,
                                  const GridSelection& part, std::span<float> out) const;
};

/// Whether a point lies within the extent of a variable's grid before its reduction, in space
/// (within 1e-6 of a coarse grid spacing), and has a finite time.
[[nodiscard]] bool within_extent(const VariableInfo& info, const Point& point);

}  // namespace stsr

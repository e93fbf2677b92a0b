#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "stsr/base/config_field.h"
#include "stsr/volume/grid_selection.h"
#include "stsr/volume/output_grid.h"
#include "stsr/volume/point.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// Where interpolation believes a coarse sample to lie. `aligned`: where strided sampling took it,
/// at fine position i s. `half_pixel`: the convention of image resizers, in which samples are
/// cells that share the outer border: fine sample i reads coarse position (i + 1/2)/s - 1/2. It
/// mis-registers strided data by (s-1)/2 fine samples and is there to compare with the literature.
/// On a grid whose spacing is not 1/s of the coarse one, that spacing takes the place of 1/s.
enum class Registration { aligned, half_pixel };

template <>
struct EnumNames<Registration> {
  static constexpr std::array<EnumTable<Registration>, 2> values{
      {{Registration::aligned, "aligned"}, {Registration::half_pixel, "half-pixel"}}};
};

/// The weight of coarse samples along one axis; all reproduce the coarse samples.
///  - linear: two samples.
///  - catmull_rom: the cubic convolution kernel with a = -1/2, four samples.
///  - b_spline: the cubic spline through all samples (twice differentiable), by prefiltering.
/// The volume continues with its border values, and positions outside are clamped to the border.
/// b_spline equals scipy.ndimage.map_coordinates(order=3, mode="nearest") at clamped positions. It
/// is the default because it scored best on simulation output: at u_s = 2, u_t = 3, mean dB over
/// all steps (linear, catmull_rom, b_spline): half cylinder at Re 160 32.39, 33.31, 33.53; at Re
/// 640 31.43, 32.20, 32.36; viscous fingers 32.95, 33.54, 33.65. On the discontinuous speed of the
/// tornado, 128^3 x 48, catmull_rom is a little better: 36.51, 36.68, 36.57.
enum class InterpolationKernel { linear, catmull_rom, b_spline };

template <>
struct EnumNames<InterpolationKernel> {
  static constexpr std::array<EnumTable<InterpolationKernel>, 3> values{
      {{InterpolationKernel::linear, "linear"},
       {InterpolationKernel::catmull_rom, "catmull-rom"},
       {InterpolationKernel::b_spline, "b-spline"}}};
};

struct InterpolationConfig {
  Registration registration = Registration::aligned;
  InterpolationKernel kernel = InterpolationKernel::b_spline;
};

/// Gives the values of one coarse time step, [nz*ny*nx], x fastest, NaN where missing.
using StepReader = std::function<std::vector<float>(std::size_t step)>;

/// TL, the baseline, as a function of space and time: a separable kernel in space, then linear in
/// time; before the first and after the last coarse step, that step is held (method section 7).
/// Positions outside the coarse grid are clamped to its border. Safe to use from several threads.
///
/// Missing samples (not finite): a value is missing where the coarse sample nearest to it is
/// missing, in a step that it is blended from (halfway between two samples, the upper counts as the
/// nearest). Elsewhere missing samples in the kernel's reach are replaced by the average of their
/// present neighbours (6, layer after layer away from what is present).
///
/// Memory: 8 to 9 bytes for each sample of a coarse grid with 3 samples more along each axis, for
/// two coarse steps, for a mixture of two, and for as many more steps as 32 MiB hold.
class InterpolatedSequence {
 public:
  /// @throws ValueError  `coarse` holds no time step or no sample.
  InterpolatedSequence(VariableInfo coarse, const InterpolationConfig& config, StepReader read);

  [[nodiscard]] const VariableInfo& info() const { return coarse_; }

  /// Part of a grid at one time, in the data's unit; NaN where missing. The bits do not depend on
  /// the number of threads, nor on the part.
  /// @param out  [part.dims()], x fastest
  /// @throws ShapeError  `out` has another length, or `read` gave a wrong number of values;
  ///   ValueError  the grid has no such samples, or the time is not finite; and whatever `read`
  ///   throws.
  void sample(double time, const OutputGrid& grid, const GridSelection& part,
              std::span<float> out) const;

  /// At any points; NaN where a coordinate is not finite. @param out  [points]
  /// Errors as above; ValueError  the registration is `half_pixel`, which needs a grid.
  void evaluate(std::span<const Point> points, std::span<float> out) const;

 private:
  /// Four coarse samples and their weights, for one position along one axis.
  struct Taps {
    std::size_t first = 0;  ///< index in the extended coefficients
    std::array<double, 4> weights{};
    std::size_t nearest = 0;  ///< nearest coarse sample
  };

  /// A coarse step made ready: kernel coefficients, extended by one sample at the low and two
  /// at the high end of each axis; `missing` is empty where nothing is.
  struct CoarseStep {
    std::size_t step = 0;
    std::vector<double> coefficients;
    std::vector<std::uint8_t> missing;
  };
  using StepPointer = std::shared_ptr<const CoarseStep>;

  /// The coefficients at one time, and the steps that they come from; `second` is none where it is
  /// `first` alone.
  struct Moment {
    std::shared_ptr<const std::vector<double>> coefficients;
    StepPointer first;
    StepPointer second;
  };

  [[nodiscard]] Taps taps_at(std::size_t axis, double position) const;
  [[nodiscard]] Moment at(double time) const;
  [[nodiscard]] StepPointer load(std::size_t step) const;
  [[nodiscard]] double value(const double* coefficients, const std::array<Taps, 3>& taps) const;

  VariableInfo coarse_;
  InterpolationConfig config_;
  StepReader read_;
  std::size_t max_steps_;
  mutable std::mutex mutex_;
  mutable std::vector<StepPointer> steps_;  // the last used one is last
  mutable double mixed_time_ = 0.0;
  mutable std::shared_ptr<const std::vector<double>> mixed_;
};

}  // namespace stsr

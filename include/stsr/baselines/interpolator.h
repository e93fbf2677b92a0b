#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "stsr/base/config_field.h"
#include "stsr/volume/output_grid.h"
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

/// TL, the baseline: a separable kernel in space, then linear in time; before the first and after
/// the last coarse step, that step is held (method section 7).
///
/// Missing samples (not finite): an output value is missing where the coarse sample nearest to it
/// is missing, in a step that it is blended from (halfway between two samples, the upper counts
/// as the nearest). Elsewhere missing samples in the kernel's reach are replaced by the average of
/// their present neighbours (6, layer after layer away from what is present).
///
/// Two coarse steps are in memory at a time: at most 26 bytes for each sample of a coarse grid with
/// 3 samples more along each axis, and one output volume where step() makes it.
class Interpolator {
 public:
  /// @throws ValueError  `coarse` holds no time step, or `output` holds no sample.
  Interpolator(VariableInfo coarse, OutputGrid output, const InterpolationConfig& config,
               StepReader read);

  /// The description of what step() gives.
  [[nodiscard]] VariableInfo info() const;

  /// The values at output.times[step], [nz*ny*nx], x fastest, in the data's unit. Steps may come in
  /// any order; in order, every coarse step is read once. The bits do not depend on the number of
  /// threads. @throws ValueError  `step` does not exist; ShapeError  `read` gave a wrong number of
  /// values; and whatever `read` throws.
  [[nodiscard]] std::vector<float> step(std::size_t step);
  /// The same into `out`. @throws ShapeError  it has another length; as above.
  void step(std::size_t step, std::span<float> out);
  /// Only the planes z_begin <= z < z_end. @param out  [(z_end - z_begin)*ny*nx]
  /// @throws ValueError  there are no such planes; as above.
  void planes(std::size_t step, std::size_t z_begin, std::size_t z_end, std::span<float> out);

 private:
  /// Four coarse samples and their weights, for one output sample along one axis.
  struct Taps {
    std::size_t first = 0;  ///< index in the extended coefficients
    std::array<double, 4> weights{};
    std::size_t nearest = 0;  ///< nearest coarse sample
  };

  /// A coarse step made ready: kernel coefficients, extended by one sample at the low and two
  /// at the high end of each axis; `missing` is empty where nothing is.
  struct CoarseStep {
    std::size_t step = static_cast<std::size_t>(-1);
    std::vector<double> coefficients;
    std::vector<std::uint8_t> missing;
  };

  [[nodiscard]] std::vector<Taps> taps_of(std::size_t axis) const;
  const CoarseStep& load(std::size_t step, std::size_t keep);
  void mix(const CoarseStep& first, const CoarseStep& second, double weight);
  void evaluate_slice(const double* coefficients, std::size_t z, float* out) const;
  void mark_missing(const CoarseStep& coarse, std::size_t z, float* values) const;

  VariableInfo coarse_;
  OutputGrid output_;
  InterpolationConfig config_;
  StepReader read_;
  std::array<std::vector<Taps>, 3> taps_;
  std::array<CoarseStep, 2> loaded_;
  std::optional<std::size_t> mixed_step_;  // the output step between two coarse ones that is
  std::vector<double> mixed_;              // mixed here: its coefficients
};

}  // namespace stsr

#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/inference/field.h"
#include "stsr/interpolation/interpolated_sequence.h"
#include "stsr/model/correction.h"

namespace stsr {

/// A field made to interpolate its coarse samples: adds the residual, what it misses the samples
/// by, interpolated as TL does (cubic spline in space, linear in time, held outside;
/// InterpolatedSequence).
///
///     value(p) = field(p) + TL(samples - field at the samples)(p)
///
/// So the interpolation has to do with the small and smooth residual only, and the field with all
/// that interpolation cannot know. Where the residual is missing, the field's value stays.
///
/// With a Correction, it believes the field in part: with weights s in space and u in time,
///
///     value(x, t) = u field(x, t) + (s - u) L(x, t) + TL(samples - s field at the samples)(x, t)
///
/// where L is the field between its kept time steps, linear in time: TL alone where both are 0. The
/// field is then computed at the two kept steps too, unless s = u; weights that differ by less than
/// 0.05 are made one. Beyond the last sample of an axis, with x' the nearest place within the
/// samples and a weight b of its own,
///
///     value(x, t) = value(x', t) + b (field(x, t) - field(x', t))
///
/// which is the same where s = u = b. Between the first two kept time steps, and between the last
/// two, u is a weight of their own.
///
/// Memory: an InterpolatedSequence for every variable, and 16 MiB; where s and u differ, what is
/// asked for twice more. Computing time: the field at the
/// coarse samples, once for every coarse step, and the interpolation.
class InterpolatingField final : public Field {
 public:
  /// @param samples      [variables] what the field was trained on, in the data's unit; none for a
  ///                     variable that stays as it is
  /// @param fingerprint  of all these values
  /// @throws ShapeError  there are not as many `samples` as variables.
  /// @param corrections  [variables], or none: weights of 1
  InterpolatingField(std::shared_ptr<const Field> field, std::vector<StepReader> samples,
                     std::string fingerprint, std::vector<Correction> corrections = {});

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override {
    return field_->variables();
  }
  void evaluate(std::span<const Point> points, std::size_t variable,
                std::span<float> out) const override;
  void sample(std::span<const std::size_t> chosen, double time, const OutputGrid& grid,
              const GridSelection& part, std::span<float> out,
              const Advanced& advanced = {}) const override;
  [[nodiscard]] std::vector<GridSelection> pieces(std::size_t variable, const OutputGrid& grid,
                                                  std::size_t max_samples) const override;
  [[nodiscard]] bool evaluated_together(std::size_t a, std::size_t b) const override {
    return field_->evaluated_together(a, b);
  }
  [[nodiscard]] std::string fingerprint() const override;

 private:
  /// A variable with its residual.
  struct Corrected {
    std::unique_ptr<InterpolatedSequence> residual;  // none for a variable that stays as it is
    double space = 1.0;
    std::vector<double> time{1.0};  // [from a kept step to the next]
    double beyond = 1.0;
    /// After kept step `step`.
    [[nodiscard]] double time_after(std::size_t step) const {
      return time[std::min(step, time.size() - 1)];
    }
    [[nodiscard]] bool between_kept() const {
      return residual &&
             std::any_of(time.begin(), time.end(), [this](double u) { return u != space; });
    }
    [[nodiscard]] bool differs_beyond() const {
      return residual && (between_kept() || beyond != space);
    }
  };

  /// Points that may all lie within the samples, or of a variable that does not differ beyond.
  void evaluate_inside(std::span<const Point> points, std::size_t variable,
                       std::span<float> out) const;
  /// Writes the values beyond the samples anew into those of sample().
  void sample_beyond(std::size_t variable, double time, const OutputGrid& grid,
                     const GridSelection& part, float* values) const;

  std::shared_ptr<const Field> field_;
  std::vector<Corrected> variables_;
  std::string fingerprint_;
};

/// The samples of a variable's own coarse grid and times, as output.
[[nodiscard]] OutputGrid coarse_samples(const VariableInfo& info);

}  // namespace stsr

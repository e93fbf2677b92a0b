#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/baselines/interpolated_sequence.h"
#include "stsr/inference/field.h"

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
/// Memory: an InterpolatedSequence for every variable, and 16 MiB. Computing time: the field at the
/// coarse samples, once for every coarse step, and the interpolation.
class InterpolatingField final : public Field {
 public:
  /// @param samples      [variables] what the field was trained on, in the data's unit; none for a
  ///                     variable that stays as it is
  /// @param fingerprint  of all these values
  /// @throws ShapeError  there are not as many `samples` as variables.
  InterpolatingField(std::shared_ptr<const Field> field, std::vector<StepReader> samples,
                     std::string fingerprint);

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override {
    return field_->variables();
  }
  void evaluate(std::span<const Point> points, std::size_t variable,
                std::span<float> out) const override;
  void sample(std::span<const std::size_t> chosen, double time, const OutputGrid& grid,
              const GridSelection& part, std::span<float> out,
              const Advanced& advanced = {}) const override;
  [[nodiscard]] std::vector<GridSelection> pieces(std::size_t variable, const OutputGrid& grid,
                                                  std::size_t max_samples) const override {
    return field_->pieces(variable, grid, max_samples);
  }
  [[nodiscard]] bool evaluated_together(std::size_t a, std::size_t b) const override {
    return field_->evaluated_together(a, b);
  }
  [[nodiscard]] std::string fingerprint() const override;

 private:
  std::shared_ptr<const Field> field_;
  std::vector<std::unique_ptr<InterpolatedSequence>> residuals_;  // [variable], or none
  std::string fingerprint_;
};

/// The samples of a variable's own coarse grid and times, as output.
[[nodiscard]] OutputGrid coarse_samples(const VariableInfo& info);

}  // namespace stsr

#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/inference/field.h"
#include "stsr/interpolation/interpolated_sequence.h"

namespace stsr {

/// TL as a field: coarse sequences, interpolated (InterpolatedSequence). With the registration
/// `half_pixel` it has values on grids only: evaluate() throws a ValueError.
class InterpolatedField final : public Field {
 public:
  /// @param coarse       the variables
  /// @param samples      [variables] their values, in the data's unit
  /// @param fingerprint  of all these values
  /// @throws ShapeError  there are not as many `samples` as variables; ValueError  a variable holds
  ///   no value.
  InterpolatedField(std::vector<VariableInfo> coarse, const InterpolationConfig& config,
                    std::vector<StepReader> samples, std::string fingerprint);

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return infos_; }
  void evaluate(std::span<const Point> points, std::size_t variable,
                std::span<float> out) const override;
  void sample(std::span<const std::size_t> chosen, double time, const OutputGrid& grid,
              const GridSelection& part, std::span<float> out,
              const Advanced& advanced = {}) const override;
  [[nodiscard]] std::string fingerprint() const override;

 private:
  std::vector<VariableInfo> infos_;
  InterpolationConfig config_;
  std::vector<std::unique_ptr<InterpolatedSequence>> sequences_;
  std::string fingerprint_;
};

}  // namespace stsr

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "baselines/stnet/engine.h"
#include "stsr/baselines/stnet.h"

namespace stsr::stnet {

/// What all variables of one network have in common.
struct Factors {
  std::size_t space = 1;  ///< u_s
  std::size_t time = 0;   ///< u_t
  bool operator==(const Factors&) const = default;
};

/// The factors of one reduced variable. @throws ValueError  it is not known to be reduced, u_s
/// differs between axes, or its times are not every (u_t + 1)-th of those before the reduction.
[[nodiscard]] Factors factors_of(const VariableInfo& info);

/// The factors of all. @throws ValueError  as above, or two variables differ; there is none.
[[nodiscard]] Factors common_factors(std::span<const Sequence> coarse);

/// Network units of one time step; missing values are filled in.
[[nodiscard]] std::vector<float> normalised(const Dims& dims, std::vector<float> values,
                                            const ValueRange& range);

/// The samples of every epoch. They depend on seed, phase, epoch and number only.
class SampleSource {
 public:
  /// @throws ValueError  a phase that is to run has no window, or its crops are too small for the
  /// discriminator; ShapeError  truth of another size.
  SampleSource(std::vector<Sequence> coarse, TruthReader truth, const StnetTrainingConfig& config,
               const Factors& factors);

  /// Samples of one epoch; 0 for phases that need truth where there is none.
  [[nodiscard]] std::size_t samples(Phase phase) const;
  /// @param number  below samples(phase)
  [[nodiscard]] Sample sample(Phase phase, std::size_t epoch, std::size_t number);

  [[nodiscard]] const std::vector<TrainedVariable>& variables() const { return variables_; }
  [[nodiscard]] bool supervised() const { return static_cast<bool>(truth_); }
  /// Of the coarse values, and of the first and the last fine step that is trained on.
  [[nodiscard]] std::string fingerprint();

 private:
  struct Window {
    std::size_t variable = 0;
    std::size_t first = 0;  ///< kept step
  };

  [[nodiscard]] const std::vector<Window>& windows(Phase phase) const;
  void find_windows();
  void check_crops() const;
  [[nodiscard]] std::size_t truth_steps(std::size_t variable) const;
  [[nodiscard]] const std::vector<float>& truth_step(std::size_t variable, std::size_t step);

  std::vector<std::vector<std::vector<float>>> steps_;  ///< [variable][kept step], network units
  std::vector<TrainedVariable> variables_;
  TruthReader truth_;
  StnetTrainingConfig config_;
  Factors factors_;
  std::vector<Window> unsupervised_;
  std::vector<Window> supervised_;
  std::map<std::pair<std::size_t, std::size_t>, std::vector<float>> cache_;
  std::size_t cached_ = 0;  ///< values in the cache
};

}  // namespace stsr::stnet

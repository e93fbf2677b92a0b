#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "stsr/base/fingerprint.h"
#include "stsr/baselines/interpolator.h"
#include "stsr/inference/output_variable.h"
#include "stsr/io/dataset.h"

namespace stsr::app {

/// Adds all values of a variable; reading them shows progress.
void add_samples(Fingerprint& all, const Dataset& data, std::size_t variable, bool quiet);

/// What a model was trained on.
struct CoarseSamples {
  std::vector<StepReader> readers;  ///< [outputs]
  std::string fingerprint;          ///< of all their values
};

/// The samples behind outputs of a model, from the data sets that it was trained on, whose
/// variables are called as in training (training_sources).
/// @throws ValueError  a variable is not there, or has other samples in space or time than the
/// model was trained on; FileError.
[[nodiscard]] CoarseSamples samples_behind(std::span<const OutputVariable> outputs,
                                           const std::vector<std::string>& paths, bool quiet);

}  // namespace stsr::app

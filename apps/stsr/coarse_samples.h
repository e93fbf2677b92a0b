#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stsr/interpolation/interpolated_sequence.h"
#include "stsr/io/dataset.h"
#include "stsr/model/model.h"

namespace stsr::app {

/// The fingerprint of all values of a variable (SequenceFingerprint); reading them shows progress.
[[nodiscard]] std::uint64_t fingerprint_of_values(const Dataset& data, std::size_t variable,
                                                  bool quiet);

/// What a model was trained on.
struct CoarseSamples {
  std::vector<StepReader> readers;  ///< [variables of the model]; none for one that is not chosen
  std::string fingerprint;          ///< of all their values
};

/// The samples behind the chosen variables of a model, from the data sets that it was trained on,
/// whose variables are called as in training (training_sources).
/// @param path  of the model, for messages
/// @throws ValueError  a variable is not there, has other samples in space or time than the model
///   was trained on, or other values (the message names both files); FileError.
[[nodiscard]] CoarseSamples samples_behind(const std::string& path, const Model& model,
                                           std::span<const std::size_t> chosen,
                                           const std::vector<std::string>& data, bool quiet);

}  // namespace stsr::app

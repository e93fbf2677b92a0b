#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/interpolation/interpolated_sequence.h"
#include "stsr/io/dataset.h"
#include "stsr/model/model.h"

namespace stsr {

/// The fingerprint of all values of a variable (SequenceFingerprint), which are read for that.
/// @throws FileError; Interrupted  progress asked to stop.
[[nodiscard]] std::uint64_t fingerprint_of_values(const Dataset& data, std::size_t variable,
                                                  Progress& progress = Progress::silent());

/// What a model was trained on, to be read a time step at a time.
struct TrainedSamples {
  std::vector<StepReader> readers;  ///< [variables of the model]; none for one that is not chosen
  std::string fingerprint;          ///< of all their values
};

/// The samples behind the chosen variables of a model. All of their values are read once, to
/// compare their fingerprints.
/// @param model_path  names the model in messages
/// @param sources     [chosen] where they are
/// @throws ShapeError  there are not as many sources as variables; ValueError  a variable has other
/// samples in space or time than the model was trained on,
///   or other values (the message names both files); FileError  a data set or variable is not
///   there; Interrupted  progress asked to stop.
[[nodiscard]] TrainedSamples trained_samples(const std::string& model_path, const Model& model,
                                             std::span<const std::size_t> chosen,
                                             std::span<const SampleSource> sources,
                                             Progress& progress = Progress::silent());

/// The chosen variables' sources as the model remembers them, [chosen]; empty where it does not
/// remember all of them.
[[nodiscard]] std::vector<SampleSource> remembered_sources(const Model& model,
                                                           std::span<const std::size_t> chosen);

/// The samples of the chosen variables from the sources that the model remembers; none where they
/// cannot be had any more. @param reason  then says why; empty where the model remembers nothing
/// @throws Interrupted  progress asked to stop.
[[nodiscard]] std::optional<TrainedSamples> remembered_samples(
    const std::string& model_path, const Model& model, std::span<const std::size_t> chosen,
    std::string& reason, Progress& progress = Progress::silent());

}  // namespace stsr

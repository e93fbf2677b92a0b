#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "stsr/inference/trained_samples.h"

namespace stsr::app {

/// The samples behind the chosen variables of a model (trained_samples), from the data sets that it
/// was trained on, whose variables are called as in training (training_sources). Reading them shows
/// progress.
/// @param path  of the model, for messages
/// @throws ValueError, FileError  as trained_samples and training_sources.
[[nodiscard]] TrainedSamples samples_behind(const std::string& path, const Model& model,
                                            std::span<const std::size_t> chosen,
                                            const std::vector<std::string>& data, bool quiet);

}  // namespace stsr::app

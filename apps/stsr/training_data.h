#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stsr/volume/stored_sequence.h"

namespace stsr::app {

/// What a data set is called where several are used together: the name of its folder, or of its
/// file without the ending (unless that is `dataset`).
[[nodiscard]] std::string data_set_name(const std::filesystem::path& path);

/// The name of a variable that another data set has too: "<data set>_<variable>".
[[nodiscard]] std::string prefixed_name(const std::filesystem::path& path,
                                        const std::string& variable);

/// Variables to train on and where their values are.
struct TrainingData {
  std::vector<StoredSequence> sequences;
  std::uint64_t bytes = 0;  ///< of all values as float32
  bool mapped = false;      ///< from files; else in memory
};

/// Which variables of which data sets to read, and how much of them memory may hold.
struct TrainingDataRequest {
  std::vector<std::string> paths;
  std::vector<std::string> only;  ///< final names; empty for all
  std::uint64_t memory = 0;       ///< bytes; values that need more are mapped from files
  std::filesystem::path scratch;  ///< folder for copies of files that cannot be mapped themselves
};

/// The variables of several data sets, in order; those whose name several data sets have get
/// prefixed_name.
/// @throws ValueError  two variables have one name even so, or `only` names an unknown one.
[[nodiscard]] TrainingData read_training_data(const TrainingDataRequest& request);

}  // namespace stsr::app

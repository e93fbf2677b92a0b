#pragma once

#include <cstddef>
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

/// The data sets that these name, where a shell has made many names of `run_*.vti`: files of one
/// time step each, of the same grid and arrays, whose names differ in one number, are one series,
/// and so one pattern. A warning says so.
/// @throws FileError  there are more files of the series than are named.
[[nodiscard]] std::vector<std::string> joined_series(const std::vector<std::string>& paths);

/// Where a variable comes from that is read from several data sets.
struct TrainingSource {
  std::size_t data = 0;      ///< which of the data sets
  std::size_t variable = 0;  ///< its number there
  std::string own_name;      ///< what it is called there
  std::string name;          ///< what it is called among all
};

/// The variables of several data sets, in order; those whose name several data sets have get
/// prefixed_name. @param only  their final names; empty for all.
/// @throws ValueError  two variables have one name even so, or `only` names an unknown one.
[[nodiscard]] std::vector<TrainingSource> training_sources(const std::vector<std::string>& paths,
                                                           const std::vector<std::string>& only);

/// The same variables in memory. @throws as training_sources, and FileError.
[[nodiscard]] std::vector<Sequence> read_sequences(const std::vector<std::string>& paths,
                                                   const std::vector<std::string>& only);

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

/// The same variables in memory or mapped. @throws as training_sources, and FileError.
[[nodiscard]] TrainingData read_training_data(const TrainingDataRequest& request);

}  // namespace stsr::app

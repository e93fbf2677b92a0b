#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "stsr/volume/sequence.h"

namespace stsr::app {

/// What a data set is called where several are used together: the name of its folder, or of its
/// file without the ending (unless that is `dataset`).
[[nodiscard]] std::string data_set_name(const std::filesystem::path& path);

/// The name of a variable that another data set has too: "<data set>_<variable>".
[[nodiscard]] std::string prefixed_name(const std::filesystem::path& path,
                                        const std::string& variable);

/// Reads the variables of several data sets, in order; those whose name several data sets have get
/// prefixed_name. @param only  their final names; empty for all.
/// @throws ValueError  two variables have one name even so, or `only` names an unknown one.
[[nodiscard]] std::vector<Sequence> read_training_data(const std::vector<std::string>& paths,
                                                       const std::vector<std::string>& only);

}  // namespace stsr::app

#pragma once

#include <filesystem>

#include "comparison_results.h"

namespace stsr {

/// Writes report.html: one file that needs nothing else. Tables, curves of every metric over the
/// time steps and of the training loss, pictures, commands and configuration. @throws FileError
/// @return its path
std::filesystem::path write_report(const ComparisonResults& results);

}  // namespace stsr

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "stsr/io/format.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// The files of the variables that share files.
struct FileSeries {
  std::string base;                    ///< its file names begin with it; unique in the data set
  std::string extension;               ///< ".vti"
  std::string index;                   ///< name of the file that names them all; may be empty
  std::size_t width = 4;               ///< digits of the step number
  std::vector<std::size_t> variables;  ///< those whose values the files hold

  /// "<base>_%04d<extension>"
  [[nodiscard]] std::string pattern() const;
  /// "<base>_0007<extension>"
  [[nodiscard]] std::string file(std::size_t step) const;
  /// All of them. @param steps  how many
  [[nodiscard]] std::vector<std::string> files(std::size_t steps) const;
};

/// Which variables share files: where the format lets them, those of one grid and times, the first
/// such series being called "volumes"; else each variable on its own. Names of files are the
/// variables' names with only letters, digits, '.', '-' and '_', made unique with regard to case
/// folding.
/// @param format  has a writer
[[nodiscard]] std::vector<FileSeries> plan_series(std::span<const VariableInfo> variables,
                                                  const Format& format);

/// The data set file of what was written.
/// @param run    fingerprint of the run that wrote it; empty where it has none
/// @param type  of the numbers in the files
[[nodiscard]] std::string dataset_text(std::span<const VariableInfo> variables, ElementType type,
                                       std::span<const FileSeries> series, const Format& format,
                                       const std::string& run);

}  // namespace stsr

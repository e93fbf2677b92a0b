#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "stsr/io/dataset_writer.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// The files of one .pvd, or, for raw, of one variable.
struct FileSeries {
  std::string base;                    ///< begin of its file names, unique in the data set
  std::size_t width = 4;               ///< digits of the step number
  std::vector<std::size_t> variables;  ///< those whose values the files hold

  /// "<base>_%04d<extension>"
  [[nodiscard]] std::string pattern(DatasetFormat format) const;
  /// "<base>_0007<extension>"
  [[nodiscard]] std::string file(std::size_t step, DatasetFormat format) const;
  [[nodiscard]] std::string pvd() const { return base + ".pvd"; }
};

/// Which variables share files: for `vti` those of one grid and times, the first such series being
/// called "volumes"; for `raw` each variable on its own. Names of files are the variables' names
/// with only letters, digits, '.', '-' and '_', made unique with regard to case folding.
[[nodiscard]] std::vector<FileSeries> plan_series(std::span<const VariableInfo> variables,
                                                  DatasetFormat format);

/// The data set file of what was written.
/// @param run  fingerprint of the run that wrote it; empty where it has none
[[nodiscard]] std::string dataset_text(std::span<const VariableInfo> variables,
                                       std::span<const FileSeries> series, DatasetFormat format,
                                       const std::string& run);

/// The .pvd of a series. Times have as many digits as give the same number again.
[[nodiscard]] std::string pvd_text(const FileSeries& series, std::span<const double> times);

/// True where the text is a .pvd of ours.
[[nodiscard]] bool is_our_pvd(const std::string& text);

}  // namespace stsr

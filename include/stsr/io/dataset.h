#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/volume/sequence.h"

namespace stsr {

/// A time-varying multivariate data set on disk. Variables may differ in grid, times and
/// reduction. Descriptions are read at once, values a time step at a time.
class Dataset {
 public:
  virtual ~Dataset() = default;

  /// The variables in the order of the file; names are unique.
  [[nodiscard]] virtual const std::vector<VariableInfo>& variables() const = 0;

  /// The values of one time step, float32, x fastest; NaN where missing.
  /// @throws FileError  the file is missing, truncated, over-long or malformed.
  [[nodiscard]] virtual std::vector<float> read(std::size_t variable, std::size_t step) const = 0;
};

/// Opens a data set file (.toml), a VTK time series (.pvd) or image (.vti), or a folder that holds
/// a `dataset.toml` or exactly one .pvd. Every file that it names is checked for existence and,
/// where raw, for its exact size.
/// @throws FileError  naming the file, the key, the value and the remedy.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(const std::filesystem::path& path);

/// Index of the variable called `name`. @throws ValueError  with the nearest name.
[[nodiscard]] std::size_t find_variable(std::span<const VariableInfo> variables,
                                        const std::string& name);

/// All time steps of one variable in memory.
[[nodiscard]] Sequence read_sequence(const Dataset& dataset, std::size_t variable);

}  // namespace stsr

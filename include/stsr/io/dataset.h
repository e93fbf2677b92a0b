#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/io/formats.h"
#include "stsr/volume/sample_box.h"
#include "stsr/volume/sequence.h"
#include "stsr/volume/stored_sequence.h"

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

  /// The same for a box of the grid only: [box.dims.z][box.dims.y][box.dims.x]. Less is read where
  /// the format allows it. @throws FileError  as read(); ShapeError  the box is not in the grid.
  [[nodiscard]] virtual std::vector<float> read_box(std::size_t variable, std::size_t step,
                                                    const SampleBox& box) const;

  /// The files that all this is read from; none where it does not come from files.
  [[nodiscard]] virtual std::vector<std::filesystem::path> files() const { return {}; }

  /// The same values mapped from a file, so that they may be larger than memory: from the data
  /// set's own file where it holds float32 as the machine does (infinite values are not refused),
  /// else from a nameless copy in the folder `scratch`.
  /// @throws FileError  as read(), or the disk of `scratch` is full.
  [[nodiscard]] virtual StoredStep map(std::size_t variable, std::size_t step,
                                       const std::filesystem::path& scratch) const;
};

/// Opens a file of any format (io/formats.h), told from its first bytes or, where they do not tell,
/// its extension; a folder that is a data set, by a `dataset.toml`, exactly one .pvd, or .vti files
/// whose names differ by one number; or, where no file is called so, the files that fit a name with
/// `*` or `?` (see open_series). Every file that it names is checked for existence and, where raw,
/// for its exact size.
///
/// The values of a format that knows no times are at 0, 1, 2, ...; places of samples that a file
/// lists must be even to a millionth of a cell.
/// @throws FileError  naming the file, the key, the value and the remedy; a file that STSR does not
/// read is named for what it is.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(const std::filesystem::path& path,
                                                    FormatList formats = all_formats());

/// Opens files of one time step each as one data set: steps 0, 1, 2, ... in the order of the
/// numbers in their names. @throws FileError  as open_dataset(), or files of this format need a
/// description, name other files, or hold several steps.
[[nodiscard]] std::unique_ptr<Dataset> open_series(const std::vector<std::filesystem::path>& files,
                                                   FormatList formats = all_formats());

/// The glob that finds `paths` where they are files of one folder whose names differ in one number
/// and nothing else, "run/p_*.vti"; empty where they are not.
[[nodiscard]] std::filesystem::path series_pattern(const std::vector<std::filesystem::path>& paths);

/// Index of the variable called `name`. @throws ValueError  with the nearest name.
[[nodiscard]] std::size_t find_variable(std::span<const VariableInfo> variables,
                                        const std::string& name);

/// All time steps of one variable in memory.
[[nodiscard]] Sequence read_sequence(const Dataset& dataset, std::size_t variable);

/// All time steps of one variable mapped from files; see Dataset::map. The data set stays open.
[[nodiscard]] StoredSequence map_sequence(const std::shared_ptr<const Dataset>& dataset,
                                          std::size_t variable,
                                          const std::filesystem::path& scratch);

}  // namespace stsr

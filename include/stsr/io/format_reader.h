#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "stsr/volume/sample_box.h"
#include "stsr/volume/sequence.h"
#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// One variable as the files of a format hold it.
struct FileVariable {
  /// Name, unit and grid; `times` is empty where the files know no times.
  VariableInfo info;
  std::size_t steps = 1;
  /// The array of the file whose component this is: data set files choose by them. The components
  /// of an array are variables that follow one another.
  std::string array;
  std::size_t component = 0;
  std::size_t components = 1;
  /// The places of all samples along x, y, z where the file lists them; empty along an axis that is
  /// uniform by its format. Where they are listed, info.grid has the true `dims` and any spacing
  /// and origin. Dataset refuses places that are uneven or do not increase.
  std::array<std::vector<double>, 3> coordinates;
};

/// Files of one format, open for reading: their time steps one after the other. Descriptions are
/// read when it is made, values a time step at a time. read(), read_box() and map() may be called
/// by several threads at once.
class FormatReader {
 public:
  virtual ~FormatReader() = default;

  /// What the files hold; names are unique. At least one.
  [[nodiscard]] virtual const std::vector<FileVariable>& variables() const = 0;

  /// Every file that is read, those that other files name included.
  [[nodiscard]] virtual std::vector<std::filesystem::path> files() const = 0;

  /// The values [nz*ny*nx] of one time step as float32, x fastest, unpacked from what the file
  /// stores (scale and offset); NaN where missing.
  /// @throws FileError  the file is missing, truncated, over-long or malformed, its grid is not
  /// that of the first, or a value is infinite or too large for float32.
  [[nodiscard]] virtual std::vector<float> read(std::size_t variable, std::size_t step) const = 0;

  /// The same for a box of the grid only: [box.dims.z][box.dims.y][box.dims.x]. Reads all and cuts
  /// the box out; a format that can reads less.
  /// @throws FileError  as read(), for what is read; ShapeError  the box does not lie in the grid.
  [[nodiscard]] virtual std::vector<float> read_box(std::size_t variable, std::size_t step,
                                                    const SampleBox& box) const;

  /// The same as read(), in memory that the system may take back: a nameless copy in the folder
  /// `scratch`; a format that can maps the file itself.
  /// @throws FileError  as read(), or the disk of `scratch` is full.
  [[nodiscard]] virtual StoredStep map(std::size_t variable, std::size_t step,
                                       const std::filesystem::path& scratch) const;
};

}  // namespace stsr

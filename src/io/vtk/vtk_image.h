#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stsr/io/step_writer.h"
#include "stsr/volume/grid.h"

namespace stsr {

/// The seam to VTK: all of VTK that STSR uses, without a VTK header. In a build without VTK each
/// function throws a FileError that says so.

/// A numeric point array.
struct ImageArray {
  std::string name;
  std::size_t components = 1;
};

/// What the header of a .vti says.
struct ImageInfo {
  Grid grid;                       ///< origin is that of the first sample of the extent
  std::vector<ImageArray> arrays;  ///< numeric point arrays in the order of the file
};

/// One file of a .pvd.
struct SeriesEntry {
  double time = 0.0;
  std::filesystem::path file;  ///< relative to the .pvd resolved
};

/// @throws FileError  malformed, no point data (cell data are named as the reason), or a rotated
/// grid.
[[nodiscard]] ImageInfo read_image_info(const std::filesystem::path& path);

/// One component of one point array as float32, x fastest, NaN where missing; only this array is
/// read. Without a component the array must have just one.
/// @throws FileError  malformed or truncated, not on `grid`, no such array or component, or a value
/// is infinite or too large for float32.
[[nodiscard]] std::vector<float> read_image_array(const std::filesystem::path& path,
                                                  const std::string& array,
                                                  std::optional<std::size_t> component,
                                                  const std::optional<double>& missing,
                                                  const Grid& grid);

/// The files of a .pvd in the order of their times. @throws FileError  malformed, empty, several
/// parts per step, two files of one time, or a file that is not a .vti.
[[nodiscard]] std::vector<SeriesEntry> read_series(const std::filesystem::path& path);

/// Writes a .vti: zlib-compressed raw appended data, 64-bit headers. Values that lie in memory make
/// one piece; mapped ones are written in pieces that share their faces, so that no more than one
/// piece and as much of mapped pages is in memory at a time.
/// @param partial        where the bytes go
/// @param path           the name in messages
/// @param max_in_piece  values of a piece, of all arrays together
/// @throws FileError  e.g. the disk is full.
void write_image(const std::filesystem::path& partial, const std::filesystem::path& path,
                 const Grid& grid, std::span<const NamedValues> arrays,
                 std::size_t max_in_piece = StepValues::largest_in_memory);

}  // namespace stsr

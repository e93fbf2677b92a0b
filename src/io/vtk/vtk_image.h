#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "../to_float32.h"
#include "stsr/io/format.h"
#include "stsr/io/step_writer.h"
#include "stsr/volume/grid.h"

namespace stsr {

/// The seam to VTK: all of VTK that STSR uses, without a VTK header. In a build without VTK each
/// function throws a FileError that says so.

/// A numeric array that is a quantity: no marks by which VTK hides samples, no numbers of points.
struct ImageArray {
  std::string name;
  std::size_t components = 1;
};

/// What the header of a .vti says.
struct ImageInfo {
  Grid grid;                       ///< origin is that of the first sample of the extent
  std::vector<ImageArray> arrays;  ///< in the order of the file; at least one
};

/// One file of a series.
struct SeriesEntry {
  double time = 0.0;
  std::filesystem::path file;  ///< where it lies
};

/// The point arrays, or the cell arrays at the centres of their cells.
/// @throws FileError  malformed, none of these (what there is instead is named), values that no
/// piece holds, or a rotated grid.
[[nodiscard]] ImageInfo read_image_info(const std::filesystem::path& path,
                                        Association association = Association::points);

/// One component, from 0, of one array as float32, x fastest, NaN where missing or hidden by VTK's
/// marks; only this array and the marks are read.
/// @throws FileError  as above, truncated, more or fewer values than samples, not on `grid`, no
/// such array, or a value is no number, infinite or too large for float32.
[[nodiscard]] std::vector<float> read_image_array(const std::filesystem::path& path,
                                                  const ImageArray& array, std::size_t component,
                                                  const ToFloat32& how, const Grid& grid,
                                                  Association association = Association::points);

/// The packing that a component of an array needs, from its values in the first and
/// the last file; none for types
/// whose every value float32 tells from others, and for float32 itself. @throws FileError  as
/// above.
[[nodiscard]] Packing packing_of_array(std::span<const std::filesystem::path> paths,
                                       const ImageArray& array, std::size_t component,
                                       const std::optional<double>& missing,
                                       Association association = Association::points);

/// The files of a .pvd or .vti.series in the order of their times; 0, 1, 2, ... where a .pvd says
/// none. @throws FileError  malformed, empty, several parts per step, two files of one time, or a
/// file that is not a .vti.
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

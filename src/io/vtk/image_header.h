#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../input_file.h"
#include "image_extent.h"
#include "stsr/io/element_type.h"
#include "stsr/io/format.h"
#include "stsr/volume/grid.h"

namespace stsr {

/// How the values of an array lie in a .vti.
enum class Storage { ascii, inline_base64, appended };

/// A numeric array of a piece.
struct StoredArray {
  std::string name;
  ElementType type = ElementType::float32;
  std::size_t components = 1;
  Storage storage = Storage::ascii;
  /// Byte of the file: that of the array's element, or of its header in the appended data.
  std::uint64_t place = 0;
};

struct ImagePiece {
  Extent extent;  ///< of its samples; not empty
  std::vector<StoredArray> arrays;
};

enum class Compressor { none, zlib, lz4, lzma };

/// What the binary data of a file have in common.
struct DataLayout {
  std::endian order = std::endian::native;
  std::size_t word = 4;  ///< bytes of a number in the header of an array
  Compressor compressor = Compressor::none;
  bool base64 = true;  ///< the appended data
  std::uint64_t appended_begin = 0;
  std::uint64_t appended_end = 0;            ///< 0 where there are none
  std::vector<std::uint64_t> appended_at{};  ///< where each array of the file begins, rising
};

/// The XML of a .vti: where its values are.
struct ImageHeader {
  Grid grid;  ///< of the samples; origin is that of the first one
  Extent whole;
  std::vector<ImagePiece> pieces;
  DataLayout layout;
  /// Arrays that are numbers of points or cells, no quantities, as the file says.
  std::vector<std::string> ids;
};

/// Reads what the file says of its point arrays or its cell arrays, whose samples are the centres
/// of the cells; every number strictly. The pieces cover all samples, hold the same arrays, and
/// promise no more values than the file can hold.
/// @throws FileError  anything else.
[[nodiscard]] ImageHeader read_image_header(const InputFile& file, Association association);

}  // namespace stsr

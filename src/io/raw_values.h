#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "input_file.h"
#include "stsr/io/element_type.h"
#include "stsr/volume/grid.h"
#include "stsr/volume/packing.h"

namespace stsr {

/// How a raw file holds the values of a volume.
struct RawLayout {
  ElementType type = ElementType::float32;
  std::endian order = std::endian::little;
  std::uint64_t header_bytes = 0;  ///< skipped at the start of the file
  std::optional<double> missing;   ///< the fill value, read as NaN like NaN itself
  Packing packing = {};            ///< what the float32 values stand for that are read
};

/// @throws FileError  the file has another size than `dims` values after the header;
/// ShapeError  that size overflows.
void check_raw_size(const InputFile& file, const RawLayout& layout, const Dims& dims);

/// The values as float32, x fastest, NaN where missing.
/// @throws FileError  as check_raw_size, or a value is infinite or too large for float32.
[[nodiscard]] std::vector<float> read_raw(const InputFile& file, const RawLayout& layout,
                                          const Dims& dims);

/// The values from number `first` on, of a file whose size is right. @throws FileError  as above.
void read_raw(const InputFile& file, const RawLayout& layout, std::size_t first,
              std::span<float> out);

/// The packing that the values of these files need; it looks at up to 2^22 of the first and of the
/// last one, spread over all. None for types whose every value float32 tells from others, and for
/// float32 itself.
[[nodiscard]] Packing packing_of(std::span<const std::filesystem::path> files,
                                 const RawLayout& layout, const Dims& dims);

/// True where the file holds the values just as read_raw gives them, and they may be mapped.
[[nodiscard]] bool is_plain_float32(const RawLayout& layout);

}  // namespace stsr

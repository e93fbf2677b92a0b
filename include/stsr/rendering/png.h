#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "stsr/io/output_kind.h"
#include "stsr/volume/image.h"

namespace stsr {

/// A picture as the bytes of a PNG file, 8-bit RGB, e.g. to embed it in a report. A text before the
/// pixels says that STSR wrote it.
/// @throws ShapeError  empty, or `pixels` has another length than the sides say.
/// @throws ValueError  a side is above 1,000,000 pixels, or built without VTK.
[[nodiscard]] std::vector<std::uint8_t> png_bytes(const Image& image);

/// Writes a PNG file; it appears under its name only when whole.
/// @throws FileError  it cannot be written. @throws ShapeError, ValueError  as above.
void write_png(const std::filesystem::path& path, const Image& image);

/// True where these bytes begin a PNG file that STSR wrote. The first 1024 of a file suffice.
[[nodiscard]] bool is_our_png(std::span<const std::byte> bytes);

/// What pictures are written over.
inline constexpr OutputKind picture_output{"a picture", is_our_png};

/// Reads a PNG file: grey is spread over the colours, opacity is laid over white, 16 bits are
/// rounded to 8. Numbers are taken as they are, whatever gamma or profile the file names.
/// @throws FileError  missing, no PNG file, damaged anywhere, or above 2^27 pixels.
/// @throws ValueError  built without VTK.
[[nodiscard]] Image read_png(const std::filesystem::path& path);

}  // namespace stsr

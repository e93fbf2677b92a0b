#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "stsr/volume/image.h"

namespace stsr {

/// A picture as the bytes of a PNG file, 8-bit RGB, e.g. to embed it in a report.
/// @throws ShapeError  empty, or `pixels` has another length than the sides say.
/// @throws ValueError  built without VTK.
[[nodiscard]] std::vector<std::uint8_t> png_bytes(const Image& image);

/// Writes a PNG file; it appears under its name only when whole.
/// @throws FileError  it cannot be written. @throws ShapeError, ValueError  as above.
void write_png(const std::filesystem::path& path, const Image& image);

/// Reads a PNG file: grey is spread over the colours, opacity is laid over white, 16 bits are
/// rounded to 8.
/// @throws FileError  missing, or no PNG file. @throws ValueError  built without VTK.
[[nodiscard]] Image read_png(const std::filesystem::path& path);

}  // namespace stsr

#pragma once

#include <filesystem>

#include "stsr/io/format_reader.h"

namespace stsr {

/// The grid of a variable, with spacing and origin from the places of its samples along the axes
/// where the file lists them.
/// @param path  for messages
/// @throws FileError  the places are not even to `even_tolerance` of a cell, or not one per sample.
[[nodiscard]] Grid uniform_grid(const std::filesystem::path& path, const FileVariable& variable);

}  // namespace stsr

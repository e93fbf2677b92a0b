#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "input_file.h"

namespace stsr {

/// The first bytes of a file, at most `recognition_bytes`.
[[nodiscard]] std::vector<std::byte> first_bytes(const InputFile& file);

/// What a file that begins so is, and what to do with it, for a message: "is a NetCDF file,
/// which STSR does not read; convert it ...". Known are formats of data that STSR does not read,
/// and files that are mistaken for data; empty where the bytes tell nothing.
[[nodiscard]] std::string foreign_file(std::span<const std::byte> first);

/// True where `text` stands in the bytes at `offset`.
[[nodiscard]] bool has_text_at(std::span<const std::byte> bytes, std::size_t offset,
                               std::string_view text);

/// True where the first element of an XML file (after its declaration and comments) begins with
/// `tag`, e.g. `<VTKFile`, and has `attribute`, e.g. `type="ImageData"`; either sort of quotes.
[[nodiscard]] bool has_xml_root(std::span<const std::byte> bytes, std::string_view tag,
                                std::string_view attribute = {});

}  // namespace stsr

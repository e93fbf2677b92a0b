#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "stsr/io/format.h"

namespace stsr {

/// First bytes of a file that recognition reads.
inline constexpr std::size_t recognition_bytes = 4096;

/// Every format that STSR knows, built in or not.
[[nodiscard]] FormatList all_formats();

/// The format that a file is of: the first that recognises its bytes, else the first with its
/// extension (whatever its case); null where there is none.
/// @throws FileError  the file cannot be read.
[[nodiscard]] const Format* find_format(const std::filesystem::path& file,
                                        FormatList formats = all_formats());

/// The format of that name. @throws ValueError  with the nearest name.
[[nodiscard]] const Format& format_named(std::string_view name, FormatList formats = all_formats());

/// Names of the formats that data sets can be written in, also those that are not built in.
[[nodiscard]] std::vector<std::string> output_format_names();

/// What data sets are written in where nobody says: the first of them that is built in.
[[nodiscard]] const Format& default_output_format();

/// True where this build reads and writes .vti and .pvd.
[[nodiscard]] bool vtk_available();

}  // namespace stsr

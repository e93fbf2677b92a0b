#pragma once

#include <cstdint>
#include <string>

#include "stsr/io/format.h"

namespace stsr {

/// Data set files (docs/formats.md): TOML that describes variables, whose values lie in files of
/// other formats.
[[nodiscard]] const Format& dataset_file_format();

/// Version of the data set file that this build writes and the newest that it reads.
inline constexpr int dataset_file_version = 1;
/// Value of the key `written_by` in data set files of our own writer.
inline constexpr const char* dataset_file_writer = "STSR";
/// Its name in the folders that our writer makes.
inline constexpr const char* dataset_name = "dataset.toml";

/// No description is larger: 64 MiB.
inline constexpr std::uint64_t largest_text = 64 << 20;

/// True where the text is a data set file that our writer made, so that it may write it again.
[[nodiscard]] bool is_our_dataset_file(const std::string& text);

/// The fingerprint of the run that wrote a data set file; empty where it names none.
[[nodiscard]] std::string run_of_dataset_file(const std::string& text);

}  // namespace stsr

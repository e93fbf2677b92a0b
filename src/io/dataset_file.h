#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "element_type.h"
#include "input_file.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// Version of the data set file that this build writes and the newest that it reads.
inline constexpr int dataset_file_version = 1;
/// Value of the key `written_by` in data set files of our own writer.
inline constexpr const char* dataset_file_writer = "STSR";
/// Its name in the folders that our writer makes.
inline constexpr const char* dataset_name = "dataset.toml";

/// No description is larger: 64 MiB.
inline constexpr std::uint64_t largest_text = 64 << 20;

/// Where the values of an array in a .vti are.
struct ImageLayout {
  std::string array;
  std::optional<std::size_t> component;
  std::optional<double> missing;
};

/// A variable and its files.
struct VariableSource {
  VariableInfo info;
  std::vector<std::filesystem::path> files;  ///< one a time step
  std::optional<RawLayout> raw;              ///< else .vti
  ImageLayout image;
};

/// Parses a data set file (docs/formats.md) and checks that every file it names is there and, where
/// raw, has its exact size; where .vti, that the first one fits.
/// @throws FileError  with file and line.
[[nodiscard]] std::vector<VariableSource> parse_dataset_file(const InputFile& file);

/// True where the text is a data set file that our writer made, so that it may write it again.
[[nodiscard]] bool is_our_dataset_file(const std::string& text);

/// The fingerprint of the run that wrote a data set file; empty where it names none.
[[nodiscard]] std::string run_of_dataset_file(const std::string& text);

}  // namespace stsr

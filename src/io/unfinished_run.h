#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace stsr {

/// Name of the mark that an unfinished run leaves in its folder.
inline constexpr const char* unfinished_name = "dataset.unfinished";
/// Version of the mark that this build writes and the newest that it reads.
inline constexpr int unfinished_version = 1;

/// What the mark of an unfinished run says: whose steps lie in the folder (docs/formats.md).
struct UnfinishedRun {
  /// The step files of one series.
  struct Steps {
    std::string pattern;  ///< "speed_%04d.raw"
    std::size_t count = 0;
  };

  std::string fingerprint;  ///< of the run; empty where no run may resume it
  std::vector<Steps> steps;

  /// The names of those of its step files that are in the folder, whole or begun.
  [[nodiscard]] std::vector<std::string> names_in(const std::filesystem::path& folder) const;
};

/// The mark as text.
[[nodiscard]] std::string unfinished_text(const UnfinishedRun& run);

/// @throws FileError  not a mark of ours, damaged, or of a newer version.
[[nodiscard]] UnfinishedRun read_unfinished(const std::filesystem::path& path);

}  // namespace stsr

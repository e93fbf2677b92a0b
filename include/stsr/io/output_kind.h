#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace stsr {

/// A kind of single file that STSR writes and knows again by how it begins. An output replaces a
/// file of its own kind, an empty one, and no other.
struct OutputKind {
  const char* name;                                   ///< for messages: "a model"
  bool (*is_ours)(std::span<const std::byte> begin);  ///< of `recognised_bytes`, or the whole file

  static constexpr std::size_t recognised_bytes = std::size_t{64} << 10;
};

/// @throws FileError  `path` is a file that holds something and is not of this kind.
void check_replaceable(const std::filesystem::path& path, const OutputKind& kind);

/// Models and checkpoints, those of STNet too.
extern const OutputKind model_output;
/// One JSON object a line, with the keys of a training log.
extern const OutputKind training_log_output;
/// A JSON object that begins with `json_mark_key`.
extern const OutputKind json_output;
/// The table of scores of `stsr evaluate`.
extern const OutputKind scores_csv_output;

/// First key of the JSON files that people are given, and its value.
inline constexpr const char* json_mark_key = "written_by";
inline constexpr const char* json_mark_value = "STSR";

}  // namespace stsr

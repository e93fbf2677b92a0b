#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace stsr {

/// The log of a training run: one JSON object a line, each with the "step" after which it was
/// written (docs/formats.md).

/// What a line says: names and values.
using LogEntry = std::vector<
    std::pair<std::string, std::variant<std::size_t, double, std::string, std::vector<double>>>>;

/// The log that belongs to a model file.
[[nodiscard]] std::filesystem::path log_path(const std::filesystem::path& output);

/// Begins an empty log. @throws FileError
void start_log(const std::filesystem::path& output);

/// Drops the lines written after `last_step`, for a run that resumes from a checkpoint.
/// @throws FileError
void cut_log(const std::filesystem::path& output, std::size_t last_step);

/// Appends one line; a number that is not finite is written as null. @throws FileError
void append_to_log(const std::filesystem::path& output, const LogEntry& entry);

}  // namespace stsr

#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace stsr {

/// What is known of finished work, as a small JSON file beside it: {"key": ..., ...}. The key
/// tells what the work depends on; work whose record has another key is out of date.
using Record = nlohmann::ordered_json;

/// The record in `path`, or null where there is none, it is damaged, or it has another key.
[[nodiscard]] Record read_record(const std::filesystem::path& path, const std::string& key);

/// Writes beside the final name and renames. @throws FileError
void write_record(const std::filesystem::path& path, const std::string& key, Record record);

}  // namespace stsr

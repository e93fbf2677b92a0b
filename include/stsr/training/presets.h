#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stsr/training/training_config.h"

namespace stsr {

/// The settings that come with STSR, one file of configs/ each: name without ".toml", and text.
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& presets();

/// Settings from a preset, then a file (unless empty), then single values as
/// "section.key=value"; later ones win. What the preset sets and these leave without effect
/// returns to its default.
/// @throws ValueError  unknown preset or value (with the nearest name); FileError  as read_config.
[[nodiscard]] Config resolve_config(const std::string& preset, const std::filesystem::path& file,
                                    std::span<const std::string> assignments);

}  // namespace stsr

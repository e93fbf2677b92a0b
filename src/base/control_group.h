#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace stsr {

/// Where the system shows the limits that a controller ("memory", "cpu") sets to this process: one
/// folder for its control group and one for each around it. In version 2 all controllers share a
/// hierarchy, in version 1 each has its own; a machine may have both.
struct ControlGroups {
  std::vector<std::filesystem::path> version_1;
  std::vector<std::filesystem::path> version_2;
};

/// @param root  the folder that holds proc and sys; another one in tests
[[nodiscard]] ControlGroups control_groups(const std::filesystem::path& root,
                                           const std::string& controller);

}  // namespace stsr

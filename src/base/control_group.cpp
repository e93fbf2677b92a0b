#include "control_group.h"

#include <fstream>

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// The folder of a hierarchy, and those on the way from it to a group. Inside a container the group
/// may have another path than its own file system shows; then only the first exists.
void add_folders(fs::path folder, const std::string& group, std::vector<fs::path>& folders) {
  folders.push_back(folder);
  for (const fs::path& part : fs::path(group).relative_path()) folders.push_back(folder /= part);
}

bool lists(const std::string& controllers, const std::string& controller) {
  return ("," + controllers + ",").find("," + controller + ",") != std::string::npos;
}

}  // namespace

/// Of /proc/self/cgroup: lines "number:controllers:/group"; version 2 has no controllers there.
ControlGroups control_groups(const fs::path& root, const std::string& controller) {
  ControlGroups groups;
  const fs::path mounts = root / "sys/fs/cgroup";
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty())
      add_folders(mounts, group, groups.version_2);
    else if (lists(controllers, controller))
      add_folders(mounts / controller, group, groups.version_1);
  }
  return groups;
}

}  // namespace stsr

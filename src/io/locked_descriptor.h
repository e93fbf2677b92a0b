#pragma once

#include <filesystem>

namespace stsr {

/// Outcome of open_locked: a descriptor (else -1), and where there is none, whether another run
/// holds the lock or which errno value opening gave.
struct LockedDescriptor {
  int descriptor = -1;
  bool held = false;
  int error = 0;
};

/// Opens or makes `path` for reading and writing and takes its exclusive flock without waiting. The
/// descriptor belongs to the file that has this name now, also where the former holder removed or
/// renamed it in between.
[[nodiscard]] LockedDescriptor open_locked(const std::filesystem::path& path);

}  // namespace stsr

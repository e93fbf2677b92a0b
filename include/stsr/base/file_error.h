#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "stsr/base/error.h"

namespace stsr {

/// @throws FileError  "<path>: <message>".
template <class... Args>
[[noreturn]] void throw_file_error(const std::filesystem::path& path,
                                   fmt::format_string<Args...> message, Args&&... args) {
  throw FileError(path.string() + ": " + fmt::format(message, std::forward<Args>(args)...));
}

/// The system's words for an errno value, e.g. "No space left on device".
[[nodiscard]] inline std::string errno_text(int error) {
  return std::generic_category().message(error);
}

}  // namespace stsr

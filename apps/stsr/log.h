#pragma once

#include <fmt/core.h>

#include <string>
#include <utility>

namespace stsr::app {

enum class LogLevel { info, warning };

/// Lines as "stsr: info: wrote fine" go to stderr from now on, past a progress bar.
/// @param level  the least that is shown: debug, info, warning or error
void start_logging(const std::string& level);

/// One line. (spdlog is behind it, in one file: it takes seconds to compile.)
void log_text(LogLevel level, const std::string& text);

template <class... Values>
void log_info(fmt::format_string<Values...> format, Values&&... values) {
  log_text(LogLevel::info, fmt::format(format, std::forward<Values>(values)...));
}

template <class... Values>
void log_warning(fmt::format_string<Values...> format, Values&&... values) {
  log_text(LogLevel::warning, fmt::format(format, std::forward<Values>(values)...));
}

}  // namespace stsr::app

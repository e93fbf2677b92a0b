#pragma once

#include <functional>
#include <string>

namespace stsr {

/// Hands on what the user should know and what stops nothing: one line that names the file, the
/// value and the remedy. Any thread may.
void warn(const std::string& message);

/// Where warnings go from now on; at first, and with an empty handler, nowhere.
void set_warning_handler(std::function<void(const std::string&)> handler);

}  // namespace stsr

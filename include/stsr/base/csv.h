#pragma once

#include <string>

namespace stsr {

/// A text as one cell of a CSV file (RFC 4180).
[[nodiscard]] std::string csv_cell(const std::string& text);

}  // namespace stsr

#pragma once

#include <cctype>
#include <string>

namespace stsr {

/// The text with its letters A to Z in lower case.
[[nodiscard]] inline std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace stsr

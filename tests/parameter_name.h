#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace stsr {

/// What a test of a parameter is called: GoogleTest takes letters, digits and '_' only.
inline std::string parameter_name(std::string_view what) {
  std::string name(what);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace stsr

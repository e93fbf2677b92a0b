#pragma once

#include <string>
#include <string_view>

namespace stsr {

/// `text` for an XML attribute in double quotes.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace stsr

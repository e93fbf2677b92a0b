#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tables.h"

namespace stsr {

/// Text with & < > " as entities.
[[nodiscard]] std::string html_escaped(std::string_view text);

/// A table with a heading; the best figures are bold.
[[nodiscard]] std::string html_table(const Table& table);

/// <img> with the bytes of a PNG file inside.
[[nodiscard]] std::string html_image(std::span<const unsigned char> png, const std::string& text);

/// A whole page around `body`, with its style.
[[nodiscard]] std::string html_page(const std::string& title, const std::string& body);

}  // namespace stsr

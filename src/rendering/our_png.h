#pragma once

namespace stsr {

/// The text chunk by which a PNG file says that STSR wrote it.
constexpr const char* author_key = "Software";
constexpr const char* author_name = "STSR";

}  // namespace stsr

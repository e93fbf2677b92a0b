#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stsr {

/// The candidate with the smallest edit distance to `name`, or an empty string if none is nearer
/// than half of the name's length. For "did you mean" in messages.
[[nodiscard]] std::string nearest_name(std::string_view name,
                                       std::span<const std::string> candidates);

/// "; did you mean 'x'?" or, where nothing is near, "; known: a, b, c".
[[nodiscard]] std::string name_hint(std::string_view name, std::span<const std::string> candidates);

/// The text on one line and without what a terminal would obey: line breaks and tabs become spaces,
/// other control characters (of ASCII and of ISO 6429, as UTF-8) `\xNN`.
[[nodiscard]] std::string printable(std::string_view text);

/// Where the first byte is that no valid UTF-8 has (overlong forms, surrogates and cut characters
/// count); npos where there is none.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

/// What a library says of an error, without the "[tag] " that it may begin with.
[[nodiscard]] std::string untagged(std::string_view what);

/// The names that `pieces` of a list that was split at commas make: pieces that only together are
/// one of `known`, which holds commas itself, are joined again. Unknown ones stay as they are.
[[nodiscard]] std::vector<std::string> joined_names(std::span<const std::string> pieces,
                                                    std::span<const std::string> known);

/// The items between separators, in order; an empty text gives no item.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

}  // namespace stsr

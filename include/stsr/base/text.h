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

/// The items between separators, in order; an empty text gives no item.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

}  // namespace stsr

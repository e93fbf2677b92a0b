#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stsr {

/// The files that `pattern` names inside `folder`, in the order of the time steps.
///
/// A pattern with one `%d` or `%04d` is numbered: `count` files from the number `first`, or,
/// without a count, all that are there, which must follow one another without a gap. A pattern with
/// `*` or `?` is a glob in the order of the numbers in the names (2 before 10, 0.05 before 0.1, -1
/// before 0); all other characters stand for themselves. Otherwise it is one
/// file. `%%` is a percent sign. Wildcards and numbers stand in the file name, not in its folder.
/// @throws FileError  no file fits, there is a gap, or the pattern is malformed.
[[nodiscard]] std::vector<std::filesystem::path> expand_pattern(const std::filesystem::path& folder,
                                                                const std::string& pattern,
                                                                std::size_t first,
                                                                std::optional<std::size_t> count);

/// Those of the first `count` files of a numbered pattern, from number 0, that are in the folder.
[[nodiscard]] std::vector<std::string> numbered_in(const std::filesystem::path& folder,
                                                   const std::string& pattern, std::size_t count);

[[nodiscard]] bool has_wildcard(const std::filesystem::path& file);

/// Sorts files by the numbers in their names; see expand_pattern.
void sort_by_numbers(std::vector<std::filesystem::path>& files);

/// The glob of names that differ in one number and nothing else, "run_*.vti"; empty for others.
[[nodiscard]] std::string common_pattern(std::span<const std::string> names);

/// The names of what is in a folder, in no order; an empty path is the current folder.
/// @throws FileError  it cannot be listed.
[[nodiscard]] std::vector<std::string> names_in(const std::filesystem::path& folder);

}  // namespace stsr

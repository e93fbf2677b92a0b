#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace stsr {

/// Main memory in bytes that this process may have: the machine's, or what its control group
/// (of a container, of a job on a cluster) leaves it of that.
/// @param root  the folder that holds proc and sys; another one in tests
[[nodiscard]] std::uint64_t available_memory(const std::filesystem::path& root = "/");

/// What the system may do with the memory behind values that are mapped from a file. Hints: they
/// change no value, and nothing happens where the system does not know them.

/// The values will be asked for one here, one there: reading one needs no others around it.
void expect_random_access(std::span<const float> values);
/// Begins to read the values from the file, and does not wait for them.
void fetch_mapped(std::span<const float> values);
/// Takes the values out of the process's memory. They may stay in the system's cache of the file.
void release_mapped(std::span<const float> values);

}  // namespace stsr

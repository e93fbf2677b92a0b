#pragma once

#include <filesystem>

namespace stsr {

/// Cores that this process may use, at least 1: those of its CPU set (taskset, a cluster's job,
/// OMP_PLACES where threads are bound), or fewer where its control group limits the processor time
/// (a container with a share of 2.5 cores may use 3).
/// @param root  the folder that holds proc and sys; another one in tests
[[nodiscard]] int available_cores(const std::filesystem::path& root = "/");

}  // namespace stsr

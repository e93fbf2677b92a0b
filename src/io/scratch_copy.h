#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "stsr/io/step_values.h"
#include "stsr/volume/stored_sequence.h"

namespace stsr {

/// A nameless copy of a time step in the folder `scratch`, to be filled in.
/// @throws FileError  the disk of `scratch` has no room.
[[nodiscard]] std::shared_ptr<StepValues> make_scratch_copy(const std::filesystem::path& scratch,
                                                            std::size_t count);

/// The filled copy as a mapped time step. @param origin  what it is a copy of, for messages
[[nodiscard]] StoredStep stored_copy(std::shared_ptr<StepValues> copy,
                                     const std::filesystem::path& scratch,
                                     const std::string& origin);

/// Both for values that lie in memory.
[[nodiscard]] StoredStep store_copy(std::span<const float> values,
                                    const std::filesystem::path& scratch,
                                    const std::string& origin);

}  // namespace stsr

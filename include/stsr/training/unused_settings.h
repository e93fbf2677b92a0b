#pragma once

#include "stsr/training/training_config.h"

namespace stsr {

/// Refuses settings that the network of the configuration has no use for, where they are not left
/// at their defaults: a CoordNet has neither latents, nor a modulator, nor heads, and its rows
/// belong to all variables.
/// @throws ValueError  names the setting, its value and the default.
void refuse_unused_settings(const Config& config);

}  // namespace stsr

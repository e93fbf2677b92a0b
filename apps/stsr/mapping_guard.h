#pragma once

#include <span>

#include "stsr/volume/stored_sequence.h"

namespace stsr::app {

/// From now on, a mapped file of these sequences that is cut short or cannot be read ends the
/// program with one line that names it, and the exit code of a file error. (The system reports
/// such a file with a signal, in the middle of whatever uses its values.)
void guard_mappings(std::span<const StoredSequence> sequences);

}  // namespace stsr::app

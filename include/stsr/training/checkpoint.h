#pragma once

#include <cstdint>
#include <filesystem>

#include "stsr/model/model.h"
#include "stsr/training/trainer.h"

namespace stsr {

/// A training run as a file: a model file (docs/formats.md) with the optimiser's state and the
/// position beside the model, so that every command that reads a model reads a checkpoint too.
struct Checkpoint {
  Model model;
  OptimiserState optimiser;
  TrainingPosition position;
  double seconds = 0.0;           ///< time trained so far, over all resumptions
  std::uint64_t fingerprint = 0;  ///< of the training data, see fingerprint_of
};

/// Writes beside the final name and renames. @throws FileError
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// @throws FileError  not a checkpoint, truncated, or not whole.
[[nodiscard]] Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace stsr

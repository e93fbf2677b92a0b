#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>

#include "stsr/model/model.h"
#include "stsr/training/optimiser.h"

namespace stsr {

/// Where a training run stands between two steps.
struct TrainingPosition {
  std::size_t epoch = 0;    ///< epochs finished
  std::size_t batch = 0;    ///< batches of the current epoch finished
  double epoch_loss = 0.0;  ///< sum of the losses of these batches
  double last_loss = std::numeric_limits<double>::quiet_NaN();  ///< of the last epoch finished
  double seconds = 0.0;           ///< time trained so far, over all resumptions
  std::uint64_t fingerprint = 0;  ///< of the training data, see fingerprint_of
};

/// A training run as a file: a model file (docs/formats.md) with the optimiser's state and the
/// position beside the model, so that every command that reads a model reads a checkpoint too.
struct Checkpoint {
  Model model;
  Optimiser::State optimiser;
  TrainingPosition position;
};

/// Writes beside the final name and renames. @throws FileError
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// @throws FileError  not a checkpoint, truncated, or not whole.
[[nodiscard]] Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace stsr

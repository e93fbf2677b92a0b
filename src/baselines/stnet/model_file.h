#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>

#include "baselines/stnet/engine.h"
#include "stsr/baselines/stnet.h"

namespace stsr::stnet {

/// Where a training run stands between two optimiser steps.
struct Position {
  std::size_t phase = 0;          ///< 0..2; the last one that ran, when all are done
  std::size_t epoch = 0;          ///< epochs of this phase finished
  std::size_t sample = 0;         ///< samples of the current epoch finished
  std::size_t epochs_before = 0;  ///< epochs finished in the phases before
  std::array<double, 3> sums{};   ///< of the losses of these samples, in the order of Losses
  double last_loss = 0.0;         ///< of the last finished epoch
  double seconds = 0.0;           ///< time trained so far, over all resumptions
  std::string fingerprint;        ///< of the training data
};

/// A training run as a file: a model file with discriminator, moments and position beside it.
struct Checkpoint {
  StnetModel model;
  State state;
  Position position;
};

/// The plan of a model's network.
[[nodiscard]] Plan plan_of(const StnetModel& model);

/// Both write beside the final name and rename. @throws FileError
void save_model(const std::filesystem::path& path, const StnetModel& model);
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// @throws FileError  not a checkpoint, or not whole.
[[nodiscard]] Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace stsr::stnet

#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

#include "stsr/training/trainer.h"
#include "stsr/training/training_session.h"

namespace stsr {

/// A training run in files; see TrainingSession for what it writes.
struct TrainingRequest {
  std::vector<StoredSequence> sequences;  ///< coarse, values in the data's units; names differ
  Config config;
  std::filesystem::path output;
  bool resume = false;                       ///< from the checkpoint
  std::optional<double> time_limit_seconds;  ///< of training, over all resumptions; the learning
                                             ///< rates follow whichever of it and the epochs is
                                             ///< nearer to its end
  bool until_time_limit = false;  ///< train until the limit, however many epochs that takes
  ComputeOptions compute = {};    ///< the precision is that of the configuration
  TrainingClock::Now now = TrainingClock::steady_seconds;
};

struct TrainingSummary {
  std::size_t epochs = 0;  ///< finished
  std::size_t steps = 0;
  std::size_t parameters = 0;
  double loss = 0.0;             ///< mean over the last epoch, normalised units; NaN before a step
  double seconds = 0.0;          ///< over all resumptions
  double choice_seconds = 0.0;   ///< of this session, see Trainer::choice_seconds
  double rows_per_second = 0.0;  ///< of this session
  /// [variables] Names, and what was measured of them; empty where nothing was.
  std::vector<std::pair<std::string, Correction>> corrections = {};
};

/// Trains one network on all sequences (method section 5) and writes the model.
///
/// The same seed, thread count and machine give the same bits, also when the run is stopped and
/// resumed, unless a time limit ends it. Memory: as Trainer.
///
/// @throws ValueError   as Trainer
/// @throws FileError    the output cannot be written or is in use; a checkpoint does not fit the
///                      configuration or the data
/// @throws NumericError the loss is not finite; the last checkpoint stays
/// @throws Interrupted  progress asked to stop; a checkpoint has been written
TrainingSummary train(TrainingRequest request, Progress& progress);

}  // namespace stsr

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/model/model.h"
#include "stsr/sampling/training_set.h"
#include "stsr/training/training_config.h"

namespace stsr {

/// A training run. It writes
///   output                    the model, when the run is finished
///   output + ".checkpoint"    where it stands, from time to time and when it is stopped
///   output + ".log.jsonl"     one JSON object a finished epoch
struct TrainingRequest {
  std::vector<StoredSequence> sequences;  ///< coarse, values in the data's units; names differ
  Config config;
  std::filesystem::path output;
  bool resume = false;                       ///< go on from the checkpoint
  std::optional<double> time_limit_seconds;  ///< of training, over all resumptions; the learning
                                             ///< rates follow whichever of it and the epochs is
                                             ///< nearer to its end
  bool time_alone = false;  ///< with a time limit, train until it, however many epochs that takes
};

struct TrainingSummary {
  std::size_t epochs = 0;  ///< finished
  std::size_t steps = 0;
  std::size_t parameters = 0;
  double loss = 0.0;             ///< mean over the last epoch, normalised units; NaN before a step
  double seconds = 0.0;          ///< over all resumptions
  double rows_per_second = 0.0;  ///< of this run
};

/// Trains one network on all sequences (method section 5) and writes the model.
///
/// The same seed, thread count and machine give the same bits, also when the run is stopped and
/// resumed, unless a time limit ends it; whether data are in memory or mapped makes no difference
/// for the same `shuffle_rows`. Memory: the coarse samples as float32 where they are not mapped,
/// and about two windows of `shuffle_rows` rows of those that are; and per thread one gradient and
/// the activations of one tile; with p parameters 24 p bytes for the network, its packed weights
/// and the optimiser, and 4 p bytes a thread, plus at most 20 MB a thread at the paper's sizes.
///
/// @throws ValueError   a sequence cannot be trained on; a configuration value is out of range, or
///                      of no use to the network (see refuse_unused_settings); with the
///                      architecture 'coordnet', two sequences differ in grid or times
/// @throws FileError    the output cannot be written or is in use; a checkpoint does not fit the
///                      configuration or the data
/// @throws NumericError the loss is not finite; the last checkpoint stays
/// @throws Interrupted  progress asked to stop; a checkpoint has been written
TrainingSummary train(TrainingRequest request, Progress& progress);

/// The checkpoint that belongs to a model file.
[[nodiscard]] std::filesystem::path checkpoint_path(const std::filesystem::path& output);

/// A number that two training sets share only if their values do.
[[nodiscard]] std::uint64_t fingerprint_of(const TrainingSet& set);

}  // namespace stsr

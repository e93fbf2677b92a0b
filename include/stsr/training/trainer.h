#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/model/model.h"
#include "stsr/network/engine.h"
#include "stsr/sampling/held_out.h"
#include "stsr/sampling/row_pool.h"
#include "stsr/sampling/training_set.h"
#include "stsr/training/training_config.h"
#include "stsr/training/window_reader.h"

namespace stsr {

/// Where training stands between two steps.
struct TrainingPosition {
  std::size_t epoch = 0;    ///< epochs finished
  std::size_t batch = 0;    ///< batches of the current epoch finished
  double epoch_loss = 0.0;  ///< sum of the losses of these batches
  double last_loss = std::numeric_limits<double>::quiet_NaN();  ///< of the last epoch finished
};

/// All that a trainer needs to resume where another one stands.
struct TrainerState {
  EngineState engine;
  TrainingPosition position;
  /// [variables] once it has been measured, before that empty.
  std::vector<Correction> corrections = {};
};

/// Makes what computes the steps, e.g. make_cpu_engine.
using EngineFactory = std::function<std::unique_ptr<Engine>(NetworkPlan, const OptimiserConfig&,
                                                            const ComputeOptions&)>;

struct TrainerOptions {
  ComputeOptions compute = {};  ///< the precision is that of the configuration
  EngineFactory make_engine = make_cpu_engine;
  /// [variables] coarse samples that are never trained on, or empty; see TrainingSet. With it,
  /// `validate` of the configuration has no effect.
  std::vector<MissingMap> held_out = {};
  /// The learning rates follow the share of the time alone, whatever the number of epochs.
  bool timed = false;
  /// About how many rows the run has time for; it decides the number of blocks where that is open.
  double affordable_rows = std::numeric_limits<double>::infinity();
};

/// Trains one network on the coarse sequences of several variables (method section 5), a step at a
/// time, in memory: it writes nothing anywhere.
///
///     stsr::Trainer trainer(std::move(sequences), config);
///     while (trainer.position().epoch < 100) trainer.step();
///     const stsr::Model model = trainer.model();
///
/// The same seed, thread count and machine give the same bits, also where a state is taken to
/// another trainer of the same data and configuration; whether data are in memory or mapped makes
/// no difference for the same `shuffle_rows`. With `validate`, some samples are targets only after
/// 60 % of the run (training/validation.h). Memory: one bit a sample for these; the coarse samples
/// as float32 where they are not mapped, and about two windows of `shuffle_rows` rows of those that
/// are; and per thread one gradient and the activations of one tile; with p parameters 24 p bytes
/// for the network, its packed weights and the optimiser, and 4 p bytes a thread, plus at most 20
/// MB a thread at the paper's sizes.
class Trainer {
 public:
  /// @param sequences  coarse, values in the data's units; names differ
  /// @throws ValueError  a sequence cannot be trained on; a configuration value is out of range, or
  ///   is set and has no effect (io/unused_settings.h); with the architecture 'coordnet', two
  ///   sequences differ in grid or times; FileError  a mapped file holds an infinite value.
  Trainer(std::vector<StoredSequence> sequences, const Config& config, TrainerOptions options = {});
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// As it is used: with what was left to the data, `shuffle_rows`, the number of blocks and the
  /// scale of the coordinates.
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const TrainingSet& data() const { return set_; }
  [[nodiscard]] std::size_t steps_per_epoch() const { return steps_per_epoch_; }
  /// Parameters of the network, latents included.
  [[nodiscard]] std::size_t parameters() const { return engine_->plan().layout.size(); }
  /// Optimiser steps so far.
  [[nodiscard]] std::size_t steps() const {
    return position_.epoch * steps_per_epoch_ + position_.batch;
  }
  [[nodiscard]] const TrainingPosition& position() const { return position_; }
  /// Rows of all steps of this trainer.
  [[nodiscard]] std::size_t rows_done() const { return rows_done_; }

  /// The next batch, and the end of the epoch where it is the last one.
  /// @param time_share  of the run's time that has passed, in [0, 1]; the learning rates follow
  ///                    whichever of it and the share of the epochs is larger
  /// @return the batch's loss before the step, normalised units
  /// @throws NumericError  the loss is not finite; the network is as before the step.
  double step(double time_share = 0.0);

  /// What multiplied the learning rates at the end of the last epoch, or in the last step.
  [[nodiscard]] double rate_factor() const { return rate_factor_; }
  /// Mean loss over the last epoch, or over the part of the current one that is done; NaN before
  /// the first step.
  [[nodiscard]] double loss() const;

  [[nodiscard]] TrainerState state() const;
  /// @throws ShapeError  the state is of another network; ValueError  its position does not exist.
  void restore(TrainerState state);

  /// Of each variable, once it has been measured (training/validation.h); before that empty.
  [[nodiscard]] const std::vector<Correction>& corrections() const { return corrections_; }

  /// What it took to choose blocks and what to hold out, and to measure how far the network is to
  /// be believed; steps are trained on as many samples less, which is not counted.
  [[nodiscard]] double choice_seconds() const { return choice_seconds_; }

  /// The network as it stands, without the samples.
  [[nodiscard]] Model model() const;
  /// The same, with the samples where the configuration asks for them and they are in memory.
  [[nodiscard]] Model model_with_samples() const;

 private:
  [[nodiscard]] double rate_factor_at(double time_share) const;
  [[nodiscard]] double share_done(double time_share) const;
  void finish_epoch(double time_share);
  void hold_out_or_release();
  void validate();

  double choice_seconds_ = 0.0;
  Config config_;
  bool timed_;
  ComputeOptions compute_;
  std::vector<HeldOut> held_out_;  // [variable] to validate with, or empty
  TrainingSet set_;
  RowPool pool_;
  WindowReader reader_;
  std::unique_ptr<Engine> engine_;
  double sigma_ = 0.0;  // of the latent noise
  std::size_t batch_groups_ = 1;
  std::size_t steps_per_epoch_ = 1;
  TrainingPosition position_;
  std::vector<Correction> corrections_;
  double rate_factor_ = 0.0;
  std::size_t rows_done_ = 0;
};

/// Trains for the epochs of the configuration, in memory. Errors as Trainer;
/// @throws Interrupted  progress asked to stop.
[[nodiscard]] Model train(std::vector<StoredSequence> sequences, const Config& config,
                          Progress& progress = Progress::silent());

/// A number that two training sets share only if their values do.
[[nodiscard]] std::uint64_t fingerprint_of(const TrainingSet& set);

}  // namespace stsr

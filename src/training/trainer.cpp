#include "stsr/training/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/stopwatch.h"
#include "stsr/inference/network_field.h"
#include "stsr/io/unused_settings.h"
#include "stsr/sampling/block_choice.h"
#include "stsr/sampling/coordinate_scale.h"
#include "stsr/sampling/time_span.h"
#include "stsr/training/pool_batch.h"
#include "stsr/training/schedule.h"
#include "stsr/training/validation.h"

namespace stsr {

namespace {

/// Files that are read have been checked by whoever read them; mapped ones only now.
void refuse_infinite_files(const TrainingSet& set) {
  for (std::size_t v = 0; v < set.variables(); ++v)
    for (std::size_t t = 0; t < set.sequence(v).steps.size(); ++t) {
      const std::string& file = set.sequence(v).steps[t].file;
      const auto& infinite = set.survey(v).infinite[t];
      if (infinite && !file.empty())
        throw FileError(fmt::format(
            "{}: the value at index {} (x fastest, from 0) is infinite; repair the file, "
            "or declare the value as 'missing'",
            file, *infinite));
    }
}

void check(const std::vector<StoredSequence>& sequences, const Config& config,
           InstructionSet instructions) {
  const TrainingConfig& c = config.training;
  check_pays(c.precision, instructions);
  refuse_unused_settings(config);
  const auto require = [](bool holds, const std::string& message) {
    if (!holds) throw ValueError(message);
  };
  require(!sequences.empty(), "training needs at least one variable, got none");
  require(c.batch_rows >= 1 && c.batch_rows <= 100'000'000,
          fmt::format("training.batch_rows must be from 1 to 100000000, got {}", c.batch_rows));
  require(c.noise_group >= 1 && c.noise_group <= 4096,
          fmt::format("training.noise_group must be from 1 to 4096, got {}", c.noise_group));
  require(c.noise_group <= c.batch_rows,
          fmt::format("training.noise_group must be at most batch_rows ({}), got {}", c.batch_rows,
                      c.noise_group));
  std::set<std::string> names;
  for (const StoredSequence& sequence : sequences)
    require(names.insert(sequence.info.name).second,
            fmt::format("two variables are called '{}'; rename one", sequence.info.name));
  // Before any work is done on the data.
  (void)plan_network(config.network, names.size(), config.blocks.heads());
}

/// With `shuffle_rows`, the blocks and the scale of the coordinates as the data want them where
/// they are left open.
/// @param seconds  what the choice of blocks costs is added to
Config resolved(const std::vector<StoredSequence>& sequences, Config config,
                const TrainerOptions& options, double& seconds) {
  if (config.blocks.open()) {
    const Stopwatch stopwatch(seconds);
    for (const StoredSequence& sequence : sequences) check_trainable(sequence);
    config.blocks.split = config.network.architecture == Architecture::coordnet
                              ? std::array<std::size_t, 3>{1, 1, 1}
                              : choose_split(sequences, options.affordable_rows);
  }
  check(sequences, config, options.compute.instruction_set);
  const bool mapped = std::any_of(sequences.begin(), sequences.end(),
                                  [](const StoredSequence& s) { return s.mapped(); });
  if (config.training.shuffle_rows == 0 && mapped)
    config.training.shuffle_rows =
        mapped_shuffle_samples / (config.network.architecture == Architecture::coordnet
                                      ? sequences.size()
                                      : config.blocks.heads());
  if (config.blocks.coordinates == CoordinateKind::wavenumber) {
    for (const StoredSequence& sequence : sequences) check_trainable(sequence);
    const CoordinateScale scale = coordinate_scale(sequences, config.blocks);
    config.blocks.coordinates = CoordinateKind::given;
    config.blocks.space_scale = scale.space;
    config.blocks.time_scale = scale.time;
  }
  return config;
}

constexpr double validated_at = 0.6;  // of the run; what was held out is trained on after it

std::vector<HeldOut> held_out_of(const std::vector<StoredSequence>& sequences, const Config& config,
                                 const TrainerOptions& options, double& seconds) {
  const Stopwatch stopwatch(seconds);
  std::vector<HeldOut> all;
  if (!config.training.validate || !options.held_out.empty()) return all;
  for (std::size_t i = 0; i < sequences.size(); ++i)
    all.push_back(hold_out(sequences[i], config.training.seed + i));
  return all;
}

RowTargets row_targets(const NetworkConfig& network) {
  return network.architecture == Architecture::coordnet ? RowTargets::variables
                                                        : RowTargets::blocks;
}

std::unique_ptr<Engine> engine_of(const TrainerOptions& options, const Config& config,
                                  std::size_t variables) {
  ComputeOptions compute = options.compute;
  compute.precision = config.training.precision;
  return options.make_engine(plan_network(config.network, variables, config.blocks.heads()),
                             config.training, compute);
}

}  // namespace

Trainer::Trainer(std::vector<StoredSequence> sequences, const Config& config,
                 TrainerOptions options)
    : config_(resolved(sequences, config, options, choice_seconds_)),
      timed_(options.timed),
      compute_(options.compute),
      held_out_(held_out_of(sequences, config_, options, choice_seconds_)),
      set_(std::move(sequences), config_.blocks, config_.training.range,
           row_targets(config_.network), std::move(options.held_out)),
      pool_(set_.rows_per_variable(), config_.training.noise_group, config_.training.order,
            config_.training.seed, config_.training.shuffle_rows),
      reader_(set_, pool_),
      engine_(engine_of(options, config_, set_.variables())) {
  if (config_.network.latent == LatentKind::vad)
    sigma_ = std::exp(0.5 * config_.network.latent_log_variance);
  batch_groups_ = config_.training.batch_rows / config_.training.noise_group;
  steps_per_epoch_ = ceil_divide(pool_.groups_per_epoch(), batch_groups_);
  rate_factor_ = rate_factor_at(0.0);
  hold_out_or_release();
  refuse_infinite_files(set_);
  EngineState start{std::vector<float>(parameters()), {}};
  initialise_parameters(engine_->plan(), config_.training.seed, start.parameters);
  engine_->restore(std::move(start));
}

/// The share of the run that is done, by its steps or by its time.
double Trainer::share_done(double time_share) const {
  const double all =
      timed_ ? 0.0
             : static_cast<double>(config_.training.epochs) * static_cast<double>(steps_per_epoch_);
  const double share = all > 0.0 ? static_cast<double>(steps()) / all : 0.0;
  return std::max(share, time_share);
}

double Trainer::rate_factor_at(double time_share) const {
  const TrainingConfig& c = config_.training;
  return stsr::rate_factor(c.schedule, c.final_rate, share_done(time_share));
}

/// What there is to validate with is held out until it was done.
void Trainer::hold_out_or_release() {
  if (held_out_.empty()) return;
  std::vector<MissingMap> maps;
  if (corrections_.empty())
    for (std::size_t i = 0; i < held_out_.size(); ++i)
      maps.push_back(held_out_[i].map(set_.info(i)));
  set_.hold_out(std::move(maps));
}

/// Measures with what is held out, which is trained on from now on.
void Trainer::validate() {
  const Stopwatch stopwatch(choice_seconds_);
  const NetworkField field(model(), compute_);
  for (std::size_t i = 0; i < set_.variables(); ++i)
    corrections_.push_back(stsr::validate(field, i, set_.sequence(i), held_out_[i]));
  hold_out_or_release();
}

double Trainer::step(double time_share) {
  if (!held_out_.empty() && corrections_.empty() && share_done(time_share) >= validated_at)
    validate();
  const std::size_t first = position_.batch * batch_groups_;
  const std::size_t groups = std::min(batch_groups_, pool_.groups_per_epoch() - first);
  const PoolBatch batch(set_, pool_, engine_->plan().latent_length, sigma_, config_.training.seed,
                        position_.epoch, first, groups);
  reader_.advance(position_.epoch, first);
  rate_factor_ = rate_factor_at(time_share);
  const double loss = engine_->train(batch, rate_factor_).mean();
  if (!std::isfinite(loss))
    throw NumericError(
        fmt::format("the loss is {} in epoch {}; lower the learning rates, or omega, "
                    "and begin anew",
                    loss, position_.epoch + 1));
  position_.epoch_loss += loss;
  ++position_.batch;
  rows_done_ += groups * pool_.group_size();
  if (position_.batch == steps_per_epoch_) finish_epoch(time_share);
  return loss;
}

void Trainer::finish_epoch(double time_share) {
  rate_factor_ = rate_factor_at(time_share);
  if (config_.network.latent == LatentKind::vad) engine_->kld_step(rate_factor_);
  position_.last_loss = position_.epoch_loss / static_cast<double>(steps_per_epoch_);
  ++position_.epoch;
  position_.batch = 0;
  position_.epoch_loss = 0.0;
}

double Trainer::loss() const {
  return position_.batch == 0 ? position_.last_loss
                              : position_.epoch_loss / static_cast<double>(position_.batch);
}

TrainerState Trainer::state() const {
  return {engine_->state(), position_, corrections_};
}

void Trainer::restore(TrainerState state) {
  if (state.position.batch >= steps_per_epoch_)
    throw ValueError(fmt::format("there is no batch {} in an epoch of {}", state.position.batch,
                                 steps_per_epoch_));
  engine_->restore(std::move(state.engine));
  position_ = state.position;
  corrections_ = std::move(state.corrections);
  hold_out_or_release();
}

Model Trainer::model() const {
  Model model;
  model.network = config_.network;
  model.blocks = config_.blocks;
  model.config = write_config(config_);
  for (std::size_t i = 0; i < set_.variables(); ++i)
    model.variables.push_back(
        {set_.info(i), set_.ranges(i), time_span(set_.info(i), config_.blocks.time_scale),
         set_.survey(i).missing, set_.survey(i).fingerprint, set_.sequence(i).source});
  for (std::size_t i = 0; i < corrections_.size(); ++i)
    model.variables[i].correction = corrections_[i];
  model.parameters = engine_->state().parameters;
  return model;
}

Model Trainer::model_with_samples() const {
  Model model = this->model();
  if (!config_.training.keep_samples) return model;
  for (std::size_t v = 0; v < set_.variables(); ++v) {
    auto& steps = model.samples.emplace_back();  // empty: its samples are elsewhere
    if (!set_.sequence(v).mapped()) steps = set_.sequence(v).steps;
  }
  return model;
}

Model train(std::vector<StoredSequence> sequences, const Config& config, Progress& progress) {
  Trainer trainer(std::move(sequences), config);
  const std::size_t steps = config.training.epochs * trainer.steps_per_epoch();
  while (trainer.steps() < steps) {
    const double loss = trainer.step();
    progress.report(trainer.steps(), steps, "step", fmt::format("loss {:.3e}", loss));
    if (progress.stop_requested()) throw Interrupted("training stopped on request");
  }
  return trainer.model_with_samples();
}

std::uint64_t fingerprint_of(const TrainingSet& set) {
  Fingerprint fingerprint;
  for (std::size_t v = 0; v < set.variables(); ++v) fingerprint.add(set.survey(v).fingerprint);
  return fingerprint.bits();
}

}  // namespace stsr

#include "stsr/training/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/io/atomic_file.h"
#include "stsr/io/config_file.h"
#include "stsr/kernels/dense.h"
#include "stsr/network/engine.h"
#include "stsr/sampling/row_pool.h"
#include "stsr/sampling/time_span.h"
#include "stsr/training/checkpoint.h"
#include "stsr/training/optimiser.h"
#include "stsr/training/pool_batch.h"
#include "stsr/training/schedule.h"
#include "stsr/training/training_log.h"
#include "stsr/training/unused_settings.h"
#include "stsr/training/window_reader.h"

namespace stsr {

namespace {

std::filesystem::path with_suffix(const std::filesystem::path& path, const char* suffix) {
  std::filesystem::path result = path;
  result += suffix;
  return result;
}

/// Files that are read have been checked by whoever read them; mapped ones only now.
void refuse_infinite_files(const TrainingSet& set) {
  for (std::size_t v = 0; v < set.variables(); ++v)
    for (std::size_t t = 0; t < set.sequence(v).steps.size(); ++t) {
      const std::string& file = set.sequence(v).steps[t].file;
      const auto& infinite = set.survey(v).infinite[t];
      if (infinite && !file.empty())
        throw FileError(
            fmt::format("{}: the value at index {} (x fastest, from 0) is infinite; mend the file, "
                        "or declare the value as 'missing'",
                        file, *infinite));
    }
}

/// The checkpoint to go on from, if any, and the configuration that it was written with.
struct Former {
  Checkpoint checkpoint;
  Config config;
};

std::optional<Former> former_run(const TrainingRequest& request) {
  if (!request.resume) return std::nullopt;
  const std::filesystem::path path = checkpoint_path(request.output);
  Former former{load_checkpoint(path), {}};
  read_config_text(former.checkpoint.model.config, path.string() + " (config)", former.config);
  return former;
}

/// With `shuffle_rows` as it was, or as the data want it, where the request leaves it open.
Config resolved(const TrainingRequest& request, const std::optional<Former>& former) {
  Config config = request.config;
  std::uint64_t& shuffle_rows = config.training.shuffle_rows;
  if (shuffle_rows != 0) return config;
  const bool mapped = std::any_of(request.sequences.begin(), request.sequences.end(),
                                  [](const StoredSequence& s) { return s.mapped(); });
  if (former) {
    shuffle_rows = former->config.training.shuffle_rows;
  } else if (mapped) {
    shuffle_rows = mapped_shuffle_rows;
  }
  return config;
}

void check(const TrainingRequest& request) {
  const TrainingConfig& c = request.config.training;
  check_pays(c.precision);
  refuse_unused_settings(request.config);
  const auto require = [](bool holds, const std::string& message) {
    if (!holds) throw ValueError(message);
  };
  require(!request.sequences.empty(), "training needs at least one variable, got none");
  require(c.batch_rows >= 1 && c.batch_rows <= 100'000'000,
          fmt::format("training.batch_rows must be from 1 to 100000000, got {}", c.batch_rows));
  require(c.noise_group >= 1 && c.noise_group <= 4096,
          fmt::format("training.noise_group must be from 1 to 4096, got {}", c.noise_group));
  require(c.noise_group <= c.batch_rows,
          fmt::format("training.noise_group must be at most batch_rows ({}), got {}", c.batch_rows,
                      c.noise_group));
  require(c.checkpoint_minutes >= 0.01,
          fmt::format("training.checkpoint_minutes must be at least 0.01, got {}",
                      c.checkpoint_minutes));
  require(!request.time_limit_seconds || *request.time_limit_seconds > 0.0,
          "the time limit must be positive");
  std::set<std::string> names;
  for (const StoredSequence& sequence : request.sequences)
    require(names.insert(sequence.info.name).second,
            fmt::format("two variables are called '{}'; rename one", sequence.info.name));
  // Before any work is done on the data.
  (void)plan_network(request.config.network, names.size(), request.config.blocks.heads());
}

RowTargets row_targets(const NetworkConfig& network) {
  return network.architecture == Architecture::coordnet ? RowTargets::variables
                                                        : RowTargets::blocks;
}

/// One run: everything that lasts from the first to the last step.
class Run {
 public:
  Run(TrainingRequest request, Progress& progress);
  TrainingSummary run();

 private:
  void resume(Former former);
  void train_epochs();
  bool train_batch(std::size_t first);
  void finish_epoch();
  void save();
  void write_log_line(double loss, double rate);
  [[nodiscard]] double elapsed() const;
  [[nodiscard]] double share() const;
  [[nodiscard]] double rate() const;
  [[nodiscard]] Model model() const;
  void report(double loss);

  std::filesystem::path output_;
  std::optional<double> time_limit_;
  std::size_t epochs_;  // that the run ends after
  Progress& progress_;
  PathLock lock_;
  std::optional<Former> former_;
  Config config_;
  TrainingSet set_;
  RowPool pool_;
  WindowReader reader_;
  std::unique_ptr<Engine> engine_;
  Optimiser optimiser_;
  double sigma_ = 0.0;
  std::size_t batch_groups_ = 1;
  std::size_t batches_per_epoch_ = 1;
  TrainingPosition position_;
  std::size_t rows_done_ = 0;  // in this run
  double seconds_before_ = 0.0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point saved_ = start_;
};

Run::Run(TrainingRequest request, Progress& progress)
    : output_(request.output),
      time_limit_(request.time_limit_seconds),
      epochs_(time_limit_ && request.time_alone ? std::numeric_limits<std::size_t>::max()
                                                : request.config.training.epochs),
      progress_(progress),
      lock_(output_),
      former_(former_run(request)),
      config_(resolved(request, former_)),
      set_(std::move(request.sequences), config_.blocks, config_.training.range,
           row_targets(config_.network)),
      pool_(set_.rows_per_variable(), config_.training.noise_group, config_.training.order,
            config_.training.seed, config_.training.shuffle_rows),
      reader_(set_, pool_),
      engine_(
          make_cpu_engine(plan_network(config_.network, set_.variables(), config_.blocks.heads()),
                          config_.training.precision)),
      optimiser_(engine_->plan(), config_.training) {
  if (config_.network.latent == LatentKind::vad)
    sigma_ = std::exp(0.5 * config_.network.latent_log_variance);
  batch_groups_ = config_.training.batch_rows / config_.training.noise_group;
  batches_per_epoch_ = ceil_divide(pool_.groups_per_epoch(), batch_groups_);
  position_.fingerprint = fingerprint_of(set_);
  (void)rate();  // a wrong schedule is refused before anything is written
  refuse_infinite_files(set_);
  if (former_) {
    resume(*std::exchange(former_, std::nullopt));
  } else {
    initialise_parameters(engine_->plan(), config_.training.seed, engine_->parameters());
    start_log(output_);
    std::filesystem::remove(checkpoint_path(output_));
  }
}

void Run::resume(Former former) {
  const std::filesystem::path path = checkpoint_path(output_);
  auto& [checkpoint, saved] = former;
  // A run may be made longer and saved more often; anything else would be another run.
  saved.training.epochs = config_.training.epochs;
  saved.training.checkpoint_minutes = config_.training.checkpoint_minutes;
  if (saved != config_)
    throw FileError(
        fmt::format("{}: was written with another configuration; resume with the same "
                    "one, or leave out --resume to begin anew",
                    path.string()));
  if (checkpoint.position.fingerprint != position_.fingerprint)
    throw FileError(
        fmt::format("{}: was written from other data; resume with the same data, or "
                    "leave out --resume to begin anew",
                    path.string()));
  if (checkpoint.position.batch >= batches_per_epoch_ ||
      checkpoint.model.parameters.size() != engine_->parameters().size())
    throw FileError(fmt::format("{}: its position does not exist in this run", path.string()));
  std::copy(checkpoint.model.parameters.begin(), checkpoint.model.parameters.end(),
            engine_->parameters().begin());
  optimiser_.restore(std::move(checkpoint.optimiser));
  position_ = checkpoint.position;
  seconds_before_ = position_.seconds;
  cut_log(output_, optimiser_.state().network_steps);
}

double Run::elapsed() const {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now() - start_;
  return seconds_before_ + now.count();
}

/// The share of the run that is done, by its steps or by its time.
double Run::share() const {
  const double steps = static_cast<double>(epochs_) * static_cast<double>(batches_per_epoch_);
  const double done =
      static_cast<double>(position_.epoch) * static_cast<double>(batches_per_epoch_) +
      static_cast<double>(position_.batch);
  const double share = steps > 0.0 ? done / steps : 0.0;
  return time_limit_ ? std::max(share, elapsed() / *time_limit_) : share;
}

double Run::rate() const {
  return rate_factor(config_.training.schedule, config_.training.final_rate, share());
}

Model Run::model() const {
  Model model;
  model.network = config_.network;
  model.blocks = config_.blocks;
  model.config = write_config(config_);
  for (std::size_t i = 0; i < set_.variables(); ++i)
    model.variables.push_back(
        {set_.info(i), set_.ranges(i), time_span(set_.info(i)), set_.survey(i).missing});
  model.parameters.assign(engine_->parameters().begin(), engine_->parameters().end());
  return model;
}

void Run::save() {
  position_.seconds = elapsed();
  save_checkpoint(checkpoint_path(output_), {model(), optimiser_.state(), position_});
  saved_ = std::chrono::steady_clock::now();
}

void Run::report(double loss) {
  const std::size_t done = position_.epoch * batches_per_epoch_ + position_.batch;
  // Where time alone ends the run, as many steps as will fit if they go on like this.
  const std::size_t total =
      epochs_ == config_.training.epochs
          ? epochs_ * batches_per_epoch_
          : static_cast<std::size_t>(static_cast<double>(done) / std::clamp(share(), 1e-9, 1.0));
  progress_.report(done, total, "step",
                   fmt::format("epoch {} of {}, loss {:.3e}", position_.epoch + 1,
                               ceil_divide(total, batches_per_epoch_), loss));
}

/// Trains on the batch that begins at group `first`; false when the time limit has passed.
bool Run::train_batch(std::size_t first) {
  const std::size_t groups = std::min(batch_groups_, pool_.groups_per_epoch() - first);
  const PoolBatch batch(set_, pool_, engine_->plan().latent_length, sigma_, config_.training.seed,
                        position_.epoch, first, groups);
  reader_.advance(position_.epoch, first);
  const double loss = engine_->differentiate(batch);
  if (!std::isfinite(loss))
    throw NumericError(
        fmt::format("the loss is {} in epoch {}; lower the learning rates or omega "
                    "and begin anew{}",
                    loss, position_.epoch + 1,
                    std::filesystem::exists(checkpoint_path(output_))
                        ? fmt::format(", or resume from {}", checkpoint_path(output_).string())
                        : ""));
  optimiser_.step(engine_->parameters(), engine_->gradient(), rate());
  position_.epoch_loss += loss;
  ++position_.batch;
  rows_done_ += groups * pool_.group_size();
  report(loss);
  return !time_limit_ || elapsed() < *time_limit_;
}

void Run::finish_epoch() {
  if (config_.network.latent == LatentKind::vad) optimiser_.kld_step(engine_->parameters(), rate());
  position_.last_loss = position_.epoch_loss / static_cast<double>(batches_per_epoch_);
  const double epoch_rate = rate();
  ++position_.epoch;
  position_.batch = 0;
  position_.epoch_loss = 0.0;
  write_log_line(position_.last_loss, epoch_rate);
}

void Run::train_epochs() {
  if (time_limit_ && elapsed() >= *time_limit_) return;  // before this resumption
  const std::chrono::duration<double> interval(60.0 * config_.training.checkpoint_minutes);
  while (position_.epoch < epochs_) {
    const bool time_left = train_batch(position_.batch * batch_groups_);
    if (position_.batch == batches_per_epoch_) finish_epoch();
    if (progress_.stop_requested()) {
      save();
      throw Interrupted(fmt::format("stopped in epoch {}; {} is saved, --resume goes on",
                                    position_.epoch + 1, checkpoint_path(output_).string()));
    }
    if (!time_left) return;
    if (std::chrono::steady_clock::now() - saved_ >= interval) save();
  }
}

TrainingSummary Run::run() {
  start_ = std::chrono::steady_clock::now();
  saved_ = start_;
  train_epochs();
  double loss = position_.last_loss;
  if (position_.batch > 0)  // a time limit ended the epoch early
    loss = position_.epoch_loss / static_cast<double>(position_.batch);
  save();
  save_model(output_, model());
  const double seconds = elapsed();
  return {position_.epoch,
          optimiser_.state().network_steps,
          engine_->parameters().size(),
          loss,
          seconds,
          static_cast<double>(rows_done_) / std::max(seconds - seconds_before_, 1e-9)};
}

void Run::write_log_line(double loss, double rate) {
  const nlohmann::json line{{"epoch", position_.epoch},
                            {"step", optimiser_.state().network_steps},
                            {"loss", loss},
                            {"rate", rate},
                            {"seconds", elapsed()}};
  append_to_log(output_, line.dump());
}

}  // namespace

std::filesystem::path checkpoint_path(const std::filesystem::path& output) {
  return with_suffix(output, ".checkpoint");
}

std::uint64_t fingerprint_of(const TrainingSet& set) {
  Fingerprint fingerprint;
  for (std::size_t v = 0; v < set.variables(); ++v) fingerprint.add(set.survey(v).fingerprint);
  return fingerprint.bits();
}

TrainingSummary train(TrainingRequest request, Progress& progress) {
  check(request);
  return Run(std::move(request), progress).run();
}

}  // namespace stsr

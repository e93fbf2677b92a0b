#include "stsr/training/network_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/shape.h"
#include "stsr/base/stopwatch.h"
#include "stsr/io/safetensors.h"
#include "stsr/io/unused_settings.h"
#include "stsr/training/checkpoint.h"
#include "stsr/training/training_session.h"

namespace stsr {

namespace {

/// The configuration that a checkpoint was written with, from its text.
Config config_of(const std::string& text, const std::filesystem::path& path) {
  Config config;
  read_config_text(text, path.string() + " (config)", config);
  return config;
}

/// The configuration without what has no effect; only a run that begins refuses such settings.
Config effective(const Config& config) {
  return without_unused_of(config, config);
}

/// The configuration of the run; a resumed one keeps the `shuffle_rows` and the blocks that it
/// began with where the request leaves them open.
Config resolved(const TrainingRequest& request) {
  if (!request.resume) return request.config;
  Config config = effective(request.config);
  if (config.training.shuffle_rows != 0 && !config.blocks.open()) return config;
  const std::filesystem::path path = checkpoint_path(request.output);
  const auto metadata = read_safetensors_table(path).metadata;
  const auto found = metadata.find("config");
  if (found == metadata.end()) return config;  // no checkpoint, which resume() says
  const Config began = config_of(found->second, path);
  if (config.training.shuffle_rows == 0) config.training.shuffle_rows = began.training.shuffle_rows;
  if (config.blocks.open()) config.blocks.split = began.blocks.split;
  return config;
}

/// How fast a network of one block trains here, measured in a moment on small made-up data: the
/// rate depends little on the data, nor, with linear heads, on the number of blocks.
double rows_per_second(Config config, std::size_t variables, const ComputeOptions& compute) {
  constexpr double moment = 0.25;  // seconds
  config.blocks.split = {1, 1, 1};
  config.blocks.coordinates = CoordinateKind::unit;
  config.training.validate = false;
  std::vector<StoredSequence> sequences;
  for (std::size_t i = 0; i < variables; ++i) {
    Sequence sequence;
    sequence.info = {std::to_string(i), {}, {{16, 16, 16}}, {0.0, 1.0}};
    sequence.steps.assign(2, std::vector<float>(16 * 16 * 16));
    sequence.steps[0][0] = 1.0F;
    sequences.emplace_back(std::move(sequence));
  }
  Trainer trainer(std::move(sequences), effective(config), {.compute = compute});
  for (std::size_t warm_up = 0; warm_up < 3; ++warm_up) trainer.step();
  const double before = TrainingClock::steady_seconds();
  const auto rows = static_cast<double>(trainer.rows_done());
  double seconds = 0.0;
  while (seconds < moment) {
    trainer.step();
    seconds = TrainingClock::steady_seconds() - before;
  }
  return (static_cast<double>(trainer.rows_done()) - rows) / seconds;
}

/// @param seconds  what it costs is added to
TrainerOptions trainer_options(const TrainingRequest& request, double& seconds) {
  const Stopwatch stopwatch(seconds);
  TrainerOptions options{.compute = request.compute,
                         .timed = request.time_limit_seconds && request.until_time_limit};
  const bool open = request.config.blocks.open() && !request.resume && !request.sequences.empty() &&
                    request.config.network.architecture != Architecture::coordnet;
  if (open && request.time_limit_seconds)
    options.affordable_rows =
        *request.time_limit_seconds *
        rows_per_second(request.config, request.sequences.size(), request.compute);
  return options;
}

/// The trainer in a session.
class NetworkTask final : public TrainingTask {
 public:
  explicit NetworkTask(TrainingRequest request)
      : options_(trainer_options(request, rate_seconds_)),
        trainer_(std::move(request.sequences), resolved(request), options_) {}

  [[nodiscard]] const Trainer& trainer() const { return trainer_; }
  [[nodiscard]] double choice_seconds() const { return rate_seconds_ + trainer_.choice_seconds(); }

  [[nodiscard]] bool finished(const TrainingClock& clock) override {
    return clock.over() || (!options_.timed && trainer_.position().epoch >= epochs());
  }
  void step(const TrainingClock& clock) override { loss_ = trainer_.step(clock.share()); }
  [[nodiscard]] LogEntry log_entry(const TrainingClock& clock) const override;
  void report(const TrainingClock& clock, Progress& progress) const override;
  [[nodiscard]] std::string position() const override {
    return fmt::format("epoch {}", trainer_.position().epoch + 1);
  }
  [[nodiscard]] std::size_t steps() const override { return trainer_.steps(); }

  [[nodiscard]] double resume(const std::filesystem::path& path) override;
  void save_checkpoint(const std::filesystem::path& path, double seconds) const override;
  void save_model(const std::filesystem::path& path) const override {
    stsr::save_model(path, trainer_.model_with_samples());
  }

 private:
  [[nodiscard]] std::size_t epochs() const { return trainer_.config().training.epochs; }

  double rate_seconds_ = 0.0;  // that it took to measure how fast it trains
  TrainerOptions options_;
  Trainer trainer_;
  double loss_ = 0.0;  // of the last step
};

LogEntry NetworkTask::log_entry(const TrainingClock& clock) const {
  const TrainingPosition& position = trainer_.position();
  if (position.batch != 0) return {};
  LogEntry entry{{"epoch", position.epoch},
                 {"step", trainer_.steps()},
                 {"loss", position.last_loss},
                 {"rate", trainer_.rate_factor()},
                 {"seconds", clock.elapsed()}};
  if (trainer_.corrections().empty()) return entry;
  std::vector<double> kept;
  std::vector<double> between;
  for (const Correction& correction : trainer_.corrections()) {
    kept.push_back(correction.kept_gain);
    between.push_back(correction.between_gain);
  }
  entry.emplace_back("kept_gain", std::move(kept));
  entry.emplace_back("between_gain", std::move(between));
  return entry;
}

void NetworkTask::report(const TrainingClock& clock, Progress& progress) const {
  const std::size_t done = trainer_.steps();
  const std::size_t in_epoch = trainer_.steps_per_epoch();
  // Where time alone ends the run, as many steps as will fit at this rate.
  const std::size_t total = options_.timed
                                ? static_cast<std::size_t>(static_cast<double>(done) /
                                                           std::clamp(clock.share(), 1e-9, 1.0))
                                : epochs() * in_epoch;
  progress.report(done, total, "step",
                  fmt::format("epoch {} of {}, loss {:.3e}", ceil_divide(done, in_epoch),
                              ceil_divide(total, in_epoch), loss_));
}

double NetworkTask::resume(const std::filesystem::path& path) {
  Checkpoint checkpoint = load_checkpoint(path);
  if (checkpoint.fingerprint != fingerprint_of(trainer_.data()))
    throw FileError(
        fmt::format("{}: was written from other data; resume with the same data, or "
                    "leave out --resume to begin anew",
                    path.string()));
  // A run may be made longer, saved more often and given other rates, as after a divergence;
  // anything else would be another run.
  Config saved = config_of(checkpoint.model.config, path);
  const TrainingConfig& training = trainer_.config().training;
  saved.training.epochs = epochs();
  saved.training.checkpoint_minutes = training.checkpoint_minutes;
  saved.training.learning_rate = training.learning_rate;
  saved.training.matrix_learning_rate = training.matrix_learning_rate;
  saved.training.latent_learning_rate = training.latent_learning_rate;
  if (effective(saved) != trainer_.config())
    throw FileError(
        fmt::format("{}: was written with another configuration; resume with the same "
                    "one, or leave out --resume to begin anew",
                    path.string()));
  if (checkpoint.position.batch >= trainer_.steps_per_epoch() ||
      checkpoint.model.parameters.size() != trainer_.parameters())
    throw FileError(fmt::format("{}: its position does not exist in this run", path.string()));
  std::vector<Correction> corrections;
  for (const TrainedVariable& variable : checkpoint.model.variables)
    if (variable.correction) corrections.push_back(*variable.correction);
  trainer_.restore({{std::move(checkpoint.model.parameters), std::move(checkpoint.optimiser)},
                    checkpoint.position,
                    std::move(corrections)});
  return checkpoint.seconds;
}

void NetworkTask::save_checkpoint(const std::filesystem::path& path, double seconds) const {
  TrainerState state = trainer_.state();
  stsr::save_checkpoint(path, {trainer_.model(), std::move(state.engine.optimiser), state.position,
                               seconds, fingerprint_of(trainer_.data())});
}

}  // namespace

TrainingSummary train(TrainingRequest request, Progress& progress) {
  TrainingSession session({.output = request.output,
                           .resume = request.resume,
                           .time_limit_seconds = request.time_limit_seconds,
                           .checkpoint_minutes = request.config.training.checkpoint_minutes,
                           .now = request.now});
  NetworkTask task(std::move(request));
  const TrainingClock clock = session.run(task, progress);
  const Trainer& trainer = task.trainer();
  const double seconds = clock.elapsed();
  std::vector<std::pair<std::string, Correction>> corrections;
  for (std::size_t i = 0; i < trainer.corrections().size(); ++i)
    corrections.emplace_back(trainer.data().info(i).name, trainer.corrections()[i]);
  return {trainer.position().epoch,
          trainer.steps(),
          trainer.parameters(),
          trainer.loss(),
          seconds,
          task.choice_seconds(),
          static_cast<double>(trainer.rows_done()) / std::max(seconds - clock.before(), 1e-9),
          std::move(corrections)};
}

}  // namespace stsr

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "baselines/stnet/engine.h"
#include "baselines/stnet/model_file.h"
#include "baselines/stnet/sample_source.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/baselines/stnet.h"
#include "stsr/training/training_session.h"

namespace stsr {

namespace stnet {

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, phase_count> phase_names{"unsupervised", "supervised",
                                                           "adversarial"};
constexpr std::uint64_t discriminator_streams = 1000;  // after those of the generator's layers

void require(bool holds, const std::string& message) {
  if (!holds) throw ValueError(message);
}

void check(const StnetRequest& request) {
  const StnetTrainingConfig& c = request.config.training;
  require(c.truth_share > 0.0 && c.truth_share <= 1.0,
          fmt::format("training.truth_share must be above 0 and at most 1, got {}", c.truth_share));
  require(c.crop >= 1, "training.crop must be at least 1, got 0");
  require(c.crops_per_window >= 1 && c.crops_per_window <= 1'000'000,
          fmt::format("training.crops_per_window must be from 1 to 1000000, got {}",
                      c.crops_per_window));
  require(c.learning_rate > 0.0,
          fmt::format("training.learning_rate must be above 0, got {}", c.learning_rate));
  for (const auto& [name, beta] : {std::pair("beta_1", c.beta_1), std::pair("beta_2", c.beta_2)})
    require(beta >= 0.0 && beta < 1.0,
            fmt::format("training.{} must be at least 0 and below 1, got {}", name, beta));
  require(c.epsilon > 0.0, fmt::format("training.epsilon must be above 0, got {}", c.epsilon));
  require(
      c.adversarial_weight >= 0.0,
      fmt::format("training.adversarial_weight must be at least 0, got {}", c.adversarial_weight));
  std::set<std::string> names;
  for (const Sequence& sequence : request.coarse)
    require(names.insert(sequence.info.name).second,
            fmt::format("two variables are called '{}'; rename one", sequence.info.name));
}

NetworkState fresh(const Layers& layers, std::uint64_t seed, std::uint64_t first_stream) {
  const std::size_t count = parameter_count(layers);
  return {initial_parameters(layers, seed, first_stream), std::vector<float>(count),
          std::vector<float>(count), 0};
}

/// STNet in a session.
class StnetTask final : public TrainingTask {
 public:
  explicit StnetTask(StnetRequest request);
  [[nodiscard]] StnetSummary summary(double seconds) const;

  [[nodiscard]] bool finished(const TrainingClock& clock) override;
  void step(const TrainingClock& clock) override;
  [[nodiscard]] LogEntry log_entry(const TrainingClock& clock) const override;
  void report(const TrainingClock& clock, Progress& progress) const override;
  [[nodiscard]] std::string position() const override {
    return fmt::format("epoch {} of the {} phase", position_.epoch + 1,
                       phase_names[position_.phase]);
  }
  [[nodiscard]] std::size_t steps() const override { return steps_; }

  [[nodiscard]] double resume(const fs::path& path) override;
  void save_checkpoint(const fs::path& path, double seconds) const override;
  void save_model(const fs::path& path) const override {
    stnet::save_model(path, model(engine_->state().generator.parameters));
  }

 private:
  [[nodiscard]] Phase phase() const { return static_cast<Phase>(position_.phase); }
  [[nodiscard]] std::size_t epochs(std::size_t phase) const;
  [[nodiscard]] bool phase_over(const TrainingClock& clock) const;
  [[nodiscard]] bool last_phase() const;
  void finish_epoch();
  [[nodiscard]] StnetModel model(std::vector<float> generator) const;

  StnetConfig config_;
  bool timed_;  // ends with the time alone
  Factors factors_;
  Plan plan_;
  SampleSource source_;
  std::unique_ptr<Engine> engine_;
  Position position_;
  std::size_t steps_ = 0;
  double loss_ = 0.0;              // of the frames, in the last step
  std::array<double, 3> means_{};  // of the losses of the last epoch
};

StnetTask::StnetTask(StnetRequest request)
    : config_(request.config),
      timed_(request.time_limit_seconds && request.until_time_limit),
      factors_(common_factors(request.coarse)),
      plan_(make_plan(config_.network, factors_.space, factors_.time + 2)),
      source_(std::move(request.coarse), std::move(request.truth), config_.training, factors_),
      engine_(make_engine(plan_, config_.training, thread_count())) {
  position_.fingerprint = source_.fingerprint();
  const std::uint64_t seed = config_.training.seed;
  engine_->restore(
      {fresh(plan_.generator, seed, 0), fresh(plan_.discriminator, seed, discriminator_streams)});
}

double StnetTask::resume(const fs::path& path) {
  Checkpoint checkpoint = load_checkpoint(path);
  // A run may be made longer, saved more often, given another rate and moved to another device;
  // anything else would be another run.
  StnetConfig saved = checkpoint.model.config;
  saved.training.unsupervised_epochs = config_.training.unsupervised_epochs;
  saved.training.supervised_epochs = config_.training.supervised_epochs;
  saved.training.adversarial_epochs = config_.training.adversarial_epochs;
  saved.training.checkpoint_minutes = config_.training.checkpoint_minutes;
  saved.training.learning_rate = config_.training.learning_rate;
  saved.training.device = config_.training.device;
  if (saved != config_)
    throw FileError(
        fmt::format("{}: was written with another configuration; resume with the same "
                    "one, or leave out --resume to begin anew",
                    path.string()));
  if (checkpoint.position.fingerprint != position_.fingerprint ||
      checkpoint.model.space != factors_.space || checkpoint.model.time != factors_.time)
    throw FileError(
        fmt::format("{}: was written from other data; resume with the same data, or "
                    "leave out --resume to begin anew",
                    path.string()));
  const Position& position = checkpoint.position;
  if (position.phase >= phase_count ||
      (position.sample > 0 &&
       position.sample >= source_.samples(static_cast<Phase>(position.phase))))
    throw FileError(fmt::format("{}: its position does not exist in this run", path.string()));
  engine_->restore(checkpoint.state);
  steps_ = checkpoint.state.generator.steps;
  position_ = position;
  return position_.seconds;
}

/// Epochs that the configuration gives a phase; none where it has no samples.
std::size_t StnetTask::epochs(std::size_t phase) const {
  if (source_.samples(static_cast<Phase>(phase)) == 0) return 0;
  const StnetTrainingConfig& c = config_.training;
  const std::array<std::size_t, phase_count> all{c.unsupervised_epochs, c.supervised_epochs,
                                                 c.adversarial_epochs};
  return all[phase];
}

/// By its epochs, or by its share of the time.
bool StnetTask::phase_over(const TrainingClock& clock) const {
  if (position_.sample == 0 && !timed_ && position_.epoch >= epochs(position_.phase)) return true;
  if (epochs(position_.phase) == 0) return true;
  if (!clock.limit()) return false;
  double until = 0.0;
  double all = 0.0;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    const auto count = static_cast<double>(epochs(phase));
    all += count;
    if (phase <= position_.phase) until += count;
  }
  return clock.elapsed() >= *clock.limit() * until / all;
}

bool StnetTask::last_phase() const {
  for (std::size_t phase = position_.phase + 1; phase < phase_count; ++phase)
    if (epochs(phase) > 0) return false;
  return true;
}

/// Enters the next phase where one is over. The position stays in the last one, which a resumed
/// run may make longer.
bool StnetTask::finished(const TrainingClock& clock) {
  while (phase_over(clock)) {
    if (position_.sample > 0)  // a time limit ended the epoch early
      position_.last_loss = position_.sums[0] / static_cast<double>(position_.sample);
    if (last_phase()) return true;
    position_.epochs_before += position_.epoch;
    ++position_.phase;
    position_.epoch = 0;
    position_.sample = 0;
    position_.sums = {};
  }
  return false;
}

StnetModel StnetTask::model(std::vector<float> generator) const {
  return {config_, factors_.space, factors_.time, source_.variables(), std::move(generator)};
}

void StnetTask::save_checkpoint(const fs::path& path, double seconds) const {
  Checkpoint checkpoint{{}, engine_->state(), position_};
  checkpoint.model = model(checkpoint.state.generator.parameters);
  checkpoint.position.seconds = seconds;
  stnet::save_checkpoint(path, checkpoint);
}

void StnetTask::report(const TrainingClock& clock, Progress& progress) const {
  std::size_t total = 0;
  std::size_t done = 0;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    const std::size_t samples = source_.samples(static_cast<Phase>(phase));
    total += epochs(phase) * samples;
    if (phase < position_.phase) done += epochs(phase) * samples;
    if (phase == position_.phase) done += position_.epoch * samples + position_.sample;
  }
  if (clock.limit()) {  // whichever is nearer to its end, in units of steps
    const double share = std::clamp(clock.share(), 1e-9, 1.0);
    const auto by_time = static_cast<std::size_t>(static_cast<double>(steps_) / share);
    total = timed_ ? by_time : std::min(total, by_time);
    done = std::min(steps_, total);
  }
  const std::size_t epoch = position_.epoch + (position_.sample > 0 ? 1 : 0);
  progress.report(
      done, total, "step",
      fmt::format("{}, epoch {}, loss {:.3e}", phase_names[position_.phase], epoch, loss_));
}

void StnetTask::step(const TrainingClock& /*clock*/) {
  const Losses losses =
      engine_->train(phase(), source_.sample(phase(), position_.epoch, position_.sample));
  const std::array<double, 3> values{losses.frames, losses.adversarial, losses.discriminator};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]))
      throw NumericError(fmt::format(
          "STNet's loss is {} in epoch {} of the {} phase; lower training.learning_rate and begin "
          "anew",
          values[i], position_.epoch + 1, phase_names[position_.phase]));
    position_.sums[i] += values[i];
  }
  loss_ = losses.frames;
  ++position_.sample;
  ++steps_;
  if (position_.sample == source_.samples(phase())) finish_epoch();
}

void StnetTask::finish_epoch() {
  means_ = position_.sums;
  for (double& mean : means_) mean /= static_cast<double>(position_.sample);
  position_.last_loss = means_[0];
  ++position_.epoch;
  position_.sample = 0;
  position_.sums = {};
}

LogEntry StnetTask::log_entry(const TrainingClock& clock) const {
  if (position_.sample != 0) return {};
  LogEntry entry{{"phase", std::string(phase_names[position_.phase])},
                 {"epoch", position_.epochs_before + position_.epoch},
                 {"step", steps_},
                 {"loss", means_[0]},
                 {"seconds", clock.elapsed()}};
  if (phase() == Phase::adversarial) {
    entry.emplace_back("adversarial", means_[1]);
    entry.emplace_back("discriminator", means_[2]);
  }
  return entry;
}

StnetSummary StnetTask::summary(double seconds) const {
  return {position_.epochs_before + position_.epoch,
          steps_,
          parameter_count(plan_.generator),
          position_.last_loss,
          seconds,
          source_.supervised()};
}

}  // namespace

}  // namespace stnet

void set_stnet_epochs(StnetTrainingConfig& config, std::size_t total, bool with_truth) {
  if (!with_truth) {
    config.unsupervised_epochs = total;
    return;
  }
  const std::size_t all =
      config.unsupervised_epochs + config.supervised_epochs + config.adversarial_epochs;
  if (all == 0) throw ValueError("all phases of STNet have 0 epochs; set their epochs one by one");
  const auto until = [&](std::size_t epochs) {
    return static_cast<std::size_t>(std::llround(
        static_cast<double>(total) * static_cast<double>(epochs) / static_cast<double>(all)));
  };
  const std::size_t first = until(config.unsupervised_epochs);
  const std::size_t second = until(config.unsupervised_epochs + config.supervised_epochs);
  config.unsupervised_epochs = first;
  config.supervised_epochs = second - first;
  config.adversarial_epochs = total - second;
}

StnetSummary train_stnet(StnetRequest request, Progress& progress) {
  stnet::check(request);
  TrainingSession session({.output = request.output,
                           .resume = request.resume,
                           .time_limit_seconds = request.time_limit_seconds,
                           .checkpoint_minutes = request.config.training.checkpoint_minutes,
                           .now = request.now});
  stnet::StnetTask task(std::move(request));
  return task.summary(session.run(task, progress).elapsed());
}

}  // namespace stsr

#include "stsr/training/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "baselines/stnet/engine.h"
#include "baselines/stnet/model_file.h"
#include "baselines/stnet/sample_source.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/baselines/stnet.h"
#include "stsr/io/atomic_file.h"
#include "stsr/training/training_log.h"

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
  require(c.checkpoint_minutes >= 0.01,
          fmt::format("training.checkpoint_minutes must be at least 0.01, got {}",
                      c.checkpoint_minutes));
  require(!request.time_limit_seconds || *request.time_limit_seconds > 0.0,
          "the time limit must be positive");
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

/// One run: everything that lasts from the first to the last step.
class Run {
 public:
  Run(StnetRequest request, Progress& progress);
  StnetSummary run();

 private:
  void begin(bool resume);
  void resume();
  void train_phase();
  void train_sample(Phase phase);
  void finish_epoch();
  void save();
  void write_log_line(const std::array<double, 3>& means);
  void report(double loss);
  [[nodiscard]] std::size_t epochs(std::size_t phase) const;
  [[nodiscard]] bool phase_over() const;
  [[nodiscard]] double elapsed() const;
  [[nodiscard]] StnetModel model(std::vector<float> generator) const;

  StnetConfig config_;
  fs::path output_;
  std::optional<double> time_limit_;
  bool time_alone_;
  Progress& progress_;
  PathLock lock_;
  Factors factors_;
  Plan plan_;
  SampleSource source_;
  std::unique_ptr<Engine> engine_;
  Position position_;
  std::size_t steps_ = 0;
  double seconds_before_ = 0.0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point saved_ = start_;
};

Run::Run(StnetRequest request, Progress& progress)
    : config_(request.config),
      output_(std::move(request.output)),
      time_limit_(request.time_limit_seconds),
      time_alone_(time_limit_ && request.time_alone),
      progress_(progress),
      lock_(output_),
      factors_(common_factors(request.coarse)),
      plan_(make_plan(config_.network, factors_.space, factors_.time + 2)),
      source_(std::move(request.coarse), std::move(request.truth), config_.training, factors_),
      engine_(make_engine(plan_, config_.training, thread_count())) {
  position_.fingerprint = source_.fingerprint();
  begin(request.resume);
}

void Run::begin(bool resume) {
  if (resume) {
    this->resume();
    return;
  }
  const std::uint64_t seed = config_.training.seed;
  engine_->restore(
      {fresh(plan_.generator, seed, 0), fresh(plan_.discriminator, seed, discriminator_streams)});
  start_log(output_);
  fs::remove(checkpoint_path(output_));
}

void Run::resume() {
  const fs::path path = checkpoint_path(output_);
  Checkpoint checkpoint = load_checkpoint(path);
  // A run may be made longer, saved more often and moved to another device; anything else would be
  // another run.
  StnetConfig saved = checkpoint.model.config;
  saved.training.unsupervised_epochs = config_.training.unsupervised_epochs;
  saved.training.supervised_epochs = config_.training.supervised_epochs;
  saved.training.adversarial_epochs = config_.training.adversarial_epochs;
  saved.training.checkpoint_minutes = config_.training.checkpoint_minutes;
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
  seconds_before_ = position_.seconds;
  cut_log(output_, steps_);
}

double Run::elapsed() const {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now() - start_;
  return seconds_before_ + now.count();
}

/// Epochs that the configuration gives a phase; none where it has no samples.
std::size_t Run::epochs(std::size_t phase) const {
  if (source_.samples(static_cast<Phase>(phase)) == 0) return 0;
  const StnetTrainingConfig& c = config_.training;
  const std::array<std::size_t, phase_count> all{c.unsupervised_epochs, c.supervised_epochs,
                                                 c.adversarial_epochs};
  return all[phase];
}

/// By its epochs, or by its share of the time.
bool Run::phase_over() const {
  if (position_.sample == 0 && !time_alone_ && position_.epoch >= epochs(position_.phase))
    return true;
  if (epochs(position_.phase) == 0) return true;
  if (!time_limit_) return false;
  double until = 0.0;
  double all = 0.0;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    const auto count = static_cast<double>(epochs(phase));
    all += count;
    if (phase <= position_.phase) until += count;
  }
  return elapsed() >= *time_limit_ * until / all;
}

StnetModel Run::model(std::vector<float> generator) const {
  return {config_, factors_.space, factors_.time, source_.variables(), std::move(generator)};
}

void Run::save() {
  position_.seconds = elapsed();
  Checkpoint checkpoint{{}, engine_->state(), position_};
  checkpoint.model = model(checkpoint.state.generator.parameters);
  save_checkpoint(checkpoint_path(output_), checkpoint);
  saved_ = std::chrono::steady_clock::now();
}

void Run::report(double loss) {
  std::size_t total = 0;
  std::size_t done = 0;
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    const std::size_t samples = source_.samples(static_cast<Phase>(phase));
    total += epochs(phase) * samples;
    if (phase < position_.phase) done += epochs(phase) * samples;
    if (phase == position_.phase) done += position_.epoch * samples + position_.sample;
  }
  if (time_limit_) {  // whichever is nearer to its end, in units of steps
    const double share = std::clamp(elapsed() / *time_limit_, 1e-9, 1.0);
    const auto by_time = static_cast<std::size_t>(static_cast<double>(steps_) / share);
    total = time_alone_ ? by_time : std::min(total, by_time);
    done = std::min(steps_, total);
  }
  progress_.report(done, total, "step",
                   fmt::format("{}, epoch {}, loss {:.3e}", phase_names[position_.phase],
                               position_.epoch + 1, loss));
}

void Run::train_sample(Phase phase) {
  const Losses losses =
      engine_->train(phase, source_.sample(phase, position_.epoch, position_.sample));
  const std::array<double, 3> values{losses.frames, losses.adversarial, losses.discriminator};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]))
      throw NumericError(fmt::format(
          "STNet's loss is {} in epoch {} of the {} phase; lower training.learning_rate and begin "
          "anew",
          values[i], position_.epoch + 1, phase_names[position_.phase]));
    position_.sums[i] += values[i];
  }
  ++position_.sample;
  ++steps_;
  report(losses.frames);
}

void Run::finish_epoch() {
  std::array<double, 3> means = position_.sums;
  for (double& mean : means) mean /= static_cast<double>(position_.sample);
  position_.last_loss = means[0];
  ++position_.epoch;
  position_.sample = 0;
  position_.sums = {};
  write_log_line(means);
}

void Run::train_phase() {
  const auto phase = static_cast<Phase>(position_.phase);
  const std::chrono::duration<double> interval(60.0 * config_.training.checkpoint_minutes);
  while (!phase_over()) {
    train_sample(phase);
    if (position_.sample == source_.samples(phase)) finish_epoch();
    if (progress_.stop_requested()) {
      save();
      throw Interrupted(fmt::format(
          "stopped in epoch {} of the {} phase; {} is saved, --resume "
          "goes on",
          position_.epoch + 1, phase_names[position_.phase], checkpoint_path(output_).string()));
    }
    if (std::chrono::steady_clock::now() - saved_ >= interval) save();
  }
}

StnetSummary Run::run() {
  start_ = std::chrono::steady_clock::now();
  saved_ = start_;
  while (position_.phase < phase_count) {
    train_phase();
    if (position_.sample > 0)  // a time limit ended the epoch early
      position_.last_loss = position_.sums[0] / static_cast<double>(position_.sample);
    const bool last = [&] {
      for (std::size_t phase = position_.phase + 1; phase < phase_count; ++phase)
        if (epochs(phase) > 0) return false;
      return true;
    }();
    if (last) break;  // the position stays in the phase, which a resumed run may make longer
    position_.epochs_before += position_.epoch;
    ++position_.phase;
    position_.epoch = 0;
    position_.sample = 0;
    position_.sums = {};
  }
  save();
  save_model(output_, model(engine_->state().generator.parameters));
  return {position_.epochs_before + position_.epoch,
          steps_,
          parameter_count(plan_.generator),
          position_.last_loss,
          elapsed(),
          source_.supervised()};
}

void Run::write_log_line(const std::array<double, 3>& means) {
  nlohmann::json line{{"phase", phase_names[position_.phase]},
                      {"epoch", position_.epochs_before + position_.epoch},
                      {"step", steps_},
                      {"loss", means[0]},
                      {"seconds", elapsed()}};
  if (static_cast<Phase>(position_.phase) == Phase::adversarial) {
    line["adversarial"] = means[1];
    line["discriminator"] = means[2];
  }
  append_to_log(output_, line.dump());
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
  return stnet::Run(std::move(request), progress).run();
}

}  // namespace stsr

// STNet, one network for all variables, with the truth that its publication grants it.

#include <fmt/format.h>

#include <algorithm>

#include "method.h"
#include "stsr/base/error.h"
#include "stsr/baselines/stnet.h"
#include "stsr/io/config_file.h"
#include "stsr/training/checkpoint.h"
#include "stsr/training/training_log.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

std::vector<Sequence> sequences_of(std::span<const ComparedVariable> variables) {
  std::vector<Sequence> sequences;
  for (const ComparedVariable& variable : variables)
    sequences.push_back(training_sequence(variable));
  return sequences;
}

class StnetMethod final : public Method {
 public:
  StnetMethod(const ComparedMethod& entry, std::vector<ComparedVariable> variables,
              const fs::path& folder)
      : entry_(entry), variables_(std::move(variables)), path_(folder / "model.stnet") {
    for (const std::string& assignment : entry_.set) set_config_value(config_, assignment);
    if (entry_.epochs) set_stnet_epochs(config_.training, *entry_.epochs, has_truth());
  }

  [[nodiscard]] std::string settings() const override {
    std::string truth;
    if (has_truth())
      for (const ComparedVariable& variable : variables_) truth += variable.data->truth_state();
    return fmt::format("{} minutes {} epochs {} truth {}", write_config(config_),
                       entry_.minutes.value_or(0.0), entry_.epochs.has_value(), truth);
  }
  TrainingCost train(ComparisonObserver& observer) override;
  [[nodiscard]] std::vector<VariableInfo> output_infos(
      std::span<const ComparedVariable> variables) const override {
    auto infos = stnet_infos(load_stnet(path_), sequences_of(variables));
    for (std::size_t i = 0; i < infos.size(); ++i) infos[i].name = variables[i].name();
    return infos;
  }
  void write(std::span<const ComparedVariable> variables, DatasetWriter& writer,
             Progress& progress) override {
    StnetInference inference;
    inference.device = config_.training.device;
    write_stnet(load_stnet(path_), sequences_of(variables), inference, writer, progress);
  }
  [[nodiscard]] std::vector<std::string> commands() const override;
  [[nodiscard]] std::vector<fs::path> logs() const override { return {log_path(path_)}; }

 private:
  /// The truths, each once.
  [[nodiscard]] std::vector<std::string> truth_paths() const {
    std::vector<std::string> paths;
    for (const ComparedVariable& variable : variables_)
      if (const std::string path = variable.data->truth_path().string();
          has_truth() && std::find(paths.begin(), paths.end(), path) == paths.end())
        paths.push_back(path);
    return paths;
  }
  [[nodiscard]] bool has_truth() const {
    return std::all_of(variables_.begin(), variables_.end(), [](const ComparedVariable& variable) {
      return variable.data->truth() != nullptr;
    });
  }

  ComparedMethod entry_;
  std::vector<ComparedVariable> variables_;
  fs::path path_;
  StnetConfig config_;
};

TrainingCost StnetMethod::train(ComparisonObserver& observer) {
  StnetRequest request;
  request.config = config_;
  request.output = path_;
  request.resume = fs::exists(checkpoint_path(path_));
  if (entry_.minutes) request.time_limit_seconds = *entry_.minutes * 60.0;
  request.until_time_limit = entry_.minutes && !entry_.epochs;
  request.coarse = sequences_of(variables_);
  if (has_truth())
    request.truth = [this](std::size_t variable, std::size_t step) {
      const ComparedVariable& one = variables_[variable];
      return one.data->truth()->read(one.truth_index(), step);
    };
  const auto progress = observer.progress(entry_.name + ": training", request.time_limit_seconds);
  const StnetSummary summary = train_stnet(std::move(request), *progress);
  TrainingCost cost;
  cost.seconds = summary.seconds;
  cost.models = 1;
  cost.model_bytes = static_cast<std::size_t>(fs::file_size(path_));
  cost.parameters = summary.parameters;
  cost.epochs = summary.epochs;
  cost.loss = summary.loss;
  cost.remark = summary.supervised
                    ? fmt::format(
                          "was shown the fine volumes of the first {:.0f} % of the time "
                          "steps, which no other method here has seen.",
                          config_.training.truth_share * 100.0)
                    : "had no fine volumes to learn from, so only its unsupervised phase ran.";
  return cost;
}

std::vector<std::string> StnetMethod::commands() const {
  std::string text = fmt::format("stsr stnet train {}", data_arguments(variables_));
  for (const std::string& truth : truth_paths()) text += fmt::format(" --truth {}", truth);
  for (const std::string& one : entry_.set) text += fmt::format(" --set '{}'", one);
  if (entry_.epochs) text += fmt::format(" --epochs {}", *entry_.epochs);
  if (entry_.minutes) text += fmt::format(" --time-limit {}m", *entry_.minutes);
  return {
      text + fmt::format(" -o {}", path_.string()),
      fmt::format("stsr stnet upscale {} {} -o DIR", path_.string(), data_arguments(variables_))};
}

}  // namespace

std::unique_ptr<Method> make_stnet_method(const ComparedMethod& entry,
                                          std::vector<ComparedVariable> variables,
                                          const fs::path& folder) {
  return std::make_unique<StnetMethod>(entry, std::move(variables), folder);
}

}  // namespace stsr

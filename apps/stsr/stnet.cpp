#include "stsr/baselines/stnet.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "commands.h"
#include "data_options.h"
#include "log.h"
#include "parse.h"
#include "stsr/base/error.h"
#include "stsr/io/config_file.h"
#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

namespace {

constexpr const char* train_examples =
    "  stsr stnet train coarse --truth fine -o wake.stnet\n"
    "  stsr stnet train coarse --truth fine --time-limit 2h -o wake.stnet\n"
    "  stsr stnet train re160 re640 --truth full160 --truth full640 --epochs 130 -o wake.stnet\n"
    "  stsr stnet train coarse --truth fine --set network.features=[8,16,32,64] -o small.stnet\n"
    "  stsr stnet train coarse -o blind.stnet         no truth: the unsupervised phase alone\n"
    "  stsr stnet train coarse --truth fine --resume -o wake.stnet\n"
    "\n"
    "Of the truth, STNet sees the first fifth of the time steps (training.truth_share), which no "
    "other\n"
    "method here does. MODEL.checkpoint and MODEL.log.jsonl are as those of stsr train.\n";

constexpr const char* upscale_examples =
    "  stsr stnet upscale wake.stnet coarse -o stnet\n"
    "  stsr stnet upscale wake.stnet re160 re640 --variables re160_p -o stnet\n"
    "  stsr stnet upscale wake.stnet coarse --tile 8 -o stnet       in less memory\n"
    "  stsr stnet upscale wake.stnet coarse --resume -o stnet       resumes after Ctrl-C or a "
    "crash\n"
    "\n"
    "The data are the coarse ones of the training, named alike. The output undoes their "
    "reduction.\n";

constexpr const char* config_examples =
    "  stsr stnet config > stnet.toml             all settings with their meaning\n"
    "  stsr stnet config --set training.crop=8 > stnet.toml\n";

/// Where the settings of STNet come from: a file, then single values.
struct StnetSettings {
  std::string file;
  std::vector<std::string> assignments;

  void add_to(Command& command) {
    command.add_option("--config", file, "Configuration file (TOML), see 'stsr stnet config'")
        .type_name("FILE");
    command
        .add_option("--set", assignments,
                    "One setting, e.g. training.crop=8; may be given several times")
        .type_name("SECTION.KEY=VALUE")
        .allow_extra_args(false);
  }

  [[nodiscard]] StnetConfig resolve() const {
    StnetConfig config;
    if (!file.empty()) config = read_config(file, config);
    for (const std::string& assignment : assignments) set_config_value(config, assignment);
    return config;
  }
};

struct TrainOptions {
  std::vector<std::string> data;
  std::vector<std::string> truth;
  std::vector<std::string> variables;
  StnetSettings settings;
  std::string epochs;
  std::string time_limit;
  std::string seed;
  std::string device;
  bool resume = false;
  std::string model;
};

/// Reads the truth of `coarse`, whose variables come from `sources`: the variable of the same name
/// in the truth of its data set.
TruthReader truth_of(const TrainOptions& options, const std::vector<TrainingSource>& sources,
                     const std::vector<Sequence>& coarse) {
  if (options.truth.empty()) return {};
  if (options.truth.size() != options.data.size())
    throw ValueError(
        fmt::format("--truth needs one data set for each coarse one, in their order: "
                    "got {} for {}",
                    options.truth.size(), options.data.size()));
  auto data = std::make_shared<std::vector<std::unique_ptr<Dataset>>>();
  for (const std::string& path : options.truth) data->push_back(open_dataset(path));
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::size_t set = sources[i].data;
    const auto& known = (*data)[set]->variables();
    const std::size_t variable = find_variable(known, sources[i].own_name);
    const VariableInfo& fine = known[variable];
    const auto& reduction = coarse[i].info.reduction;
    if (reduction &&
        (fine.grid.dims != reduction->full_dims || fine.times != reduction->full_times))
      throw ValueError(
          fmt::format("--truth {}: '{}' has other samples or times than '{}' before its reduction",
                      options.truth[set], fine.name, coarse[i].info.name));
    places.emplace_back(set, variable);
  }
  std::vector<Packing> packings;
  for (const Sequence& sequence : coarse) packings.push_back(sequence.info.packing);
  return [data, places, packings](std::size_t variable, std::size_t step) {
    const auto& [set, number] = places[variable];
    return repacked((*data)[set]->read(number, step), (*data)[set]->variables()[number].packing,
                    packings[variable]);
  };
}

StnetRequest request_of(const TrainOptions& options) {
  StnetRequest request;
  request.config = options.settings.resolve();
  StnetTrainingConfig& training = request.config.training;
  if (!options.epochs.empty())
    set_stnet_epochs(training, parse_count("--epochs", options.epochs, 0), !options.truth.empty());
  if (!options.seed.empty()) training.seed = parse_count("--seed", options.seed, 0);
  if (!options.device.empty())
    training.device = parse_enum<StnetDevice>("--device", options.device);
  if (!options.time_limit.empty())
    request.time_limit_seconds = parse_duration("--time-limit", options.time_limit);
  request.until_time_limit = options.epochs.empty();
  request.resume = options.resume;
  request.output = options.model;
  const auto sources = training_sources(options.data, options.variables);
  request.coarse = read_sequences(options.data, options.variables);
  request.truth = truth_of(options, sources, request.coarse);
  return request;
}

void run_train(TrainOptions options, bool quiet) {
  options.data = joined_series(options.data);
  options.truth = joined_series(options.truth);
  StnetRequest request = request_of(options);
  StnetSummary summary;
  {
    TerminalProgress progress("training", quiet, request.time_limit_seconds);
    summary = train_stnet(std::move(request), progress);
  }
  log_info("{} epochs, {} steps in {}, loss {:.3g}, {} parameters", summary.epochs, summary.steps,
           duration_text(summary.seconds), summary.loss, summary.parameters);
  if (!summary.supervised)
    log_warning("without --truth only the unsupervised phase ran; STNet is made for all three");
  log_info("wrote {}; 'stsr stnet upscale {} {} -o DIR' writes volumes", options.model,
           options.model, fmt::join(options.data, " "));
}

struct UpscaleOptions {
  std::string model;
  std::vector<std::string> data;
  std::string device = std::string(enum_name(StnetDevice::cpu));
  std::string tile;
  OutputOptions output;
};

void run_upscale(UpscaleOptions options, bool quiet) {
  options.data = joined_series(options.data);
  StnetInference inference;
  inference.device = parse_enum<StnetDevice>("--device", options.device);
  if (!options.tile.empty()) inference.tile = parse_count("--tile", options.tile, 1);
  const StnetModel model = load_stnet(options.model);
  for (const std::string& path : options.data) options.output.refuse_as_output(path);
  const std::vector<Sequence> coarse = read_sequences(options.data, options.output.variables);
  const std::vector<VariableInfo> infos = stnet_infos(model, coarse);
  options.output.place.write(infos, stnet_fingerprint(model, coarse, inference),
                             [&](DatasetWriter& writer) {
                               TerminalProgress progress("writing", quiet);
                               write_stnet(model, coarse, inference, writer, progress);
                             });
  for (const VariableInfo& info : infos)
    log_info("{}: {} x {} x {}, {} steps in {}", info.name, info.grid.dims.x, info.grid.dims.y,
             info.grid.dims.z, info.times.size(), options.output.place.folder);
}

void add_stnet_train(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<TrainOptions>();
  Command command =
      add_command(program, invocation, "train", "Train STNet on coarse volumes", train_examples,
                  [options, &invocation] { run_train(*options, invocation.common.quiet); });
  command.add_option("data", options->data, "Coarse data sets, reduced by the same factors")
      .required()
      .type_name("COARSE");
  command
      .add_option("--truth", options->truth,
                  "The data before the reduction; once for each coarse data set, in their order")
      .type_name("FINE")
      .allow_extra_args(false);
  command.add_option("--variables", options->variables, "Only these (default: all)")
      .type_name("A,B,...")
      .delimiter(',')
      .allow_extra_args(false);
  options->settings.add_to(command);
  command
      .add_option("--epochs", options->epochs,
                  "Epochs of all phases together, in the proportion of their settings")
      .type_name("N");
  command
      .add_option("--time-limit", options->time_limit,
                  "Train for this time (90s, 10m, 1.5h), each phase for its share, however many "
                  "epochs that are; with --epochs, whichever ends first")
      .type_name("TIME");
  command.add_option("--seed", options->seed, "Seed of all random numbers").type_name("N");
  command.add_option("--device", options->device, "cpu (default) or cuda").type_name("NAME");
  command.add_flag("--resume", options->resume, "Resume from MODEL.checkpoint");
  command.add_option("-o,--output", options->model, "Model file to write")
      .required()
      .type_name("MODEL");
}

void add_stnet_upscale(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<UpscaleOptions>();
  Command command = add_command(
      program, invocation, "upscale", "Write volumes from a trained STNet", upscale_examples,
      [options, &invocation] { run_upscale(*options, invocation.common.quiet); });
  command.add_option("model", options->model, "Model file or checkpoint of stsr stnet train")
      .required()
      .type_name("MODEL");
  command.add_option("data", options->data, "The coarse data sets of the training")
      .required()
      .type_name("COARSE");
  command.add_option("--device", options->device, "cpu or cuda")
      .type_name("NAME")
      .capture_default_str();
  command
      .add_option("--tile", options->tile,
                  "Coarse samples along each axis to upscale at once (default: 16); the result is "
                  "the same but for rounding")
      .type_name("N");
  options->output.add_to(command);
  options->output.place.add_resume_to(command);
}

void add_stnet_config(Command& program, Invocation& invocation) {
  const auto settings = std::make_shared<StnetSettings>();
  Command command = add_command(
      program, invocation, "config", "Print the settings of STNet, complete", config_examples,
      [settings] { fmt::print("{}", write_config(settings->resolve())); });
  settings->add_to(command);
}

}  // namespace

void add_stnet(Command& program, Invocation& invocation) {
  Command command = program.add_group(
      "stnet", "STNet, a convolutional network to compare with (needs a build with Torch)",
      "'stsr stnet COMMAND --help' shows the options of a command, with examples.");
  add_stnet_train(command, invocation);
  add_stnet_upscale(command, invocation);
  add_stnet_config(command, invocation);
}

}  // namespace stsr::app

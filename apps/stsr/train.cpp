#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <utility>

#include "commands.h"
#include "config_options.h"
#include "log.h"
#include "mapping_guard.h"
#include "parse.h"
#include "stsr/base/memory.h"
#include "stsr/training/network_training.h"
#include "stsr/volume/fill_value.h"
#include "stsr/volume/value_range.h"
#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr train coarse --time-limit 10m -o wake.stsr\n"
    "  stsr train re160 re640 --variables re160_vlm,re640_vlm --epochs 300 -o wake.stsr\n"
    "  stsr train coarse --preset paper --seed 7 -o paper.stsr\n"
    "  stsr train coarse --preset coordnet --time-limit 1h -o coordnet.stsr\n"
    "  stsr train coarse --set network.width=128 --set blocks.split=[4,2,1] -o small.stsr\n"
    "  stsr train coarse --resume -o wake.stsr       resumes after Ctrl-C, with the same settings\n"
    "\n"
    "Variables of one name in several data sets are called <data set>_<name>, where the data set "
    "is\n"
    "called like its folder or file. A stopped training leaves MODEL.checkpoint, which every "
    "command\n"
    "reads like a model. MODEL.log.jsonl has one JSON object per epoch.\n";

struct Options {
  std::vector<std::string> data;
  std::vector<std::string> variables;
  ConfigOptions config;
  std::string epochs;
  std::string time_limit;
  std::string seed;
  std::string precision;
  std::string memory;
  bool resume = false;
  std::string model;
};

TrainingRequest request_of(const Options& options, const CommonOptions& common) {
  TrainingRequest request;
  request.config = options.config.resolve();
  if (!options.epochs.empty())
    request.config.training.epochs = parse_count("--epochs", options.epochs, 0);
  if (!options.seed.empty()) request.config.training.seed = parse_count("--seed", options.seed, 0);
  if (!options.precision.empty())
    request.config.training.precision = parse_precision(options.precision);
  if (!options.time_limit.empty())
    request.time_limit_seconds = parse_duration("--time-limit", options.time_limit);
  request.until_time_limit = options.epochs.empty();
  request.resume = options.resume;
  request.compute = compute_options(common);
  request.output = options.model;
  return request;
}

TrainingData data_of(const Options& options) {
  TrainingDataRequest request{joined_series(options.data), options.variables,
                              available_memory() / 2, "."};
  if (!options.memory.empty()) request.memory = parse_size("--memory", options.memory);
  const std::filesystem::path model(options.model);
  if (model.has_parent_path()) request.scratch = model.parent_path();
  TrainingData data = read_training_data(request);
  if (data.mapped) guard_mappings(data.sequences);
  return data;
}

/// Values that were narrowed to float32 before they came here cannot be helped.
void warn_of_digits(const StoredSequence& sequence) {
  constexpr double few = 1.0 / (1 << 12);  // of float32's 24 bits these 12 are left
  const ValueRange range = finite_range(sequence.steps.front().values);
  const double largest = std::max(std::abs(range.low), std::abs(range.high));
  const double variation = range.high - range.low;
  if (sequence.info.packing.plain() && variation > 0.0 && variation < few * largest)
    log_warning(
        "{}: the values vary by {:.3g} around {:.6g}, of which float32 holds {:.0f} steps; store "
        "them as float64, or without their mean",
        sequence.info.name, variation, 0.5 * (range.low + range.high),
        variation / (largest * std::ldexp(1.0, -24)));
}

void describe(const TrainingData& data) {
  for (const StoredSequence& sequence : data.sequences) {
    const Dims& dims = sequence.info.grid.dims;
    log_info("{}: {} x {} x {}, {} steps", sequence.info.name, dims.x, dims.y, dims.z,
             sequence.steps.size());
  }
  for (const StoredSequence& sequence : data.sequences)
    if (const auto fill = probable_fill_value(sequence))
      log_warning(
          "{}: {:.1f} % of the values are exactly {}; where these are samples without data, "
          "declare them in the data set file with missing = {}",
          sequence.info.name, 100.0 * fill->share, sequence.info.packing.unpacked(fill->value),
          sequence.info.packing.unpacked(fill->value));
  for (const StoredSequence& sequence : data.sequences) warn_of_digits(sequence);
  log_info("{} of values, {}", size_text(data.bytes),
           data.mapped ? "mapped from files" : "in memory");
}

void run(const Options& options, const CommonOptions& common) {
  TrainingRequest request = request_of(options, common);
  {
    TrainingData data = data_of(options);
    describe(data);
    request.sequences = std::move(data.sequences);
  }
  TrainingSummary summary;
  {
    TerminalProgress progress("training", common.quiet, request.time_limit_seconds);
    summary = train(std::move(request), progress);
  }
  log_info("{} epochs in {}, loss {}, {} parameters, {:.4g} rows/s", summary.epochs,
           duration_text(summary.seconds),
           std::isnan(summary.loss) ? "-" : fmt::format("{:.3g}", summary.loss), summary.parameters,
           summary.rows_per_second);
  if (!summary.corrections.empty())
    log_info("{:.2g} s of these chose blocks and measured what to expect", summary.choice_seconds);
  for (const auto& [name, correction] : summary.corrections)
    log_info("{}: expected {}", name, expectation_text(correction));
  log_info("wrote {}; 'stsr upscale {} -o DIR' writes volumes", options.model, options.model);
}

}  // namespace

void add_train(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command =
      add_command(program, invocation, "train", "Train one network on coarse volumes", examples,
                  [options, &invocation] { run(*options, invocation.common); });
  command.add_option("data", options->data, "Data set files, .pvd, .vti or folders")
      .required()
      .type_name("DATA");
  command.add_option("--variables", options->variables, "Only these (default: all)")
      .type_name("A,B,...")
      .delimiter(',')
      .allow_extra_args(false);
  options->config.add_to(command);
  command
      .add_option("--epochs", options->epochs,
                  "Passes over all samples (default: the setting training.epochs)")
      .type_name("N");
  command
      .add_option(
          "--time-limit", options->time_limit,
          "Train for this time (90s, 10m, 1.5h), however many epochs that are; with --epochs, "
          "whichever ends first")
      .type_name("TIME");
  command.add_option("--seed", options->seed, "Seed of all random numbers").type_name("N");
  add_precision_option(command, options->precision);
  command
      .add_option("--memory", options->memory,
                  "Values that need more than this (8G, 512M) are mapped from their files and\n"
                  "shuffled a part at a time (default: half of the memory that it may have)")
      .type_name("SIZE");
  command.add_flag("--resume", options->resume, "Resume from MODEL.checkpoint");
  command.add_option("-o,--output", options->model, "Model file to write")
      .required()
      .type_name("MODEL");
}

}  // namespace stsr::app

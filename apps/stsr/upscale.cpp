#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "commands.h"
#include "config_options.h"
#include "data_options.h"
#include "field_writing.h"
#include "log.h"
#include "parse.h"
#include "stsr/inference/model_field.h"
#include "stsr/inference/network_field.h"
#include "stsr/inference/trained_samples.h"
#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr upscale wake.stsr -o fine                    undoes the reduction of the training "
    "data\n"
    "  stsr upscale wake.stsr --space 1.75 --time 2.5 -o fine\n"
    "  stsr upscale wake.stsr --dims 256,96,32 --times 4:8.8:121 --variables p -o fine\n"
    "  stsr upscale wake.stsr --like truth --format raw -o fine\n"
    "  stsr upscale wake.stsr --space 8 --box 0,1,-0.5,0.5,-0.25,0.25 -o detail\n"
    "  stsr upscale wake.stsr --resume -o fine           resumes after Ctrl-C or a crash, with the "
    "same\n"
    "                                                    model and options\n";

struct Options {
  std::string model;
  std::string precision;
  std::vector<std::string> through;
  bool network_alone = false;
  GridOptions grid;
  OutputOptions output;
};

/// Where the chosen variables of a model are in the data sets that it was trained on, in which they
/// are called as in training.
std::vector<SampleSource> sources_in(const std::vector<std::string>& data, const Model& model,
                                     std::span<const std::size_t> chosen) {
  std::vector<std::string> names;
  for (const std::size_t variable : chosen) names.push_back(model.variables[variable].info.name);
  std::vector<SampleSource> sources;
  for (const TrainingSource& source : training_sources(data, names))
    sources.push_back({data[source.data], source.own_name});
  return sources;
}

/// The model's network, corrected with its samples where they are to be had.
std::shared_ptr<const Field> field_of(const Options& options, const Model& model,
                                      std::span<const std::size_t> chosen,
                                      const ComputeOptions& compute, const CommonOptions& common) {
  if (options.network_alone) return std::make_shared<const NetworkField>(model, compute);
  std::optional<TrainedSamples> samples;
  if (!options.through.empty()) {
    const std::vector<std::string> through = joined_series(options.through);
    for (const std::string& path : through) options.output.refuse_as_output(path);
    const auto sources = sources_in(through, model, chosen);
    TerminalProgress progress("reading", common.quiet);
    samples = trained_samples(options.model, model, chosen, sources, progress);
  } else if (model.samples.empty() && model.variables.front().correction) {
    for (const SampleSource& source : remembered_sources(model, chosen))
      options.output.refuse_as_output(source.data);
    std::string reason;
    {
      TerminalProgress progress("reading", common.quiet);
      samples = remembered_samples(options.model, model, chosen, reason, progress);
    }
    if (!samples)
      log_warning(
          "{} carries no samples: the output is its network's alone, which does not interpolate "
          "them; give the coarse data with --through{}",
          options.model, reason.empty() ? "" : fmt::format(" ({})", reason));
  }
  if (samples) return make_field(model, std::move(samples->readers), samples->fingerprint, compute);
  return make_field(model, compute);
}

void run(const Options& options, const CommonOptions& common) {
  const ComputeOptions compute = compute_options(common, options.precision);
  const Model model = load_model(options.model);
  std::vector<VariableInfo> infos;
  for (const TrainedVariable& variable : model.variables) infos.push_back(variable.info);
  const std::vector<std::size_t> chosen = options.output.choose(infos);
  std::vector<GridRequest> requests;
  for (const std::size_t variable : chosen)
    requests.push_back(options.grid.request(infos[variable].name));
  const std::shared_ptr<const Field> field = field_of(options, model, chosen, compute, common);
  std::vector<FieldOutput> outputs;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    outputs.push_back(field_output(field, chosen[i], requests[i]));
  write_fields(outputs, options.output.place, "writing", common.quiet);
}

}  // namespace

void add_upscale(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command =
      add_command(program, invocation, "upscale", "Write volumes from a trained model", examples,
                  [options, &invocation] { run(*options, invocation.common); });
  command.add_option("model", options->model, "Model file or checkpoint of stsr train")
      .required()
      .type_name("MODEL");
  const Option through =
      command
          .add_option("--through", options->through,
                      "A data set that the model was trained on, for a model that does not carry "
                      "its samples, and where these have moved: the output interpolates them "
                      "(repeat for several)")
          .allow_extra_args(false)
          .type_name("DATA");
  command
      .add_flag("--network-alone", options->network_alone,
                "Write what the network says, without the correction that makes it interpolate "
                "its samples")
      .excludes(through);
  options->grid.add_to(command);
  add_precision_option(command, options->precision);
  options->output.add_to(command);
  options->output.place.add_resume_to(command);
}

}  // namespace stsr::app

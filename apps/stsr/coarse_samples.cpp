#include "coarse_samples.h"

#include <fmt/format.h>

#include <memory>

#include "stsr/base/error.h"
#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

void add_samples(Fingerprint& all, const Dataset& data, std::size_t variable, bool quiet) {
  const VariableInfo& info = data.variables()[variable];
  TerminalProgress progress("reading", quiet);
  for (std::size_t step = 0; step < info.times.size(); ++step) {
    const std::vector<float> values = data.read(variable, step);
    all.add(std::span(values));
    progress.report(step + 1, info.times.size(), "volume", info.name);
    progress.check();
  }
}

CoarseSamples samples_behind(std::span<const OutputVariable> outputs,
                             const std::vector<std::string>& paths, bool quiet) {
  std::vector<std::string> names;
  for (const OutputVariable& output : outputs) names.push_back(output.trained.info.name);
  const std::vector<TrainingSource> sources = training_sources(paths, names);
  CoarseSamples samples;
  Fingerprint all;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const TrainingSource& source = sources[i];
    const std::shared_ptr<const Dataset> data = open_dataset(paths[source.data]);
    const std::string difference =
        sampling_difference(data->variables()[source.variable], outputs[i].trained.info);
    if (!difference.empty())
      throw ValueError(fmt::format(
          "{}: variable '{}' and what the model was trained on differ in {}; give the coarse data "
          "of the training",
          paths[source.data], source.own_name, difference));
    add_samples(all, *data, source.variable, quiet);
    samples.readers.emplace_back([data, variable = source.variable](std::size_t step) {
      return data->read(variable, step);
    });
  }
  samples.fingerprint = all.text();
  return samples;
}

}  // namespace stsr::app

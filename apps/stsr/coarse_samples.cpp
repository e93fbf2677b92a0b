#include "coarse_samples.h"

#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

TrainedSamples samples_behind(const std::string& path, const Model& model,
                              std::span<const std::size_t> chosen,
                              const std::vector<std::string>& data, bool quiet) {
  std::vector<std::string> names;
  for (const std::size_t variable : chosen) names.push_back(model.variables[variable].info.name);
  std::vector<SampleSource> sources;
  for (const TrainingSource& source : training_sources(data, names))
    sources.push_back({data[source.data], source.own_name});
  TerminalProgress progress("reading", quiet);
  return trained_samples(path, model, chosen, sources, progress);
}

}  // namespace stsr::app

#include "method.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "stsr/base/error.h"

namespace stsr {

std::unique_ptr<Method> make_method(const ComparedMethod& entry,
                                    std::vector<ComparedVariable> variables,
                                    const std::filesystem::path& folder,
                                    const ComputeOptions& compute) {
  switch (entry.kind) {
    case MethodKind::network:
      return make_network_method(entry, std::move(variables), folder, compute);
    case MethodKind::stnet:
      return make_stnet_method(entry, std::move(variables), folder);
    case MethodKind::interpolation:
      break;
  }
  return make_interpolation_method(entry, std::move(variables));
}

BlendedVolumes Method::blend(const ComparedVariable& /*from*/, const ComparedVariable& /*to*/,
                             std::size_t /*count*/, std::size_t /*step*/) const {
  throw ValueError("only a network with latent vectors can blend");
}

Sequence training_sequence(const ComparedVariable& variable) {
  Sequence sequence = read_sequence(variable.data->coarse(), variable.index);
  sequence.info.name = variable.trained;
  return sequence;
}

std::vector<std::string> data_paths(std::span<const ComparedVariable> variables) {
  std::vector<std::string> paths;
  for (const ComparedVariable& variable : variables)
    if (const std::string path = variable.data->coarse_path().string();
        std::find(paths.begin(), paths.end(), path) == paths.end())
      paths.push_back(path);
  return paths;
}

std::vector<OutputArguments> output_arguments(std::span<const ComparedVariable> variables) {
  std::vector<OutputArguments> all;
  for (const ComparedVariable& variable : variables) {
    if (all.empty() || all.back().data != variable.data)
      all.push_back({variable.data, variable.name(), variable.trained,
                     variable.data->output_option(variable.name())});
    else {
      all.back().own += "," + variable.name();
      all.back().trained += "," + variable.trained;
    }
  }
  return all;
}

std::string data_arguments(std::span<const ComparedVariable> variables) {
  const std::vector<std::string> paths = data_paths(variables);
  std::vector<std::string> names;  // as the command calls them: with one data set, by their own
  for (const ComparedVariable& variable : variables)
    names.push_back(paths.size() == 1 ? variable.name() : variable.trained);
  return fmt::format("{} --variables '{}'", fmt::join(paths, " "), fmt::join(names, ","));
}

}  // namespace stsr

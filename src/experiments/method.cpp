#include "method.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "stsr/base/error.h"

namespace stsr {

std::unique_ptr<Method> make_method(const ComparedMethod& entry,
                                    std::vector<ComparedVariable> variables,
                                    const std::filesystem::path& folder) {
  switch (entry.kind) {
    case MethodKind::network:
      return make_network_method(entry, std::move(variables), folder);
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

std::string training_sequence_name(const ComparedVariable& variable) {
  std::string name = variable.key;
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

Sequence training_sequence(const ComparedVariable& variable) {
  Sequence sequence = read_sequence(variable.data->coarse(), variable.index);
  sequence.info.name = training_sequence_name(variable);
  return sequence;
}

std::string data_arguments(std::span<const ComparedVariable> variables) {
  std::vector<std::string> paths;
  std::vector<std::string> names;
  for (const ComparedVariable& variable : variables) {
    const std::string path = variable.data->coarse_path().string();
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    names.push_back(training_sequence_name(variable));
  }
  return fmt::format("{} --variables '{}'", fmt::join(paths, " "), fmt::join(names, ","));
}

}  // namespace stsr

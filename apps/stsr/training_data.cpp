#include "training_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/io/dataset.h"

namespace stsr::app {

namespace {

namespace fs = std::filesystem;

/// One variable of one of the data sets.
struct Source {
  std::size_t data = 0;
  std::size_t variable = 0;
};

}  // namespace

std::string data_set_name(const fs::path& path) {
  std::error_code code;
  const fs::path whole = fs::weakly_canonical(path, code);
  if (fs::is_directory(whole, code)) return whole.filename().string();
  const std::string stem = whole.stem().string();
  return stem == "dataset" ? whole.parent_path().filename().string() : stem;
}

std::string prefixed_name(const fs::path& path, const std::string& variable) {
  return fmt::format("{}_{}", data_set_name(path), variable);
}

std::vector<Sequence> read_training_data(const std::vector<std::string>& paths,
                                         const std::vector<std::string>& only) {
  std::vector<std::unique_ptr<Dataset>> data;
  std::map<std::string, std::size_t> uses;
  for (const std::string& path : paths) {
    data.push_back(open_dataset(path));
    for (const VariableInfo& info : data.back()->variables()) ++uses[info.name];
  }

  std::vector<VariableInfo> infos;
  std::vector<Source> sources;
  for (std::size_t d = 0; d < data.size(); ++d) {
    const auto& variables = data[d]->variables();
    for (std::size_t v = 0; v < variables.size(); ++v) {
      VariableInfo info = variables[v];
      if (uses[info.name] > 1) info.name = prefixed_name(paths[d], info.name);
      for (const VariableInfo& other : infos)
        if (other.name == info.name)
          throw ValueError(fmt::format(
              "two data sets give a variable '{}'; rename one of their folders", info.name));
      infos.push_back(std::move(info));
      sources.push_back({d, v});
    }
  }

  std::vector<std::size_t> chosen;
  for (const std::string& name : only) chosen.push_back(find_variable(infos, name));
  if (only.empty())
    for (std::size_t i = 0; i < infos.size(); ++i) chosen.push_back(i);

  std::vector<Sequence> sequences;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (std::find(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(i), chosen[i]) !=
        chosen.begin() + static_cast<std::ptrdiff_t>(i))
      throw ValueError(fmt::format("--variables names '{}' twice; name it once", only[i]));
    const Source& source = sources[chosen[i]];
    sequences.push_back(read_sequence(*data[source.data], source.variable));
    sequences.back().info.name = infos[chosen[i]].name;
  }
  return sequences;
}

}  // namespace stsr::app

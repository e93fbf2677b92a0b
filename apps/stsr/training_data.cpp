#include "training_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "log.h"
#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/io/dataset.h"

namespace stsr::app {

namespace {

namespace fs = std::filesystem;

/// One variable of one of the data sets; its info has its final name.
struct Source {
  std::shared_ptr<const Dataset> data;
  std::size_t data_number = 0;
  std::size_t variable = 0;
  VariableInfo info;
};

bool is_single_step(const Dataset& data) {
  return std::all_of(data.variables().begin(), data.variables().end(),
                     [](const VariableInfo& info) { return info.times.size() == 1; });
}

/// The pattern that opens these files of one step each, and no other.
std::string pattern_of(const std::vector<fs::path>& series) {
  const fs::path pattern = series_pattern(series);
  const std::string range =
      fmt::format("{} to {}", series.front().string(), series.back().string());
  if (open_dataset(pattern)->files().size() != series.size())
    throw FileError(fmt::format(
        "{}: are time steps of one series, but not all that '{}' finds; give all, or name those to "
        "read in a .pvd",
        range, pattern.string()));
  log_warning(
      "{}: read as {} time steps of one series, at times 0, 1, ...; name them in a .pvd for other "
      "times, or in a .toml where they are variables",
      range, series.size());
  return pattern.string();
}

std::vector<Source> sources_of(const std::vector<std::string>& paths) {
  std::vector<std::shared_ptr<const Dataset>> data;
  std::map<std::string, std::size_t> uses;
  for (const std::string& path : paths) {
    data.push_back(open_dataset(path));
    for (const VariableInfo& info : data.back()->variables()) ++uses[info.name];
  }
  std::vector<Source> sources;
  for (std::size_t d = 0; d < data.size(); ++d) {
    const auto& variables = data[d]->variables();
    for (std::size_t v = 0; v < variables.size(); ++v) {
      VariableInfo info = variables[v];
      if (uses[info.name] > 1) info.name = prefixed_name(paths[d], info.name);
      for (const Source& other : sources)
        if (other.info.name == info.name)
          throw ValueError(fmt::format(
              "two data sets give a variable '{}'; rename one of their folders", info.name));
      sources.push_back({data[d], d, v, std::move(info)});
    }
  }
  return sources;
}

/// Those that `only` names, in its order; all where it is empty.
std::vector<Source> chosen_of(std::vector<Source> sources, const std::vector<std::string>& only) {
  if (only.empty()) return sources;
  std::vector<VariableInfo> infos;
  std::vector<std::string> names;
  for (const Source& source : sources) {
    infos.push_back(source.info);
    names.push_back(source.info.name);
  }
  std::vector<Source> chosen;
  for (const std::string& name : joined_names(only, names)) {
    const Source& source = sources[find_variable(infos, name)];
    for (const Source& other : chosen)
      if (other.info.name == name)
        throw ValueError(fmt::format("--variables names '{}' twice; name it once", name));
    chosen.push_back(source);
  }
  return chosen;
}

}  // namespace

std::vector<std::string> joined_series(const std::vector<std::string>& paths) {
  std::vector<std::string> joined;
  for (std::size_t first = 0; first < paths.size();) {
    std::vector<fs::path> series{paths[first]};
    std::unique_ptr<Dataset> data;
    for (std::size_t next = first + 1; next < paths.size(); ++next) {
      series.emplace_back(paths[next]);
      if (!series_pattern(series).empty()) {
        if (data == nullptr) data = open_dataset(paths[first]);
        if (is_single_step(*data) && open_dataset(paths[next])->variables() == data->variables())
          continue;
      }
      series.pop_back();
      break;
    }
    joined.push_back(series.size() == 1 ? paths[first] : pattern_of(series));
    first += series.size();
  }
  return joined;
}

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

std::vector<TrainingSource> training_sources(const std::vector<std::string>& paths,
                                             const std::vector<std::string>& only) {
  std::vector<TrainingSource> sources;
  for (const Source& source : chosen_of(sources_of(paths), only))
    sources.push_back({source.data_number, source.variable,
                       source.data->variables()[source.variable].name, source.info.name});
  return sources;
}

std::vector<Sequence> read_sequences(const std::vector<std::string>& paths,
                                     const std::vector<std::string>& only) {
  std::vector<Sequence> sequences;
  for (const Source& source : chosen_of(sources_of(paths), only)) {
    sequences.push_back(read_sequence(*source.data, source.variable));
    sequences.back().info.name = source.info.name;
  }
  return sequences;
}

TrainingData read_training_data(const TrainingDataRequest& request) {
  const std::vector<Source> sources = chosen_of(sources_of(request.paths), request.only);
  TrainingData data;
  for (const Source& source : sources)
    data.bytes +=
        checked_product({source.info.grid.dims.count(), source.info.times.size(), sizeof(float)});
  data.mapped = data.bytes > request.memory;
  for (const Source& source : sources) {
    data.sequences.push_back(data.mapped
                                 ? map_sequence(source.data, source.variable, request.scratch)
                                 : read_sequence(*source.data, source.variable));
    StoredSequence& sequence = data.sequences.back();
    sequence.info.name = source.info.name;
    sequence.source = {fs::weakly_canonical(request.paths[source.data_number]).string(),
                       source.data->variables()[source.variable].name};
  }
  return data;
}

}  // namespace stsr::app

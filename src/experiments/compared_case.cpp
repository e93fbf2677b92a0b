#include "compared_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <set>

#include "record.h"
#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/text.h"
#include "stsr/io/config_file.h"
#include "stsr/io/derived_dataset.h"
#include "stsr/volume/analytic.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// The entry as text.
std::string text_of(const ComparedData& entry) {
  return config_detail::write_fields({{config_detail::section_of(entry, "data", "")}, {}});
}

/// Changes when a file that the data set consists of is written again.
std::string state_of(const fs::path& path, const Dataset& data) {
  Fingerprint state;
  for (const fs::path& file : data.files()) {
    std::error_code code;
    const auto time = fs::last_write_time(file, code).time_since_epoch();
    state.add(file.string()).add(static_cast<std::int64_t>(time.count()));
  }
  return state.add(path.string()).text();
}

AnalyticRequest analytic_request(const ComparedData& entry) {
  AnalyticRequest request;
  request.dims = {entry.dims[0], entry.dims[1], entry.dims[2]};
  request.steps = entry.steps;
  request.variables = entry.variables;
  request.parameters = entry.parameters;
  request.time_step = entry.time_step;
  return request;
}

/// The command that writes what an AnalyticRequest describes.
std::string generate_command(const std::string& field, const AnalyticRequest& request,
                             const fs::path& folder) {
  std::string text = fmt::format("stsr generate {} --dims {},{},{} --steps {}", field,
                                 request.dims.x, request.dims.y, request.dims.z, request.steps);
  if (!request.variables.empty())
    text += fmt::format(" --variables {}", fmt::join(request.variables, ","));
  if (!request.parameters.empty())
    text += fmt::format(" --parameters {}", fmt::join(request.parameters, ","));
  if (request.time_step) text += fmt::format(" --time-step {}", *request.time_step);
  return text + fmt::format(" -o {}", folder.string());
}

/// The request for samples of the same field on the grid and times that the methods write.
AnalyticRequest output_of(const ComparedData& entry, const VariableInfo& coarse,
                          const GridRequest& output) {
  const OutputGrid grid = output_grid(coarse, output);
  AnalyticRequest request = analytic_request(entry);
  request.dims = grid.grid.dims;
  request.steps = grid.times.size();
  if (grid.times.size() > 1)
    request.time_step =
        (grid.times.back() - grid.times.front()) / static_cast<double>(grid.times.size() - 1);
  return request;
}

/// Makes `folder` hold the data set of `infos`, unless it does already.
void make_dataset(const fs::path& folder, const std::string& key,
                  const std::vector<VariableInfo>& infos, const std::string& label,
                  ComparisonObserver& observer,
                  const std::function<void(DatasetWriter&, Progress&)>& fill) {
  fs::path record = folder;
  record += ".json";
  if (!read_record(record, key).is_null() && fs::exists(folder / "dataset.toml")) return;
  fs::create_directories(folder.parent_path());
  const auto progress = observer.progress(label, {});
  const auto writer =
      create_dataset(folder, infos, format_named("raw"), {key, true, sufficient_type(infos)});
  fill(*writer, *progress);
  writer->close();
  write_record(record, key, Record::object());
}

/// Makes files differ, and names of the training that several data sets have.
void name_apart(std::vector<ComparedVariable>& variables) {
  std::set<std::string> taken;
  std::map<std::string, std::size_t> uses;
  for (ComparedVariable& variable : variables) {
    const std::string base = variable.file;
    for (std::size_t i = 2; !taken.insert(variable.file).second; ++i)
      variable.file = fmt::format("{}-{}", base, i);
    ++uses[variable.name()];
  }
  for (ComparedVariable& variable : variables)
    if (uses[variable.name()] > 1)
      variable.trained =
          fmt::format("{}_{}", file_name_of(variable.data->entry().name), variable.name());
}

}  // namespace

ComparedCase::ComparedCase(const ComparedData& entry, const fs::path& folder,
                           ComparisonObserver& observer)
    : entry_(entry) {
  // The last folder tells the data sets apart where several are trained on (see stsr train).
  const auto own = [&](const char* what) {
    return folder / "data" / what / file_name_of(entry.name);
  };
  make_truth(own("truth"), observer);
  make_coarse(own("coarse"), observer);
  if (!entry_.output_space && !entry_.output_steps) return;
  truth_.reset();  // of another resolution than what the methods write
  truth_state_.clear();
  if (entry_.field.empty()) return;
  // What the methods write is finer than what the coarse data came from: the field gives it too.
  const VariableInfo& coarse = coarse_->variables().front();
  const AnalyticSequence fine(find_analytic_field(entry_.field),
                              output_of(entry_, coarse, output_request(coarse.name)));
  make_dataset(
      own("fine-truth"), Fingerprint().add(text_of(entry_)).text(), fine.variables(),
      entry_.name + ": generating the fine truth", observer,
      [&](DatasetWriter& writer, Progress& progress) { write_analytic(fine, writer, progress); });
  truth_ = open_dataset(own("fine-truth"));
  truth_state_ = text_of(entry_);
}

void ComparedCase::make_truth(const fs::path& folder, ComparisonObserver& observer) {
  if (!entry_.field.empty()) {
    const AnalyticRequest request = analytic_request(entry_);
    const AnalyticSequence sequence(find_analytic_field(entry_.field), request);
    make_dataset(folder, Fingerprint().add(text_of(entry_)).text(), sequence.variables(),
                 entry_.name + ": generating", observer,
                 [&](DatasetWriter& writer, Progress& progress) {
                   write_analytic(sequence, writer, progress);
                 });
    truth_path_ = folder;
    commands_.push_back(generate_command(entry_.field, request, folder));
  } else if (!entry_.truth.empty()) {
    truth_path_ = entry_.truth;
  } else {
    return;
  }
  truth_ = open_dataset(truth_path_);
  truth_state_ = entry_.field.empty() ? state_of(truth_path_, *truth_) : text_of(entry_);
}

void ComparedCase::make_coarse(const fs::path& folder, ComparisonObserver& observer) {
  if (!entry_.coarse.empty()) {
    coarse_path_ = entry_.coarse;
    coarse_ = open_dataset(coarse_path_);
    for (const std::string& name : entry_.variables)
      (void)find_variable(coarse_->variables(), name);
    return;
  }
  std::vector<std::size_t> chosen;
  // The variables of a field are named after its parameters; all of them were asked for.
  if (entry_.field.empty())
    for (const std::string& name : entry_.variables)
      chosen.push_back(find_variable(truth_->variables(), name));
  if (chosen.empty())
    for (std::size_t i = 0; i < truth_->variables().size(); ++i) chosen.push_back(i);
  const std::string key = Fingerprint().add(text_of(entry_)).add(truth_state_).text();
  make_dataset(folder, key, reduced_infos(*truth_, chosen, entry_.space, entry_.time),
               entry_.name + ": reducing", observer,
               [&](DatasetWriter& writer, Progress& progress) {
                 write_reduced(*truth_, chosen, entry_.space, entry_.time, writer, progress);
               });
  coarse_path_ = folder;
  coarse_ = open_dataset(folder);
  std::vector<std::string> names;
  for (const std::size_t variable : chosen) names.push_back(truth_->variables()[variable].name);
  commands_.push_back(fmt::format("stsr reduce {} --space {} --time {} --variables '{}' -o {}",
                                  truth_path_.string(), fmt::join(entry_.space, ","), entry_.time,
                                  fmt::join(names, ","), folder.string()));
}

GridRequest ComparedCase::output_request(const std::string& name) const {
  GridRequest request;
  const VariableInfo& coarse = coarse_->variables()[find_variable(coarse_->variables(), name)];
  request.space = entry_.output_space;
  if (entry_.output_steps) {
    const std::size_t count = *entry_.output_steps;
    const double length = coarse.times.back() - coarse.times.front();
    request.times.emplace();
    for (std::size_t i = 0; i < count; ++i)
      request.times->push_back(coarse.times.front() +
                               length * static_cast<double>(i) / static_cast<double>(count - 1));
    request.times->back() = coarse.times.back();
  }
  if (request.space || request.times || entry_.coarse.empty() || truth_ == nullptr) return request;
  const VariableInfo& truth = truth_->variables()[find_variable(truth_->variables(), name)];
  request.like = GridLike{truth.grid, truth.times};
  return request;
}

std::string ComparedCase::output_option(const std::string& name) const {
  const GridRequest request = output_request(name);
  std::string text;
  if (request.like) text += fmt::format(" --like {}", truth_path_.string());
  if (request.space) text += fmt::format(" --space {}", fmt::join(*request.space, ","));
  if (request.times) text += fmt::format(" --times {}", fmt::join(*request.times, ","));
  return text;
}

std::size_t ComparedVariable::truth_index() const {
  return find_variable(data->truth()->variables(), name());
}

std::vector<ComparedVariable> compared_variables(
    std::span<const std::unique_ptr<ComparedCase>> cases) {
  std::vector<ComparedVariable> variables;
  for (const auto& data : cases)
    for (std::size_t i = 0; i < data->coarse().variables().size(); ++i) {
      const std::string& name = data->coarse().variables()[i].name;
      const auto& only = data->entry().variables;
      if (!data->entry().coarse.empty() && !only.empty() &&
          std::find(only.begin(), only.end(), name) == only.end())
        continue;
      const std::string key =
          cases.size() == 1 ? name : fmt::format("{}/{}", data->entry().name, name);
      variables.push_back({data.get(), i, key, file_name_of(key), name});
    }
  name_apart(variables);
  return variables;
}

std::size_t find_compared(std::span<const ComparedVariable> variables, const std::string& name,
                          const std::string& where) {
  std::vector<std::string> keys;
  std::vector<std::size_t> of_that_name;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const std::string full =
        fmt::format("{}/{}", variables[i].data->entry().name, variables[i].name());
    if (full == name) return i;
    if (variables[i].name() == name) of_that_name.push_back(i);
    keys.push_back(variables[i].key);
  }
  if (of_that_name.size() == 1) return of_that_name.front();
  if (of_that_name.empty())
    throw ValueError(
        fmt::format("{}: there is no variable '{}'{}", where, name, name_hint(name, keys)));
  throw ValueError(fmt::format("{}: several data sets have a variable '{}'; write '{}'", where,
                               name, variables[of_that_name.front()].key));
}

std::string file_name_of(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || c == '_' || c == '-' || c == '.');
    name += plain ? c : '_';
  }
  if (name.empty() || name[0] == '.') name = "_" + name;
  return name;
}

}  // namespace stsr

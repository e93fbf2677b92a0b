#include "stsr/experiments/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>

#include "blank_pictures.h"
#include "comparison_results.h"
#include "pictures.h"
#include "record.h"
#include "report.h"
#include "score_variable.h"
#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/text.h"
#include "stsr/io/atomic_file.h"
#include "stsr/io/background_writer.h"
#include "tables.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

constexpr const char* mark = "comparison.toml";
/// The first line of the mark, above the configuration as the user wrote it.
constexpr const char* mark_line = "# The configuration of this folder, which stsr compare made.\n";

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bool has_mark(const fs::path& folder) {
  std::ifstream stream(folder / mark);
  std::string line;
  return std::getline(stream, line) && line + "\n" == mark_line;
}

/// The folder, made where it is not there, if nothing of others is in it.
void make_folder(const ComparisonRequest& request) {
  if (fs::exists(request.folder) && !fs::is_empty(request.folder) && !has_mark(request.folder))
    throw FileError(fmt::format(
        "{}: holds files that are not of a comparison; choose another or an empty folder",
        request.folder.string()));
  std::error_code code;
  fs::create_directories(request.folder, code);
  if (code)
    throw FileError(fmt::format("{}: the folder cannot be made: {}; choose another one",
                                request.folder.string(), code.message()));
}

/// Makes the folder ours: the configuration as the user wrote it lies in it.
void claim_folder(const ComparisonRequest& request) {
  AtomicFile file(request.folder / mark);
  if (!request.config_text.starts_with(mark_line)) file.write(std::string(mark_line));
  file.write(request.config_text);
  file.commit();
}

/// Removes what an earlier run of the method left: models, volumes, scores and their records.
void remove_results(const fs::path& folder) {
  const auto is_result = [](const std::string& name) {
    if (name == "volumes" || name == "scores" || name == "training.json" || name == "method.json")
      return true;
    for (const std::string model : {".stsr", ".stnet"})
      for (const char* side : {"", ".checkpoint", ".log.jsonl"})
        if (name.ends_with(model + side)) return true;
    return false;
  };
  for (const auto& entry : fs::directory_iterator(folder))
    if (is_result(entry.path().filename().string())) fs::remove_all(entry.path());
}

/// Everything about one method that is kept in its folder.
class MethodRun {
 public:
  MethodRun(const ComparisonRequest& request, const ComparedMethod& entry,
            const std::vector<ComparedVariable>& all, const std::vector<MethodResult>& earlier,
            ComparisonObserver& observer)
      : request_(request),
        entry_(entry),
        all_(all),
        earlier_(earlier),
        observer_(observer),
        folder_(request.folder / "methods" / file_name_of(entry.name)) {}

  MethodResult run();

 private:
  void run_parts(MethodResult& result);
  [[nodiscard]] TrainingCost trained(Method& method, const std::string& key);
  void write_group(Method& method, const std::vector<std::size_t>& group, MethodResult& result);
  void score(const std::string& key, const ComparedVariable& variable, VariableResult& result);
  [[nodiscard]] const MethodResult* model_owner() const;
  /// Variables that are written together: those of a data set, or each alone.
  [[nodiscard]] std::vector<std::vector<std::size_t>> groups(
      const std::vector<std::size_t>& indices, bool joint) const;

  const ComparisonRequest& request_;
  const ComparedMethod& entry_;
  const std::vector<ComparedVariable>& all_;
  const std::vector<MethodResult>& earlier_;
  ComparisonObserver& observer_;
  fs::path folder_;
};

/// Indices of the variables that a method is run on.
std::vector<std::size_t> chosen_of(const ComparedMethod& entry,
                                   const std::vector<ComparedVariable>& all) {
  std::vector<std::size_t> indices;
  for (const std::string& name : entry.variables)
    indices.push_back(find_compared(all, name, fmt::format("method '{}'", entry.name)));
  std::sort(indices.begin(), indices.end());  // so that those of a data set lie side by side
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
  if (indices.empty())
    for (std::size_t i = 0; i < all.size(); ++i) indices.push_back(i);
  return indices;
}

/// The method whose model this one uses; nullptr where it has its own.
const MethodResult* MethodRun::model_owner() const {
  if (entry_.model_of.empty()) return nullptr;
  for (const MethodResult& method : earlier_)
    if (method.entry.name == entry_.model_of && method.error.empty()) return &method;
  throw ValueError(fmt::format("'{}', whose model it uses, failed", entry_.model_of));
}

/// Tells the coarse samples of these variables, and where their output lies, from all others.
std::string state_of(const std::vector<ComparedVariable>& variables, const std::string& version,
                     ComparisonObserver& observer) {
  Fingerprint state;
  state.add(version);
  const auto progress = observer.progress("reading coarse data", {});
  for (const ComparedVariable& variable : variables) {
    const VariableInfo& coarse = variable.coarse_info();
    state.add(variable.key).add(std::span(coarse.grid.spacing)).add(std::span(coarse.times));
    const OutputGrid grid = output_grid(coarse, variable.data->output_request(variable.name()));
    for (const auto& axis : grid.positions) state.add(std::span(axis));
    state.add(std::span(grid.times));
    const std::size_t steps = coarse.times.size();
    for (std::size_t step = 0; step < steps; ++step) {
      const std::vector<float> values = variable.data->coarse().read(variable.index, step);
      state.add(std::span(values));
      progress->report(step + 1, steps, "volume", variable.key);
      if (progress->stop_requested()) throw Interrupted("stopped while reading coarse data");
    }
  }
  return state.text();
}

std::vector<std::vector<std::size_t>> MethodRun::groups(const std::vector<std::size_t>& indices,
                                                        bool joint) const {
  std::vector<std::vector<std::size_t>> groups;
  for (const std::size_t i : indices) {
    const bool same = joint && !groups.empty() && all_[groups.back().front()].data == all_[i].data;
    if (!same) groups.emplace_back();
    groups.back().push_back(i);
  }
  return groups;
}

TrainingCost MethodRun::trained(Method& method, const std::string& key) {
  const fs::path path = folder_ / "training.json";
  if (const Record record = read_record(path, key); !record.is_null()) {
    const Record& loss = record["loss"];  // null where it is NaN: no step was taken
    return {record["seconds"],     record["models"],
            record["model_bytes"], record["parameters"],
            record["epochs"],      loss.is_null() ? undefined_score : loss.get<double>(),
            record["remark"]};
  }
  const TrainingCost cost = method.train(observer_);
  write_record(path, key,
               {{"seconds", cost.seconds},
                {"models", cost.models},
                {"model_bytes", cost.model_bytes},
                {"parameters", cost.parameters},
                {"epochs", cost.epochs},
                {"loss", cost.loss},
                {"remark", cost.remark}});
  return cost;
}

void MethodRun::write_group(Method& method, const std::vector<std::size_t>& group,
                            MethodResult& result) {
  std::vector<ComparedVariable> variables;
  for (const std::size_t i : group) variables.push_back(all_[i]);
  const std::string label =
      method.joint() ? variables.front().data->entry().name : variables.front().key;
  const fs::path volumes =
      folder_ / "volumes" / (method.joint() ? file_name_of(label) : variables.front().file);
  fs::path path = volumes;
  path += ".json";
  Record record = read_record(path, result.key);
  if (record.is_null() || !fs::exists(volumes / "dataset.toml")) {
    fs::create_directories(volumes.parent_path());
    fs::path begun = volumes;
    begun += ".begun.json";  // how long interrupted runs have written
    const Record before = read_record(begun, result.key);
    const double seconds_before = before.is_null() ? 0.0 : before["seconds"].get<double>();
    const auto start = std::chrono::steady_clock::now();
    const auto progress = observer_.progress(fmt::format("{}: writing {}", entry_.name, label), {});
    try {
      const std::vector<VariableInfo> infos = method.output_infos(variables);
      const auto writer = create_dataset_in_background(volumes, infos, format_named("raw"),
                                                       {result.key, true, sufficient_type(infos)});
      method.write(variables, *writer, *progress);
      writer->close();
    } catch (const Interrupted&) {
      write_record(begun, result.key, {{"seconds", seconds_before + seconds_since(start)}});
      throw;
    }
    record = {{"seconds", seconds_before + seconds_since(start)}};
    write_record(path, result.key, record);
    fs::remove(begun);
  }
  result.inference_seconds += record["seconds"].get<double>();
  for (const std::size_t i : group) {
    result.variables[i].volumes = volumes;
    result.variables[i].exists = true;
  }
}

void MethodRun::score(const std::string& key, const ComparedVariable& variable,
                      VariableResult& result) {
  if (variable.data->truth() == nullptr) return;
  const ScoreRequest wanted = score_request(request_.config, all_, variable);
  const std::string whole = Fingerprint()
                                .add(key)
                                .add(variable.key)
                                .add(variable.data->truth_state())
                                .add(wanted.text())
                                .text();
  const fs::path path = folder_ / "scores" / (variable.file + ".json");
  if (const Record record = read_record(path, whole); !record.is_null()) {
    result.scores = scores_of(record);
    return;
  }
  const auto progress =
      observer_.progress(fmt::format("{}: measuring {}", entry_.name, variable.key), {});
  result.scores = score_variable(variable, result.volumes, wanted, *progress);
  fs::create_directories(path.parent_path());
  write_record(path, whole, record_of(result.scores));
}

void MethodRun::run_parts(MethodResult& result) {
  const std::vector<std::size_t> indices = chosen_of(entry_, all_);
  std::vector<ComparedVariable> variables;
  for (const std::size_t i : indices) variables.push_back(all_[i]);
  fs::create_directories(folder_);
  const MethodResult* const owner = model_owner();
  ComparedMethod entry = entry_;
  if (owner != nullptr) {
    entry = owner->entry;
    entry.name = entry_.name;
    entry.model_of = entry_.model_of;
    entry.through_samples = entry_.through_samples;
  }
  const auto method =
      make_method(entry, variables, owner != nullptr ? owner->folder : folder_, request_.compute);
  result.commands = method->commands();
  if (owner == nullptr) result.logs = method->logs();

  // What an earlier run left is kept only if it comes from the same settings and samples.
  Fingerprint all;
  all.add(method->settings()).add(state_of(variables, request_.version, observer_));
  if (owner != nullptr) all.add(owner->key);
  const std::string key = all.text();
  if (read_record(folder_ / "method.json", key).is_null()) {
    remove_results(folder_);
    write_record(folder_ / "method.json", key, {{"name", entry_.name}});
  }
  result.key = key;
  result.cost = owner != nullptr ? owner->cost : trained(*method, key);
  for (const auto& group : groups(indices, method->joint())) write_group(*method, group, result);
  for (const std::size_t i : indices) score(key, all_[i], result.variables[i]);
}

MethodResult MethodRun::run() {
  MethodResult result;
  result.entry = entry_;
  result.folder = folder_;
  result.variables.resize(all_.size());
  try {
    run_parts(result);
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    result.error = untagged(error.what());
    observer_.note(fmt::format("{} failed: {}", entry_.name, result.error));
  }
  return result;
}

/// What must be known before hours of training: names, settings, and where the output lies.
void check(const ComparisonConfig& config, const std::vector<ComparedVariable>& variables) {
  for (const ComparedMethod& method : config.method)
    for (const std::string& name : method.variables)
      (void)find_compared(variables, name, fmt::format("[[method]] '{}'", method.name));
  for (const ComparedVariable& variable : variables) {
    const GridRequest wanted = variable.data->output_request(variable.name());
    (void)output_grid(variable.coarse_info(), wanted);
    for (const ComparedMethod& method : config.method)
      if (method.kind == MethodKind::stnet && (wanted.space || wanted.times))
        throw ValueError(
            fmt::format("[[method]] '{}': STNet writes the resolution before the reduction only; "
                        "leave out output_space and output_steps of [[data]] '{}', or the method",
                        method.name, variable.data->entry().name));
  }
  for (const ComparedMethod& method : config.method) {
    std::vector<ComparedVariable> chosen;
    for (const std::size_t i : chosen_of(method, variables)) chosen.push_back(variables[i]);
    (void)make_method(method, std::move(chosen), "", {});
  }
  std::set<std::size_t> surfaces;
  for (const ComparedIsosurface& one : config.isosurface)
    if (!surfaces.insert(find_compared(variables, one.variable, "[[isosurface]]")).second)
      throw ValueError(
          fmt::format("[[isosurface]]: '{}' has two; give one per variable", one.variable));
  for (const ComparedPicture& one : config.picture)
    (void)find_compared(variables, one.variable, "[[picture]]");
  for (const ComparedBlend& one : config.blend) {
    (void)find_compared(variables, one.from, "[[blend]] from");
    (void)find_compared(variables, one.to, "[[blend]] to");
  }
  for (const PublishedScore& one : config.reference)
    if (!one.variable.empty()) (void)find_compared(variables, one.variable, "[[reference]]");
}

}  // namespace

ComparisonSummary run_comparison(const ComparisonRequest& request, ComparisonObserver& observer) {
  make_folder(request);
  const PathLock lock(request.folder / "comparison");
  claim_folder(request);
  ComparisonResults results;
  results.request = &request;
  for (const ComparedData& entry : request.config.data)
    results.cases.push_back(std::make_unique<ComparedCase>(entry, request.folder, observer));
  results.variables = compared_variables(results.cases);
  check(request.config, results.variables);
  check_pictures(request.config, results.variables);
  note_blank_pictures(results, observer);

  for (const ComparedMethod& entry : request.config.method)
    results.methods.push_back(
        MethodRun(request, entry, results.variables, results.methods, observer).run());
  write_tables(results);  // in case that drawing is stopped
  draw_pictures(results, observer);
  write_tables(results);
  const fs::path report = write_report(results);

  ComparisonSummary summary{report, summary_text(results), 0};
  for (const MethodResult& method : results.methods)
    summary.failed_methods += method.error.empty() ? 0 : 1;
  return summary;
}

}  // namespace stsr

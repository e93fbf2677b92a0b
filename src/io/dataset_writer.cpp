#include "stsr/io/dataset_writer.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "dataset_text.h"
#include "description.h"
#include "formats/dataset_file.h"
#include "output_folder.h"
#include "step_pieces.h"
#include "stsr/base/file_error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/warning.h"
#include "stsr/io/atomic_file.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// All values that are on their way at once: 192 MiB.
constexpr std::size_t max_in_memory = 3 * StepValues::largest_in_memory;

constexpr std::size_t max_at_once = 256;

void check_variables(const std::vector<VariableInfo>& variables) {
  if (const auto problem = description_problem(variables); !problem.empty())
    throw ValueError("cannot write the data set: " + problem);
  for (const VariableInfo& info : variables) try {
      (void)nlohmann::json(info.name + info.unit).dump();
    } catch (const nlohmann::json::type_error&) {
      throw ValueError("cannot write the data set: a variable's name or unit is not valid UTF-8");
    }
}

/// @throws ValueError  no type of an output, or values are beyond it.
void check_type(const std::vector<VariableInfo>& variables, ElementType type) {
  if (type == ElementType::float64) return;
  if (type != ElementType::float32)
    throw ValueError(
        fmt::format("a data set is written as float32 or float64, not {}", name_of(type)));
  for (const VariableInfo& info : variables) {
    const Packing& packing = info.packing;
    if (!packing.plain())
      warn(
          fmt::format("variable '{}' varies by less than float32 tells at {:.6g}; --type float64 "
                      "keeps its digits",
                      info.name, packing.offset == 0.0 ? packing.scale : packing.offset));
  }
}

/// The files that are going to be written.
std::vector<StepFiles> planned_files(const std::vector<FileSeries>& plan,
                                     const std::vector<VariableInfo>& variables, ElementType type,
                                     const Format& format) {
  std::vector<StepFiles> files;
  for (const FileSeries& series : plan) {
    const VariableInfo& info = variables[series.variables.front()];
    const auto is_whole = [&writer = *format.writer(), grid = info.grid, type](
                              const fs::path& file) { return writer.is_whole(file, grid, type); };
    files.push_back({series.pattern(), series.files(info.times.size()), is_whole, series.index});
  }
  return files;
}

/// The run together with what it writes, in a fingerprint; none where it has none.
OutputRun whole_run(const OutputRun& run, const std::vector<FileSeries>& plan,
                    const std::vector<VariableInfo>& variables, const Format& format) {
  OutputRun whole = run;
  if (!run.fingerprint.empty())
    whole.fingerprint = Fingerprint()
                            .add(run.fingerprint)
                            .add(dataset_text(variables, run.type, plan, format, ""))
                            .text();
  return whole;
}

class FolderWriter final : public DatasetWriter {
 public:
  FolderWriter(const fs::path& folder, std::vector<VariableInfo> variables, const Format& format,
               const OutputRun& run, std::size_t at_once)
      : variables_(std::move(variables)),
        format_(format),
        writer_(*format.writer()),
        series_(plan_series(variables_, format)),
        run_(whole_run(run, series_, variables_, format)),
        folder_(folder, planned_files(series_, variables_, run.type, format), run_),
        at_once_(at_once) {
    series_of_.resize(variables_.size());
    for (std::size_t s = 0; s < series_.size(); ++s)
      for (const std::size_t variable : series_[s].variables) series_of_[variable] = s;
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      arrived_.emplace_back();
      for (std::size_t step = 0; step < variables_[i].times.size(); ++step)
        arrived_.back().push_back(folder_.found(series_of_[i], step));
    }
  }

  [[nodiscard]] bool found(std::size_t variable, std::size_t step) const override {
    return step < info_of(variable).times.size() && folder_.found(series_of_[variable], step);
  }

  [[nodiscard]] StepValues make_values(std::size_t variable) const override {
    // So many steps are written, one waits and a volume is being filled.
    const std::size_t volumes = (at_once_ + 1) * variables_.size() + 1;
    return {folder_.path(), info_of(variable).grid.dims.count(),
            std::min(StepValues::largest_in_memory, max_in_memory / volumes)};
  }

  void write(std::size_t variable, std::size_t step, StepValues values) override {
    check(variable, step, values);
    note_arrival(variable, step);
    try {
      write_file(variable, step, std::move(values));
    } catch (...) {
      const std::lock_guard lock(mutex_);
      incomplete_ = true;
      throw;
    }
  }

  void close() override {
    if (folder_.finished()) return;
    if (incomplete_)
      throw FileError(fmt::format("{}: a time step could not be written; write the data set again",
                                  folder_.path().string()));
    for (std::size_t i = 0; i < variables_.size(); ++i)
      for (std::size_t step = 0; step < arrived_[i].size(); ++step)
        if (!arrived_[i][step])
          throw ValueError(fmt::format("{}: step {} of variable '{}' was not written",
                                       folder_.path().string(), step, variables_[i].name));
    for (const FileSeries& series : series_)
      if (!series.index.empty()) {
        const std::vector<double>& times = variables_[series.variables.front()].times;
        folder_.write_last(series.index, writer_.index_text(series.files(times.size()), times));
      }
    folder_.write_last(dataset_name,
                       dataset_text(variables_, run_.type, series_, format_, run_.fingerprint));
    folder_.finish();
  }

 private:
  using StepOfSeries = std::map<std::size_t, StepValues>;  // by variable

  [[nodiscard]] const VariableInfo& info_of(std::size_t variable) const {
    if (variable >= variables_.size())
      throw ValueError(
          fmt::format("{}: there is no variable {}", folder_.path().string(), variable));
    return variables_[variable];
  }

  void check(std::size_t variable, std::size_t step, const StepValues& values) const {
    const VariableInfo& info = info_of(variable);
    if (step >= info.times.size())
      throw ValueError(fmt::format("{}: step {} of variable '{}' does not exist",
                                   folder_.path().string(), step, info.name));
    if (values.values().size() != info.grid.dims.count())
      throw ShapeError(fmt::format("{}: step {} of variable '{}' needs {} values, got {}",
                                   folder_.path().string(), step, info.name, info.grid.dims.count(),
                                   values.values().size()));
    for_each_piece(values, max_in_step() / 4, [&](std::span<const float> piece) {
      const auto infinite =
          std::find_if(piece.begin(), piece.end(), [](float v) { return std::isinf(v); });
      if (infinite != piece.end())
        throw NumericError(fmt::format("{}: step {} of variable '{}' is infinite at index {}",
                                       folder_.path().string(), step, info.name,
                                       &*infinite - values.values().data()));
    });
  }

  void note_arrival(std::size_t variable, std::size_t step) {
    const std::lock_guard lock(mutex_);
    if (arrived_[variable][step])
      throw ValueError(fmt::format("{}: step {} of variable '{}' is written twice",
                                   folder_.path().string(), step, info_of(variable).name));
    arrived_[variable][step] = true;
  }

  /// Writes the file of the step, or keeps the values until all that share it are there.
  void write_file(std::size_t variable, std::size_t step, StepValues values) {
    const StepOfSeries whole = add_to_step(variable, step, std::move(values));
    if (whole.empty()) return;
    const FileSeries& series = series_[series_of_[variable]];
    std::vector<NamedValues> arrays;
    for (const std::size_t one : series.variables)
      arrays.push_back({variables_[one].name, &whole.at(one), variables_[one].packing, run_.type});
    const fs::path path = folder_.path() / series.file(step);
    AtomicFile file(path);
    writer_.write(file, info_of(variable).grid, arrays, max_in_step());
    folder_.commit_step(file, path);
  }

  /// All values of the file where these were the last; else nothing.
  StepOfSeries add_to_step(std::size_t variable, std::size_t step, StepValues values) {
    const std::lock_guard lock(mutex_);
    const std::size_t series = series_of_[variable];
    StepOfSeries& arrived = steps_[{series, step}];
    arrived.emplace(variable, std::move(values));
    if (arrived.size() < series_[series].variables.size()) return {};
    return std::move(steps_.extract({series, step}).mapped());
  }

  /// Values that the writing of one step may have in memory.
  [[nodiscard]] std::size_t max_in_step() const { return StepValues::largest_in_memory / at_once_; }

  std::vector<VariableInfo> variables_;
  const Format& format_;
  const StepWriter& writer_;
  std::vector<FileSeries> series_;
  OutputRun run_;
  OutputFolder folder_;
  std::size_t at_once_;
  std::vector<std::size_t> series_of_;                                 // by variable
  std::mutex mutex_;                                                   // guards what follows
  std::vector<std::vector<bool>> arrived_;                             // [variable][step]
  std::map<std::pair<std::size_t, std::size_t>, StepOfSeries> steps_;  // by series and step
  bool incomplete_ = false;                                            // a write has failed
};

}  // namespace

void DatasetWriter::write(std::size_t variable, std::size_t step, std::span<const float> values) {
  StepValues copy = make_values(variable);
  if (values.size() != copy.values().size())
    throw ShapeError(fmt::format("step {} of variable {} needs {} values, got {}", step, variable,
                                 copy.values().size(), values.size()));
  std::copy(values.begin(), values.end(), copy.values().begin());
  write(variable, step, std::move(copy));
}

ElementType sufficient_type(std::span<const VariableInfo> variables) {
  const bool plain = std::all_of(variables.begin(), variables.end(),
                                 [](const VariableInfo& info) { return info.packing.plain(); });
  return plain ? ElementType::float32 : ElementType::float64;
}

std::unique_ptr<DatasetWriter> create_dataset(const fs::path& folder,
                                              std::vector<VariableInfo> variables,
                                              const Format& format, const OutputRun& run,
                                              std::size_t at_once) {
  check_variables(variables);
  check_type(variables, run.type);
  if (at_once < 1 || at_once > max_at_once)
    throw ValueError(fmt::format("from 1 to {} time steps can be written at once, got {}",
                                 max_at_once, at_once));
  if (format.writer() == nullptr)
    throw ValueError(fmt::format("{} cannot be written, only read; choose {}", format.info().title,
                                 fmt::join(output_format_names(), " or ")));
  if (const auto module = format.missing_module(); !module.empty())
    throw ValueError(
        fmt::format("this build of STSR has no {} and cannot write {}; build it with "
                    "-DSTSR_WITH_{}=ON, or choose raw",
                    module, format.info().extensions.front(), module));
  return std::make_unique<FolderWriter>(folder, std::move(variables), format, run, at_once);
}

}  // namespace stsr

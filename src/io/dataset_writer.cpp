#include "stsr/io/dataset_writer.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "dataset_file.h"
#include "dataset_text.h"
#include "description.h"
#include "file_error.h"
#include "input_file.h"
#include "stsr/io/atomic_file.h"
#include "vtk/vtk_image.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_text = 64 << 20;
constexpr const char* dataset_name = "dataset.toml";

void check_variables(const std::vector<VariableInfo>& variables) {
  if (const auto problem = description_problem(variables); !problem.empty())
    throw ValueError("cannot write the data set: " + problem);
  for (const VariableInfo& info : variables) try {
      (void)nlohmann::json(info.name + info.unit).dump();
    } catch (const nlohmann::json::type_error&) {
      throw ValueError("cannot write the data set: a variable's name or unit is not valid UTF-8");
    }
}

/// Removes a file that marks a complete data set of ours.
/// @throws FileError  somebody else wrote it, or a run is reading it.
void remove_mark(const fs::path& path, bool (*is_ours)(const std::string&)) {
  if (!fs::exists(fs::symlink_status(path))) return;
  {
    const InputFile file(path);
    if (file.size() > largest_text || !is_ours(read_text(file, largest_text)))
      throw_file_error(path, "exists and was not written by STSR; choose another folder");
  }
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool read_elsewhere =
      descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  const int removed = read_elsewhere ? 0 : unlink(path.c_str());
  const int error = errno;
  if (descriptor >= 0) close(descriptor);
  if (read_elsewhere)
    throw_file_error(path, "is being read by this or another run; choose another folder");
  if (removed != 0) throw_file_error(path, "cannot be removed: {}", errno_text(error));
}

/// Makes the folder where needed. @return whether it was made.
bool make_folder(const fs::path& folder) {
  std::error_code error;
  const bool made = fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    throw_file_error(folder, "cannot be made a folder: {}; choose another place",
                     error ? error.message() : "a file has this name");
  return made;
}

class FolderWriter final : public DatasetWriter {
 public:
  FolderWriter(const fs::path& folder, std::vector<VariableInfo> variables, DatasetFormat format)
      : folder_(folder),
        made_(make_folder(folder)),
        lock_(std::make_unique<PathLock>(folder / "dataset")),
        variables_(std::move(variables)),
        format_(format),
        series_(plan_series(variables_, format)) {
    for (const VariableInfo& info : variables_) arrived_.emplace_back(info.times.size(), false);
    series_of_.resize(variables_.size());
    for (std::size_t s = 0; s < series_.size(); ++s)
      for (const std::size_t variable : series_[s].variables) series_of_[variable] = s;
    claim_folder();
  }

  ~FolderWriter() override {
    if (!closed_)
      for (const fs::path& file : written_) unlink(file.c_str());
    lock_.reset();
    std::error_code ignored;
    if (!closed_ && made_) fs::remove(folder_, ignored);  // only if empty
  }

  [[nodiscard]] StepValues make_values(std::size_t variable) const override {
    return {folder_, info_of(variable).grid.dims.count()};
  }

  void write(std::size_t variable, std::size_t step, StepValues values) override {
    check(variable, step, values);
    arrived_[variable][step] = true;
    const FileSeries& series = series_[series_of_[variable]];
    if (format_ == DatasetFormat::raw) {
      write_raw(folder_ / series.file(step, format_), values);
    } else {
      Pending& pending = pending_[{series_of_[variable], step}];
      pending.emplace(variable, std::move(values));
      if (pending.size() == series.variables.size()) write_vti(series_of_[variable], step);
    }
  }

  void close() override {
    for (std::size_t i = 0; i < variables_.size(); ++i)
      for (std::size_t step = 0; step < arrived_[i].size(); ++step)
        if (!arrived_[i][step])
          throw ValueError(fmt::format("{}: step {} of variable '{}' was not written",
                                       folder_.string(), step, variables_[i].name));
    if (format_ == DatasetFormat::vti)
      for (const FileSeries& series : series_)
        write_text(folder_ / series.pvd(),
                   pvd_text(series, variables_[series.variables.front()].times));
    write_text(folder_ / dataset_name, dataset_text(variables_, series_, format_));
    closed_ = true;
  }

 private:
  using Pending = std::map<std::size_t, StepValues>;  // by variable

  /// Takes away what says that the folder is complete, and the files of an earlier data set of ours
  /// that this one replaces; refuses to replace any other.
  void claim_folder() {
    const bool ours = fs::exists(folder_ / dataset_name);
    remove_mark(folder_ / dataset_name, is_our_dataset_file);
    std::vector<fs::path> marks;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().extension() != ".pvd" || !entry.is_regular_file()) continue;
      if (entry.file_size() < largest_text &&
          is_our_pvd(read_text(InputFile(entry.path()), largest_text)))
        marks.push_back(entry.path());
    }
    for (const fs::path& mark : marks) remove_mark(mark, is_our_pvd);
    for (const FileSeries& series : series_) {
      if (format_ == DatasetFormat::vti) refuse_existing(folder_ / series.pvd());
      const std::size_t steps = variables_[series.variables.front()].times.size();
      for (std::size_t step = 0; step < steps; ++step) {
        const fs::path file = folder_ / series.file(step, format_);
        if (ours) unlink(file.c_str());
        refuse_existing(file);
      }
    }
  }

  static void refuse_existing(const fs::path& path) {
    if (fs::exists(fs::symlink_status(path)))
      throw_file_error(path,
                       "exists and belongs to no complete data set of STSR; remove it or choose "
                       "another folder");
  }

  [[nodiscard]] const VariableInfo& info_of(std::size_t variable) const {
    if (variable >= variables_.size())
      throw ValueError(fmt::format("{}: there is no variable {}", folder_.string(), variable));
    return variables_[variable];
  }

  void check(std::size_t variable, std::size_t step, const StepValues& values) const {
    const VariableInfo& info = info_of(variable);
    if (step >= info.times.size() || arrived_[variable][step])
      throw ValueError(
          fmt::format("{}: step {} of variable '{}' {}", folder_.string(), step, info.name,
                      step < info.times.size() ? "is written twice" : "does not exist"));
    if (values.values().size() != info.grid.dims.count())
      throw ShapeError(fmt::format("{}: step {} of variable '{}' needs {} values, got {}",
                                   folder_.string(), step, info.name, info.grid.dims.count(),
                                   values.values().size()));
    for_each_piece(values, [&](std::span<const float> piece) {
      const auto infinite =
          std::find_if(piece.begin(), piece.end(), [](float v) { return std::isinf(v); });
      if (infinite != piece.end())
        throw NumericError(fmt::format("{}: step {} of variable '{}' is infinite at index {}",
                                       folder_.string(), step, info.name,
                                       &*infinite - values.values().data()));
    });
  }

  /// Calls f with one piece after the other, so that mapped values never take more memory than one.
  template <class F>
  static void for_each_piece(const StepValues& values, const F& f) {
    const std::span<const float> all = values.values();
    for (std::size_t begin = 0; begin < all.size(); begin += StepValues::largest_in_memory) {
      f(all.subspan(begin, std::min(StepValues::largest_in_memory, all.size() - begin)));
      values.release_memory();
    }
  }

  void write_raw(const fs::path& path, const StepValues& values) {
    AtomicFile file(path);
    for_each_piece(values, [&](std::span<const float> piece) { file.write(std::as_bytes(piece)); });
    commit(file, path);
  }

  void write_vti(std::size_t series, std::size_t step) {
    const auto pending = pending_.extract({series, step});
    const fs::path path = folder_ / series_[series].file(step, format_);
    std::vector<ImageValues> arrays;
    for (const std::size_t variable : series_[series].variables)
      arrays.push_back(
          {variables_[variable].name, std::as_const(pending.mapped().at(variable)).values()});
    AtomicFile file(path);
    write_image(file.partial_path(), path, variables_[series_[series].variables.front()].grid,
                arrays);
    commit(file, path);
  }

  void write_text(const fs::path& path, const std::string& text) {
    AtomicFile file(path);
    file.write(text);
    commit(file, path);
  }

  void commit(AtomicFile& file, const fs::path& path) {
    file.commit();
    written_.push_back(path);
  }

  fs::path folder_;
  bool made_;
  std::unique_ptr<PathLock> lock_;
  std::vector<VariableInfo> variables_;
  DatasetFormat format_;
  std::vector<FileSeries> series_;
  std::vector<std::size_t> series_of_;                              // by variable
  std::vector<std::vector<bool>> arrived_;                          // [variable][step]
  std::map<std::pair<std::size_t, std::size_t>, Pending> pending_;  // by series and step
  std::vector<fs::path> written_;
  bool closed_ = false;
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

std::unique_ptr<DatasetWriter> create_dataset(const fs::path& folder,
                                              std::vector<VariableInfo> variables,
                                              DatasetFormat format) {
  check_variables(variables);
  if (format == DatasetFormat::vti && !vtk_available())
    throw ValueError(
        "this build of STSR has no VTK and cannot write .vti; build it with -DSTSR_WITH_VTK=ON, or "
        "choose raw");
  return std::make_unique<FolderWriter>(folder, std::move(variables), format);
}

}  // namespace stsr

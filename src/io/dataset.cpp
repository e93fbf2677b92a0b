#include "stsr/io/dataset.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "description.h"
#include "file_pattern.h"
#include "file_signature.h"
#include "input_file.h"
#include "lower_case.h"
#include "scratch_copy.h"
#include "stsr/base/file_error.h"
#include "stsr/base/text.h"
#include "stsr/io/dataset_writer.h"
#include "uniform_grid.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// The variables as the library knows them: all have times and a uniform grid.
std::vector<VariableInfo> described(const fs::path& path, const FormatReader& reader) {
  std::vector<VariableInfo> infos;
  for (const FileVariable& variable : reader.variables()) {
    VariableInfo info = variable.info;
    for (std::size_t step = info.times.size(); step < variable.steps; ++step)
      info.times.push_back(static_cast<double>(step));
    info.grid = uniform_grid(path, variable);
    infos.push_back(std::move(info));
  }
  if (const auto problem = description_problem(infos); !problem.empty())
    throw_file_error(path, "{}; name the arrays in a data set file", problem);
  return infos;
}

class FileDataset final : public Dataset {
 public:
  FileDataset(std::unique_ptr<InputFile> file, std::unique_ptr<FormatReader> reader)
      : file_(std::move(file)),
        reader_(std::move(reader)),
        variables_(described(file_->path(), *reader_)) {}

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return variables_; }

  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    return reader_->read(variable, step);
  }

  [[nodiscard]] std::vector<float> read_box(std::size_t variable, std::size_t step,
                                            const SampleBox& box) const override {
    return reader_->read_box(variable, step, box);
  }

  [[nodiscard]] std::vector<fs::path> files() const override {
    std::vector<fs::path> all = reader_->files();
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  [[nodiscard]] StoredStep map(std::size_t variable, std::size_t step,
                               const fs::path& scratch) const override {
    return reader_->map(variable, step, scratch);
  }

 private:
  std::unique_ptr<InputFile> file_;  // open, so that its shared lock holds
  std::unique_ptr<FormatReader> reader_;
  std::vector<VariableInfo> variables_;
};

/// The files of a folder without an index that hold a time step each; empty where there are none.
std::vector<fs::path> find_steps(const fs::path& folder, const std::vector<std::string>& names,
                                 FormatList formats) {
  for (const Format* format : formats) {
    const FormatInfo& info = format->info();
    if (info.index || info.several_steps || info.needs_description) continue;
    const std::string& extension = info.extensions.front();
    const auto one = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
      return lower_case(name).ends_with(extension);
    });
    if (one == names.end()) continue;
    // As they are spelled here: capitals or not.
    const auto files = expand_pattern(
        folder, fmt::format("*{}", one->substr(one->size() - extension.size())), 0, {});
    std::vector<std::string> found;
    for (const fs::path& file : files) found.push_back(file.filename().string());
    if (found.size() > 1 && common_pattern(found).empty())
      throw_file_error(folder,
                       "holds {} files that are no time series: the names differ by more than one "
                       "number ('{}', '{}'); name the file to open, or describe them in a {}",
                       extension, found.front(), found.back(), "dataset.toml");
    return files;
  }
  return {};
}

/// The files that a folder which is a data set is opened by: an index, or one for each time step.
std::vector<fs::path> find_in_folder(const fs::path& folder, FormatList formats) {
  std::error_code ignored;
  std::string lacking;
  const auto lacks = [&](const std::string& what) {
    lacking += (lacking.empty() ? "" : " and ") + what;
  };
  // A file of a fixed name marks a complete data set.
  for (const Format* format : formats)
    for (const std::string& mark : format->info().folder_marks) {
      if (mark.starts_with('*')) continue;
      if (fs::exists(folder / mark, ignored)) return {folder / mark};
      lacks("no " + mark);
    }
  const std::vector<std::string> names = names_in(folder);
  if (is_unfinished(folder))
    throw_file_error(folder,
                     "holds an unfinished data set; run the command that writes it again, with "
                     "--resume where it can be resumed");
  // Else one file with the extension of an index.
  bool several = false;
  for (const Format* format : formats)
    for (const std::string& mark : format->info().folder_marks) {
      if (!mark.starts_with('*')) continue;
      const std::string extension = mark.substr(1);
      std::vector<std::string> found;
      for (const std::string& name : names)
        if (lower_case(name).ends_with(extension)) found.push_back(name);
      if (found.size() == 1) return {folder / found.front()};
      several = several || !found.empty();
      lacks(fmt::format("{} {} files", found.empty() ? "no" : "several", extension));
    }
  // Else the time steps themselves.
  if (!several)
    if (auto steps = find_steps(folder, names, formats); !steps.empty()) return steps;
  throw_file_error(folder, "holds {}; name the file to open", lacking);
}

/// "a data set file (.toml), VTK image data (.vti)": what can be opened by itself.
std::string titles_of(FormatList formats) {
  std::string titles;
  for (const Format* format : formats)
    if (!format->info().needs_description)
      titles += (titles.empty() ? "" : ", ") + format->info().title;
  return titles;
}

}  // namespace

std::vector<float> Dataset::read_box(std::size_t variable, std::size_t step,
                                     const SampleBox& box) const {
  const Dims& dims = variables().at(variable).grid.dims;
  check_box(box, dims);
  return cut_box(read(variable, step), dims, box);
}

StoredStep Dataset::map(std::size_t variable, std::size_t step, const fs::path& scratch) const {
  return store_copy(read(variable, step), scratch,
                    fmt::format("step {} of '{}'", step, variables().at(variable).name));
}

std::unique_ptr<Dataset> open_series(const std::vector<fs::path>& files, FormatList formats) {
  std::vector<fs::path> ordered = files;
  sort_by_numbers(ordered);
  auto first = std::make_unique<InputFile>(ordered.front());
  first->lock_shared();
  const Format* format = find_format(ordered.front(), formats);
  if (format == nullptr || format->info().index || format->info().needs_description)
    throw_file_error(ordered.front(),
                     "is not a file that is a time step by itself; describe the files in a .toml");
  return std::make_unique<FileDataset>(std::move(first),
                                       format->open({std::move(ordered), {}, formats}));
}

fs::path series_pattern(const std::vector<fs::path>& paths) {
  std::vector<std::string> names;
  for (const fs::path& path : paths) {
    if (path.parent_path() != paths.front().parent_path()) return {};
    names.push_back(path.filename().string());
  }
  const std::string pattern = common_pattern(names);
  return pattern.empty() ? fs::path() : paths.front().parent_path() / pattern;
}

std::unique_ptr<Dataset> open_dataset(const fs::path& path, FormatList formats) {
  std::error_code ignored;
  if (has_wildcard(path) && !fs::exists(path, ignored))
    return open_series(expand_pattern(path.parent_path(), path.filename().string(), 0, {}),
                       formats);
  const std::vector<fs::path> files =
      fs::is_directory(path, ignored) ? find_in_folder(path, formats) : std::vector<fs::path>{path};
  auto file = std::make_unique<InputFile>(files.front());
  file->lock_shared();
  const Format* format = find_format(file->path(), formats);
  // Bytes that tell another kind of file say more than an error of the format that the name means.
  const auto first = first_bytes(*file);
  if (format == nullptr || !format->recognises(first))
    if (const std::string other = foreign_file(first); !other.empty())
      throw_file_error(file->path(), "{}", other);
  if (format == nullptr)
    throw_file_error(file->path(),
                     "is not a data set: give {} or a folder with one; describe raw files in a "
                     ".toml",
                     titles_of(formats));
  auto reader = format->open({files, {}, formats});
  return std::make_unique<FileDataset>(std::move(file), std::move(reader));
}

std::size_t find_variable(std::span<const VariableInfo> variables, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].name == name) return i;
    names.push_back(variables[i].name);
  }
  throw ValueError(fmt::format("unknown variable '{}'{}", name, name_hint(name, names)));
}

Sequence read_sequence(const Dataset& dataset, std::size_t variable) {
  Sequence sequence{dataset.variables().at(variable), {}};
  for (std::size_t step = 0; step < sequence.info.times.size(); ++step)
    sequence.steps.push_back(dataset.read(variable, step));
  return sequence;
}

StoredSequence map_sequence(const std::shared_ptr<const Dataset>& dataset, std::size_t variable,
                            const fs::path& scratch) {
  StoredSequence sequence;
  sequence.info = dataset->variables().at(variable);
  using Owners = std::pair<std::shared_ptr<const Dataset>, std::shared_ptr<const void>>;
  for (std::size_t step = 0; step < sequence.info.times.size(); ++step) {
    StoredStep mapped = dataset->map(variable, step, scratch);
    mapped.owner = std::make_shared<const Owners>(dataset, std::move(mapped.owner));
    sequence.steps.push_back(std::move(mapped));
  }
  return sequence;
}

}  // namespace stsr

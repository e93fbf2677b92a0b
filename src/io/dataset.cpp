#include "stsr/io/dataset.h"

#include <algorithm>
#include <utility>

#include "description.h"
#include "file_pattern.h"
#include "file_signature.h"
#include "input_file.h"
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

/// The file that a folder which is a data set is opened by.
fs::path find_in_folder(const fs::path& folder, FormatList formats) {
  std::error_code ignored;
  std::string lacking;
  const auto lacks = [&](const std::string& what) {
    lacking += (lacking.empty() ? "" : " and ") + what;
  };
  // A file of a fixed name marks a complete data set.
  for (const Format* format : formats)
    for (const std::string& mark : format->info().folder_marks) {
      if (mark.starts_with('*')) continue;
      if (fs::exists(folder / mark, ignored)) return folder / mark;
      lacks("no " + mark);
    }
  const std::vector<std::string> names = names_in(folder);
  if (is_unfinished(folder))
    throw_file_error(folder,
                     "holds an unfinished data set; run the command that writes it again, with "
                     "--resume where it can be resumed");
  // Else one file with the extension of an index.
  for (const Format* format : formats)
    for (const std::string& mark : format->info().folder_marks) {
      if (!mark.starts_with('*')) continue;
      const std::string extension = mark.substr(1);
      std::vector<std::string> found;
      for (const std::string& name : names)
        if (name.ends_with(extension)) found.push_back(name);
      if (found.size() == 1) return folder / found.front();
      lacks(fmt::format("{} {} files", found.empty() ? "no" : "several", extension));
    }
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

std::unique_ptr<Dataset> open_dataset(const fs::path& path, FormatList formats) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return open_dataset(find_in_folder(path, formats), formats);
  auto file = std::make_unique<InputFile>(path);
  file->lock_shared();
  const Format* format = find_format(path, formats);
  // Bytes that tell another kind of file say more than an error of the format that the name means.
  const auto first = first_bytes(*file);
  if (format == nullptr || !format->recognises(first))
    if (const std::string other = foreign_file(first); !other.empty())
      throw_file_error(path, "{}", other);
  if (format == nullptr)
    throw_file_error(path,
                     "is not a data set: give {} or a folder with one; describe raw files in a "
                     ".toml",
                     titles_of(formats));
  return std::make_unique<FileDataset>(std::move(file), format->open({{path}, {}, formats}));
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

#include "stsr/io/dataset.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "dataset_file.h"
#include "description.h"
#include "file_error.h"
#include "mapped_values.h"
#include "stsr/base/memory.h"
#include "stsr/base/text.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/io/step_values.h"
#include "vtk/vtk_image.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// A nameless copy of a time step in `scratch`, to be filled in.
std::shared_ptr<StepValues> make_copy(const fs::path& scratch, std::size_t count) {
  return std::make_shared<StepValues>(scratch, count, 0);
}

StoredStep stored(std::shared_ptr<StepValues> copy, const fs::path& scratch,
                  const std::string& origin) {
  copy->release_memory();
  const std::span<const float> values = std::as_const(*copy).values();
  expect_random_access(values);
  return {values, std::move(copy), fmt::format("{} (the copy of {})", scratch.string(), origin)};
}

/// A copy of a raw file, of which only a piece at a time is in memory.
StoredStep map_converted(const InputFile& file, const RawLayout& layout, const Dims& dims,
                         const fs::path& scratch) {
  check_raw_size(file, layout, dims);
  const auto copy = make_copy(scratch, dims.count());
  const std::span<float> values = copy->values();
  for (std::size_t begin = 0; begin < values.size(); begin += StepValues::largest_in_memory) {
    const std::size_t left = values.size() - begin;
    read_raw(file, layout, begin,
             values.subspan(begin, std::min(left, StepValues::largest_in_memory)));
    copy->release_memory();
  }
  return stored(copy, scratch, file.path().string());
}

class FileDataset final : public Dataset {
 public:
  FileDataset(std::unique_ptr<InputFile> file, std::vector<VariableSource> sources)
      : file_(std::move(file)), sources_(std::move(sources)) {
    for (const VariableSource& source : sources_) variables_.push_back(source.info);
  }

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return variables_; }

  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    const VariableSource& source = sources_.at(variable);
    const fs::path& file = source.files.at(step);
    const Grid& grid = source.info.grid;
    if (source.raw) return read_raw(InputFile(file), *source.raw, grid.dims);
    return read_image_array(file, source.image.array, source.image.component, source.image.missing,
                            grid);
  }

  [[nodiscard]] std::vector<fs::path> files() const override {
    std::vector<fs::path> all;
    if (file_) all.push_back(file_->path());
    for (const VariableSource& source : sources_)
      all.insert(all.end(), source.files.begin(), source.files.end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  [[nodiscard]] StoredStep map(std::size_t variable, std::size_t step,
                               const fs::path& scratch) const override {
    const VariableSource& source = sources_.at(variable);
    if (!source.raw) return Dataset::map(variable, step, scratch);
    const InputFile file(source.files.at(step));
    const Dims& dims = source.info.grid.dims;
    if (!is_plain_float32(*source.raw)) return map_converted(file, *source.raw, dims, scratch);
    const auto owner = std::make_shared<const MappedValues>(file, *source.raw, dims);
    return {owner->values(), owner, file.path().string()};
  }

 private:
  std::unique_ptr<InputFile> file_;  // open, so that its shared lock holds
  std::vector<VariableSource> sources_;
  std::vector<VariableInfo> variables_;
};

/// "velocity_x" of three components at most, "stress_5" of more, the array's name of one.
std::string component_name(const ImageArray& array, std::size_t component) {
  if (array.components == 1) return array.name;
  if (array.components <= 3) return fmt::format("{}_{}", array.name, "xyz"[component]);
  return fmt::format("{}_{}", array.name, component);
}

/// One variable for each component of each array of the first file.
std::vector<VariableSource> image_sources(const fs::path& path, const std::vector<fs::path>& files,
                                          const std::vector<double>& times) {
  const ImageInfo image = read_image_info(files.front());
  if (image.arrays.empty()) throw_file_error(files.front(), "holds no numeric point array");
  std::vector<VariableSource> sources;
  for (const ImageArray& array : image.arrays)
    for (std::size_t component = 0; component < array.components; ++component) {
      const std::string name = component_name(array, component);
      sources.push_back({{name, "", image.grid, times, std::nullopt},
                         files,
                         std::nullopt,
                         {array.name, component, std::nullopt}});
    }
  std::vector<VariableInfo> infos;
  for (const VariableSource& source : sources) infos.push_back(source.info);
  if (const auto problem = description_problem(infos); !problem.empty())
    throw_file_error(path, "{}; name the arrays in a data set file", problem);
  return sources;
}

std::vector<VariableSource> series_sources(const fs::path& path) {
  std::vector<fs::path> files;
  std::vector<double> times;
  for (const SeriesEntry& entry : read_series(path)) {
    files.push_back(entry.file);
    times.push_back(entry.time);
    (void)InputFile(entry.file);
  }
  return image_sources(path, files, times);
}

/// The data set that a folder holds.
fs::path find_in_folder(const fs::path& folder) {
  if (fs::exists(folder / dataset_name)) return folder / dataset_name;
  std::vector<fs::path> series;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error))
    if (entry->path().extension() == ".pvd") series.push_back(entry->path());
  if (error) throw_file_error(folder, "cannot be listed: {}", error.message());
  if (is_unfinished(folder))
    throw_file_error(folder,
                     "holds an unfinished data set; run the command that writes it again, with "
                     "--resume where it can go on");
  if (series.size() == 1) return series.front();
  throw_file_error(folder, "holds no dataset.toml and {} .pvd files; name the file to open",
                   series.empty() ? "no" : "several");
}

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

}  // namespace

StoredStep Dataset::map(std::size_t variable, std::size_t step, const fs::path& scratch) const {
  const std::vector<float> values = read(variable, step);
  const auto copy = make_copy(scratch, values.size());
  std::copy(values.begin(), values.end(), copy->values().begin());
  return stored(copy, scratch, fmt::format("step {} of '{}'", step, variables().at(variable).name));
}

std::unique_ptr<Dataset> open_dataset(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return open_dataset(find_in_folder(path));
  auto file = std::make_unique<InputFile>(path);
  file->lock_shared();
  const std::string extension = lower_extension(path);
  std::vector<VariableSource> sources;
  if (extension == ".toml") {
    sources = parse_dataset_file(*file);
  } else if (extension == ".pvd") {
    sources = series_sources(path);
  } else if (extension == ".vti") {
    sources = image_sources(path, {path}, {0.0});
  } else {
    throw_file_error(path,
                     "is not a data set: give a data set file (.toml), a .pvd, a .vti or a folder "
                     "with one; describe raw files in a .toml");
  }
  return std::make_unique<FileDataset>(std::move(file), std::move(sources));
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

#include "dataset_file.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "../description.h"
#include "../input_file.h"
#include "../uniform_grid.h"
#include "../variable_keys.h"
#include "stsr/base/file_error.h"
#include "stsr/base/text.h"
#include "stsr/io/formats.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// Keys of a [[variable]]; all but name may also stand at the top as defaults.
const std::vector<std::string> variable_keys{
    "name",  "unit",       "format",       "files",     "first",       "pvd",
    "type",  "byte_order", "header_bytes", "dims",      "spacing",     "origin",
    "times", "missing",    "array",        "component", "association", "reduction"};

std::vector<std::string> top_keys() {
  std::vector<std::string> keys(variable_keys.begin() + 1, variable_keys.end());
  keys.insert(keys.end(), {"stsr_dataset", "written_by", "run", "variable"});
  return keys;
}

/// A variable of a data set file: a variable of the reader of its files, under its own name.
struct DescribedVariable {
  FileVariable variable;
  std::unique_ptr<const FormatReader> reader;
  std::size_t index = 0;  // in the reader
};

/// Formats whose files hold values.
std::vector<const Format*> value_formats(FormatList formats) {
  std::vector<const Format*> all;
  for (const Format* format : formats)
    if (!format->info().index) all.push_back(format);
  return all;
}

/// `"raw"`, `"raw" or "vti"`: those of the formats for which `fits` holds.
template <class F>
std::string names_of(FormatList formats, const F& fits) {
  std::vector<std::string> names;
  for (const Format* format : value_formats(formats))
    if (fits(format->info())) names.push_back(fmt::format("\"{}\"", format->info().name));
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, " or "));
}

/// True where the steps come from a .pvd: the variable's own key decides before the defaults.
bool uses_series(const TomlSection& section) {
  if (section.has_own("files") == section.has_own("pvd") && section.has("files") &&
      section.has("pvd"))
    section.fail("pvd", "give 'files' or 'pvd', not both");
  return section.has("pvd") && !section.has_own("files");
}

const Format& parse_format(const TomlSection& section, FormatList formats) {
  const std::string name = section.text("format").value_or(uses_series(section) ? "vti" : "raw");
  const auto known = value_formats(formats);
  const auto found = std::find_if(known.begin(), known.end(), [&](const Format* format) {
    return format->info().name == name;
  });
  if (found == known.end())
    section.fail("format", "'format' must be {}, got \"{}\"",
                 names_of(formats, [](const FormatInfo&) { return true; }), name);
  return **found;
}

/// A key that says what files of this format say themselves, or the other way round, is a mistake.
void check_keys(const TomlSection& section, const FormatInfo& format, FormatList formats) {
  const auto refuse = [&](const char* key, bool described) {
    if (section.has_own(key))
      section.fail(key, "'{}' needs format = {}", key, names_of(formats, [&](const auto& info) {
                     return info.needs_description == described;
                   }));
  };
  if (format.needs_description)
    for (const char* key : {"array", "component"}) refuse(key, false);
  else
    for (const char* key : {"type", "byte_order", "header_bytes"}) refuse(key, true);
  for (const char* key : {"pvd", "association"})
    if (format.name != "vti" && section.has_own(key))
      section.fail(key, "'{}' needs format = \"vti\"", key);
}

void check_count(const TomlSection& section, std::size_t steps, std::size_t files,
                 const TimesKey& times) {
  if (!times.count || *times.count == steps) return;
  if (steps == files)
    section.fail("times", "'times' names {} steps but there are {} files; they must agree",
                 *times.count, files);
  section.fail("times", "'times' names {} steps but the files hold {}; they must agree",
               *times.count, steps);
}

/// The variable of the reader that `array` and `component` choose.
std::size_t choose_variable(const TomlSection& section, const FormatReader& reader,
                            const FormatInfo& format, const std::string& name) {
  const std::vector<FileVariable>& variables = reader.variables();
  if (format.needs_description) return 0;
  const std::string array = section.text("array").value_or(name);
  const auto found =
      std::find_if(variables.begin(), variables.end(),
                   [&](const FileVariable& variable) { return variable.array == array; });
  const std::string file = reader.files().front().string();
  const std::string word =
      section.text("association") == "cells" ? "cell array" : format.array_word;
  if (found == variables.end()) {
    std::vector<std::string> names;
    for (const FileVariable& variable : variables)
      if (variable.component == 0) names.push_back(variable.array);
    section.fail("array", "{} has no {} '{}'{}", file, word, array, name_hint(array, names));
  }
  const auto component = section.whole("component");
  if ((!component && found->components > 1) || component.value_or(0) >= found->components)
    section.fail(component ? "component" : "array",
                 "{}: {} '{}' has {} components; choose one from 0 with 'component'", file, word,
                 array, found->components);
  return static_cast<std::size_t>(found - variables.begin()) + component.value_or(0);
}

/// The grid of the files, in the digits of the data set file where that names it.
Grid checked_grid(const TomlSection& section, const Grid& stored, const fs::path& file) {
  Grid grid = parse_grid(section, stored);
  if (!same_grid(grid, stored))
    section.fail("dims", "'dims', 'spacing' or 'origin' differ from those of {}", file.string());
  return grid;
}

/// Opens what `files` or `pvd` names. Where files hold one step each, there must be as many as
/// `times` says before any is opened.
std::unique_ptr<const FormatReader> open_files(const TomlSection& section, const fs::path& folder,
                                               const Format& format, const TimesKey& times,
                                               FormatList formats) {
  FileSource source{{}, parse_description(section, format.info()), formats};
  if (uses_series(section)) {
    if (section.has_own("first")) section.fail("first", "'first' needs 'files' with a number");
    source.files = {folder / *section.text("pvd")};
    return format_named("pvd", formats).open(source);
  }
  const bool one_step = !format.info().several_steps;
  source.files = parse_files(section, folder, one_step ? times.count : std::nullopt);
  if (one_step) check_count(section, source.files.size(), source.files.size(), times);
  return format.open(source);
}

/// Those of the data set file; else those of the files; else 0, 1, 2, ...
std::vector<double> times_of(const TomlSection& section, const TimesKey& times,
                             const FileVariable& stored) {
  const std::vector<double>& known = stored.info.times;
  if (!known.empty() && !section.has("times")) return known;
  std::vector<double> all = resolved(section, times, stored.steps);
  if (!known.empty() && !same_times(known, all))
    section.fail("times", "'times' differ from those of the {}; leave 'times' out",
                 section.has("pvd") ? ".pvd" : "files");
  return all;
}

DescribedVariable parse_variable(const TomlSection& section, const fs::path& folder,
                                 FormatList formats) {
  const auto name = section.text("name");
  if (!name) section.fail("name", "the variable needs a 'name'");
  if (const auto problem = name_problem(*name); !problem.empty())
    section.fail("name", "{}", problem);
  const Format& format = parse_format(section, formats);
  check_keys(section, format.info(), formats);
  const TimesKey times = parse_times(section);

  // What the files say, and which of their variables is meant.
  DescribedVariable described;
  described.reader = open_files(section, folder, format, times, formats);
  described.index = choose_variable(section, *described.reader, format.info(), *name);
  const FileVariable& stored = described.reader->variables()[described.index];
  check_count(section, stored.steps, described.reader->files().size(), times);

  // What the data set file says in their place.
  const fs::path first_file = described.reader->files().front();
  described.variable = stored;
  described.variable.coordinates = {};  // in the grid from here on
  VariableInfo& info = described.variable.info;
  info.name = *name;
  info.unit = section.text("unit").value_or(stored.info.unit);
  info.grid = checked_grid(section, uniform_grid(first_file, stored), first_file);
  info.times = times_of(section, times, stored);
  info.reduction = parse_reduction(section, info.times.size());
  if (const auto problem = reduction_problem(info); !problem.empty())
    section.fail("reduction", "{}", problem);
  return described;
}

void check_version(const TomlSection& top) {
  const auto version = top.whole("stsr_dataset");
  if (!version)
    top.fail("stsr_dataset", "is not a data set file: the key 'stsr_dataset' = {} is missing",
             dataset_file_version);
  if (*version == 0)
    top.fail("stsr_dataset", "there is no version 0; this build reads 1 to {}",
             dataset_file_version);
  if (*version > static_cast<std::uint64_t>(dataset_file_version))
    top.fail("stsr_dataset", "version {} is newer than this build, which reads up to {}", *version,
             dataset_file_version);
}

std::vector<DescribedVariable> parse_variables(const InputFile& file, FormatList formats) {
  const TomlSection top(file.path().string(), read_text(file, largest_text));
  check_version(top);
  top.allow_only(top_keys());
  (void)top.text("written_by");
  (void)top.text("run");
  const auto variables = top.is_list("variable") ? top.sections("variable") : std::nullopt;
  if (!variables || variables->empty())
    top.fail("variable", "the data set needs at least one [[variable]]");
  std::vector<DescribedVariable> all;
  for (const TomlSection& own : *variables) {
    own.allow_only(variable_keys);
    const TomlSection section = own.with_defaults(top);
    const auto name = section.text("name");
    for (const DescribedVariable& other : all)
      if (other.variable.info.name == name)
        section.fail("name", "the variable name '{}' is there twice", *name);
    all.push_back(parse_variable(section, file.path().parent_path(), formats));
  }
  return all;
}

/// The variables of a data set file, each from the reader of its files.
class DatasetFileReader final : public FormatReader {
 public:
  DatasetFileReader(fs::path path, std::vector<DescribedVariable> described)
      : path_(std::move(path)), described_(std::move(described)) {
    for (const DescribedVariable& one : described_) variables_.push_back(one.variable);
  }

  [[nodiscard]] const std::vector<FileVariable>& variables() const override { return variables_; }

  [[nodiscard]] std::vector<fs::path> files() const override {
    std::vector<fs::path> all{path_};
    for (const DescribedVariable& one : described_) {
      const auto files = one.reader->files();
      all.insert(all.end(), files.begin(), files.end());
    }
    return all;
  }

  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    const DescribedVariable& one = described_.at(variable);
    return one.reader->read(one.index, step);
  }
  [[nodiscard]] std::vector<float> read_box(std::size_t variable, std::size_t step,
                                            const SampleBox& box) const override {
    const DescribedVariable& one = described_.at(variable);
    return one.reader->read_box(one.index, step, box);
  }
  [[nodiscard]] StoredStep map(std::size_t variable, std::size_t step,
                               const fs::path& scratch) const override {
    const DescribedVariable& one = described_.at(variable);
    return one.reader->map(one.index, step, scratch);
  }

 private:
  fs::path path_;
  std::vector<DescribedVariable> described_;
  std::vector<FileVariable> variables_;
};

class DatasetFileFormat final : public Format {
 public:
  DatasetFileFormat()
      : Format({.name = "dataset",
                .title = "a data set file (.toml)",
                .extensions = {".toml"},
                .folder_marks = {dataset_name},
                .index = true,
                .several_steps = true}) {}

  /// A line begins with the key `stsr_dataset`.
  [[nodiscard]] bool recognises(std::span<const std::byte> first) const override {
    const std::string_view text(reinterpret_cast<const char*>(first.data()), first.size());
    constexpr std::string_view key = "stsr_dataset";
    for (std::size_t at = text.find(key); at != std::string_view::npos;
         at = text.find(key, at + 1)) {
      const std::string_view after = text.substr(at + key.size());
      const std::size_t equals = after.find_first_not_of(" \t");
      if ((at == 0 || text[at - 1] == '\n') && equals != std::string_view::npos &&
          after[equals] == '=')
        return true;
    }
    return false;
  }
  [[nodiscard]] std::string_view missing_module() const override { return {}; }
  [[nodiscard]] const StepWriter* writer() const override { return nullptr; }

 private:
  [[nodiscard]] std::unique_ptr<FormatReader> read_files(const FileSource& source) const override {
    const InputFile file(source.files.front());
    return std::make_unique<DatasetFileReader>(file.path(), parse_variables(file, source.formats));
  }
};

/// A key at the top of a data set file; empty where the text is none.
std::string top_text(const std::string& text, std::string_view key) {
  try {
    return TomlSection("", text).text(key).value_or("");
  } catch (const FileError&) {
    return "";
  }
}

}  // namespace

const Format& dataset_file_format() {
  static const DatasetFileFormat format;
  return format;
}

bool is_our_dataset_file(const std::string& text) {
  return top_text(text, "written_by") == dataset_file_writer;
}

std::string run_of_dataset_file(const std::string& text) {
  return top_text(text, "run");
}

}  // namespace stsr

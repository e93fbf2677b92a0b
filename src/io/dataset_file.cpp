#include "dataset_file.h"

#include <algorithm>
#include <cmath>

#include "description.h"
#include "file_error.h"
#include "file_pattern.h"
#include "stsr/base/text.h"
#include "toml_section.h"
#include "vtk/vtk_image.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// Keys of a [[variable]]; all but name may also stand at the top as defaults.
const std::vector<std::string> variable_keys{
    "name",  "unit",       "format",       "files",     "first",    "pvd",
    "type",  "byte_order", "header_bytes", "dims",      "spacing",  "origin",
    "times", "missing",    "array",        "component", "reduction"};

std::vector<std::string> top_keys() {
  std::vector<std::string> keys(variable_keys.begin() + 1, variable_keys.end());
  keys.insert(keys.end(), {"stsr_dataset", "written_by", "run", "variable"});
  return keys;
}

/// What `times` says: all of them, or start and step (with or without a count).
struct TimesKey {
  std::vector<double> values;
  double start = 0.0;
  double step = 1.0;
  std::optional<std::size_t> count;

  [[nodiscard]] std::vector<double> resolve(std::size_t steps) const {
    if (!values.empty()) return values;
    std::vector<double> times;
    for (std::size_t i = 0; i < steps; ++i) times.push_back(start + static_cast<double>(i) * step);
    return times;
  }
};

/// @param most  more times than this cannot be meant; it guards the memory.
TimesKey parse_times(const TomlSection& section) {
  constexpr std::size_t most = 100'000'000;
  TimesKey times;
  if (!section.has("times")) return times;
  if (section.is_list("times")) {
    times.values = *section.numbers("times");
    times.count = times.values.size();
    if (const auto problem = times_problem(times.values); !problem.empty())
      section.fail("times", "{}", problem);
    return times;
  }
  const TomlSection range = *section.section("times");
  range.allow_only(std::vector<std::string>{"start", "step", "count"});
  times.start = range.number("start").value_or(0.0);
  times.step = range.number("step").value_or(1.0);
  times.count = range.whole("count");
  if (!(times.step > 0.0) || !std::isfinite(times.step) || !std::isfinite(times.start))
    range.fail("step", "'start' must be finite and 'step' positive, got {} and {}", times.start,
               times.step);
  if (times.count && (*times.count == 0 || *times.count > most))
    range.fail("count", "'count' must be from 1 to {}, got {}", most, *times.count);
  return times;
}

/// The times of so many files. Start and step may give numbers that double precision cannot.
std::vector<double> resolved(const TomlSection& section, const TimesKey& times, std::size_t files) {
  std::vector<double> all = times.resolve(files);
  if (const auto problem = times_problem(all); !problem.empty())
    section.fail("times", "{}", problem);
  return all;
}

RawLayout parse_raw(const TomlSection& section) {
  RawLayout layout;
  const std::string type = section.text("type").value_or("float32");
  const auto known = element_type_named(type);
  if (!known) {
    const std::vector<std::string> names(element_type_names.begin(), element_type_names.end());
    section.fail("type", "unknown type '{}'{}", type, name_hint(type, names));
  }
  layout.type = *known;
  const std::string order = section.text("byte_order").value_or("little");
  if (order != "little" && order != "big")
    section.fail("byte_order", "'byte_order' must be 'little' or 'big', got '{}'", order);
  layout.order = order == "big" ? std::endian::big : std::endian::little;
  layout.header_bytes = section.whole("header_bytes").value_or(0);
  layout.missing = section.number("missing");
  if (layout.missing && !can_hold(layout.type, *layout.missing))
    section.fail("missing", "'missing' = {} cannot occur in {}", *layout.missing, type);
  return layout;
}

/// The grid as far as the file says it, over what is known from elsewhere.
Grid parse_grid(const TomlSection& section, Grid grid) {
  if (const auto dims = section.whole_triple("dims"))
    grid.dims = {(*dims)[0], (*dims)[1], (*dims)[2]};
  grid.spacing = section.triple("spacing").value_or(grid.spacing);
  grid.origin = section.triple("origin").value_or(grid.origin);
  if (const auto problem = grid_problem(grid); !problem.empty())
    section.fail(problem.starts_with("'spacing'") ? "spacing" : "dims", "{}", problem);
  return grid;
}

std::optional<Reduction> parse_reduction(const TomlSection& section) {
  const auto table = section.section("reduction");
  if (!table) return std::nullopt;
  table->allow_only(std::vector<std::string>{"space", "time", "dims", "times"});
  Reduction reduction;
  const auto dims = table->whole_triple("dims");
  if (!dims) table->fail("dims", "'reduction' needs 'dims', the dimensions before the reduction");
  reduction.full_dims = {(*dims)[0], (*dims)[1], (*dims)[2]};
  reduction.space = table->whole_triple("space").value_or(std::array<std::size_t, 3>{1, 1, 1});
  reduction.time = static_cast<std::size_t>(table->whole("time").value_or(0));
  const TimesKey times = parse_times(*table);
  if (!times.count)
    table->fail("times",
                "'reduction' needs 'times', all times before the reduction (a start and a "
                "step need a count)");
  reduction.full_times = times.resolve(*times.count);
  return reduction;
}

/// The files of `files`, one a time step.
std::vector<fs::path> parse_files(const TomlSection& section, const fs::path& folder,
                                  const std::optional<std::size_t>& count) {
  const auto names = section.texts("files");
  if (!names) section.fail("files", "the variable needs 'files' (or 'pvd')");
  std::vector<fs::path> files;
  const bool numbered = !section.is_list("files") && names->front().find('%') != std::string::npos;
  if (section.has_own("first") && !numbered)
    section.fail("first", "'first' needs 'files' with a number, e.g. \"{}\"", "speed_%04d.raw");
  if (section.is_list("files")) {
    for (const std::string& name : *names) files.push_back(folder / name);
  } else {
    const auto first = static_cast<std::size_t>(section.whole("first").value_or(0));
    files = expand_pattern(folder, names->front(), first, count);
  }
  return files;
}

void check_count(const TomlSection& section, std::size_t files, const TimesKey& times) {
  if (times.count && *times.count != files)
    section.fail("times", "'times' names {} steps but there are {} files; they must agree",
                 *times.count, files);
}

void parse_raw_variable(const TomlSection& section, const fs::path& folder,
                        VariableSource& source) {
  const TimesKey times = parse_times(section);
  for (const char* key : {"array", "component"})
    if (section.has_own(key)) section.fail(key, "'{}' needs format = \"vti\"", key);
  if (!section.has("dims")) section.fail("dims", "a raw variable needs 'dims' = [x, y, z]");
  source.raw = parse_raw(section);
  source.info.grid = parse_grid(section, Grid{});
  source.files = parse_files(section, folder, times.count);
  check_count(section, source.files.size(), times);
  source.info.times = resolved(section, times, source.files.size());
  for (const fs::path& file : source.files)
    check_raw_size(InputFile(file), *source.raw, source.info.grid.dims);
}

/// The grid of the first file, in the digits of the data set file where that names it.
Grid parse_image_grid(const TomlSection& section, const VariableSource& source) {
  const ImageInfo image = read_image_info(source.files.front());
  const Grid grid = parse_grid(section, image.grid);
  if (!same_grid(grid, image.grid))
    section.fail("dims", "'dims', 'spacing' or 'origin' differ from those of {}",
                 source.files.front().string());
  const auto found = std::find_if(image.arrays.begin(), image.arrays.end(), [&](const auto& array) {
    return array.name == source.image.array;
  });
  if (found == image.arrays.end()) {
    std::vector<std::string> names;
    for (const ImageArray& array : image.arrays) names.push_back(array.name);
    section.fail("array", "{} has no point array '{}'{}", source.files.front().string(),
                 source.image.array, name_hint(source.image.array, names));
  }
  if (found->components > 1 && !source.image.component)
    section.fail("array", "array '{}' has {} components; choose one from 0 with 'component'",
                 found->name, found->components);
  return grid;
}

/// True where the steps come from a .pvd: the variable's own key decides before the defaults.
bool uses_series(const TomlSection& section) {
  if (section.has_own("files") == section.has_own("pvd") && section.has("files") &&
      section.has("pvd"))
    section.fail("pvd", "give 'files' or 'pvd', not both");
  return section.has("pvd") && !section.has_own("files");
}

void parse_image_variable(const TomlSection& section, const fs::path& folder,
                          VariableSource& source) {
  const TimesKey times = parse_times(section);
  for (const char* key : {"type", "byte_order", "header_bytes"})
    if (section.has_own(key)) section.fail(key, "'{}' needs format = \"raw\"", key);
  source.image = {section.text("array").value_or(source.info.name), section.whole("component"),
                  section.number("missing")};
  std::vector<double> series_times;
  if (uses_series(section)) {
    if (section.has_own("first")) section.fail("first", "'first' needs 'files' with a number");
    for (const SeriesEntry& entry : read_series(folder / *section.text("pvd"))) {
      source.files.push_back(entry.file);
      series_times.push_back(entry.time);
    }
  } else {
    source.files = parse_files(section, folder, times.count);
  }
  check_count(section, source.files.size(), times);
  const bool from_series = !series_times.empty() && !section.has("times");
  source.info.times = from_series ? series_times : resolved(section, times, source.files.size());
  if (!series_times.empty() && !same_times(series_times, source.info.times))
    section.fail("times", "'times' differ from those of the .pvd; leave 'times' out");
  for (const fs::path& file : source.files) (void)InputFile(file);
  source.info.grid = parse_image_grid(section, source);
}

VariableSource parse_variable(const TomlSection& section, const fs::path& folder) {
  VariableSource source;
  const auto name = section.text("name");
  if (!name) section.fail("name", "the variable needs a 'name'");
  if (const auto problem = name_problem(*name); !problem.empty())
    section.fail("name", "{}", problem);
  source.info.name = *name;
  source.info.unit = section.text("unit").value_or("");
  const std::string format = section.text("format").value_or(uses_series(section) ? "vti" : "raw");
  if (format == "raw") {
    if (section.has_own("pvd")) section.fail("pvd", "'pvd' needs format = \"vti\"");
    parse_raw_variable(section, folder, source);
  } else if (format == "vti") {
    parse_image_variable(section, folder, source);
  } else {
    section.fail("format", "'format' must be 'raw' or 'vti', got '{}'", format);
  }
  source.info.reduction = parse_reduction(section);
  if (const auto problem = reduction_problem(source.info); !problem.empty())
    section.fail("reduction", "{}", problem);
  return source;
}

toml::table parse_toml(const fs::path& path, const std::string& text) {
  try {
    return toml::parse(text, path.string());
  } catch (const toml::parse_error& error) {
    std::string message(error.description());
    std::replace_if(
        message.begin(), message.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    throw FileError(fmt::format("{}:{}: {}", path.string(), error.source().begin.line, message));
  }
}

void check_version(const TomlSection& top) {
  const auto version = top.whole("stsr_dataset");
  if (!version)
    top.fail("stsr_dataset", "is not a data set file: the key 'stsr_dataset' = {} is missing",
             dataset_file_version);
  if (*version == 0 || *version > static_cast<std::uint64_t>(dataset_file_version))
    top.fail("stsr_dataset", "version {} is newer than this build, which reads up to {}", *version,
             dataset_file_version);
}

}  // namespace

std::vector<VariableSource> parse_dataset_file(const InputFile& file) {
  const toml::table table = parse_toml(file.path(), read_text(file, largest_text));
  const TomlSection top(file.path(), table);
  check_version(top);
  top.allow_only(top_keys());
  (void)top.text("written_by");
  (void)top.text("run");
  const toml::array* variables = table["variable"].as_array();
  if (variables == nullptr || variables->empty())
    top.fail("variable", "the data set needs at least one [[variable]]");
  std::vector<VariableSource> sources;
  for (const toml::node& node : *variables) {
    const toml::table* variable = node.as_table();
    if (variable == nullptr) top.fail("variable", "'variable' must be written as [[variable]]");
    TomlSection(file.path(), *variable).allow_only(variable_keys);
    const TomlSection section(file.path(), *variable, &table);
    const auto name = section.text("name");
    for (const VariableSource& other : sources)
      if (other.info.name == name)
        section.fail("name", "the variable name '{}' is there twice", *name);
    sources.push_back(parse_variable(section, file.path().parent_path()));
  }
  return sources;
}

namespace {

/// A key at the top of a data set file; empty where the text is none.
std::string top_text(const std::string& text, std::string_view key) {
  try {
    const toml::table table = toml::parse(text);
    return table[key].value_or(std::string());
  } catch (const toml::parse_error&) {
    return "";
  }
}

}  // namespace

bool is_our_dataset_file(const std::string& text) {
  return top_text(text, "written_by") == dataset_file_writer;
}

std::string run_of_dataset_file(const std::string& text) {
  return top_text(text, "run");
}

}  // namespace stsr

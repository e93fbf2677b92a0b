#include "data_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "log.h"
#include "parse.h"
#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/text.h"
#include "stsr/io/background_writer.h"
#include "stsr/version.h"

namespace stsr::app {

namespace {

namespace fs = std::filesystem;

/// The folder whose files a data set given as `input` consists of.
fs::path home_of(const fs::path& input) {
  std::error_code code;
  if (fs::is_directory(input, code)) return input;
  return input.has_parent_path() ? input.parent_path() : fs::path(".");
}

GridLike like_of(const Dataset& data, const std::string& path, const std::string& variable) {
  const auto& infos = data.variables();
  const auto same = std::find_if(infos.begin(), infos.end(),
                                 [&](const VariableInfo& info) { return info.name == variable; });
  if (same != infos.end()) return {same->grid, same->times};
  for (const VariableInfo& info : infos)
    if (info.grid != infos.front().grid || info.times != infos.front().times)
      throw ValueError(fmt::format(
          "--like {}: it has no variable '{}', and its variables differ in grid or times", path,
          variable));
  return {infos.front().grid, infos.front().times};
}

/// Says how many time steps of all variables are there already.
void log_found(const DatasetWriter& writer, std::span<const VariableInfo> infos,
               const std::string& folder) {
  std::size_t steps = 0;
  for (const VariableInfo& info : infos) steps = std::max(steps, info.times.size());
  std::size_t found = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    bool all = true;
    for (std::size_t i = 0; i < infos.size(); ++i)
      all = all && (step >= infos[i].times.size() || writer.found(i, step));
    found += all ? 1 : 0;
  }
  log_info("{}: {} of {} time steps are there already", folder, found, steps);
}

Box parse_box(const std::string& text) {
  const auto numbers = parse_numbers("--box", text);
  if (numbers.size() != 6)
    throw ValueError(fmt::format("--box must be x0,x1,y0,y1,z0,z1, got '{}'", text));
  return {{numbers[0], numbers[2], numbers[4]}, {numbers[1], numbers[3], numbers[5]}};
}

}  // namespace

void OutputPlace::add_to(Command& command) {
  command
      .add_option("--format", format,
                  fmt::format("{} (default: {}); vti comes with a .pvd, for ParaView",
                              fmt::join(output_format_names(), " or "),
                              default_output_format().info().name))
      .type_name("NAME");
  command.add_option("--type", type, "Of the numbers: float32, or float64 for data that need it")
      .type_name("NAME")
      .one_of({"float32", "float64"})
      .capture_default_str();
  command.add_option("-o,--output", folder, "Folder to write the data set into")
      .type_name("DIR")
      .required();
}

void OutputPlace::add_resume_to(Command& command) {
  command.add_flag("--resume", resume, "Resume what an interrupted run left in DIR");
}

void OutputPlace::write(std::vector<VariableInfo> infos, const std::string& fingerprint,
                        const std::function<void(DatasetWriter&)>& fill) const {
  OutputRun run{fingerprint, resume, *element_type_named(type)};
  if (!fingerprint.empty())
    run.fingerprint = Fingerprint().add(STSR_VERSION).add(fingerprint).text();
  auto writer = create_dataset_in_background(folder, infos, parse_format(format), run);
  if (resume) log_found(*writer, infos, folder);
  try {
    fill(*writer);
    writer->close();
  } catch (...) {
    if (!fingerprint.empty()) log_info("finishing the time steps that are computed");
    writer.reset();
    if (is_unfinished(folder))
      log_warning("{}: the finished time steps stay; the same command with --resume continues",
                  folder);
    throw;
  }
}

void OutputOptions::add_to(Command& command) {
  command.add_option("--variables", variables, "Only these, in this order (default: all)")
      .type_name("A,B,...")
      .delimiter(',')
      .allow_extra_args(false);
  place.add_to(command);
}

std::vector<std::size_t> OutputOptions::choose(std::span<const VariableInfo> known) const {
  std::vector<std::string> names;
  for (const VariableInfo& info : known) names.push_back(info.name);
  std::vector<std::size_t> chosen;
  for (const std::string& name : joined_names(variables, names)) {
    const std::size_t index = find_variable(known, name);
    if (std::find(chosen.begin(), chosen.end(), index) != chosen.end())
      throw ValueError(fmt::format("--variables names '{}' twice; name it once", name));
    chosen.push_back(index);
  }
  if (chosen.empty())
    for (std::size_t i = 0; i < known.size(); ++i) chosen.push_back(i);
  return chosen;
}

void OutputOptions::refuse_as_output(const fs::path& input) const {
  std::error_code code;
  if (fs::equivalent(home_of(input), place.folder, code))
    throw ValueError(fmt::format(
        "--output {} holds the input {}, whose files would be replaced; choose another folder",
        place.folder, input.string()));
}

void GridOptions::add_to(Command& command) {
  const std::string group = "Output grid";
  command
      .add_option("--space", space,
                  "Spatial scale factor, one or x,y,z; any real > 0 (default: undo the reduction)")
      .type_name("S")
      .group(group);
  command
      .add_option("--time", time,
                  "Steps between two kept ones; any real >= 0 (default: undo the reduction)")
      .type_name("T")
      .group(group);
  command.add_option("--dims", dims, "Samples along x, y, z, instead of --space")
      .type_name("X,Y,Z")
      .group(group);
  command
      .add_option("--times", times,
                  "Times in the data's unit: N from A to B, or a list; instead of --time")
      .type_name("A:B:N")
      .group(group);
  command.add_option("--like", like, "Grid and times of this data set")
      .type_name("DATA")
      .group(group);
  command.add_option("--box", box, "Only this part of space, in the data's unit of length")
      .type_name("x0,x1,y0,y1,z0,z1")
      .group(group);
  command
      .add_flag("--extrapolate", extrapolate,
                "Let --times or --like reach beyond the times of the data")
      .group(group);
}

GridRequest GridOptions::request(const std::string& variable) const {
  GridRequest request;
  if (!space.empty()) request.space = parse_scale("--space", space);
  if (!time.empty()) request.time = parse_number("--time", time);
  if (!dims.empty()) request.dims = parse_dims("--dims", dims);
  if (!times.empty()) request.times = parse_times("--times", times);
  if (!box.empty()) request.box = parse_box(box);
  request.extrapolate = extrapolate;
  if (!like.empty()) {
    if (!like_data_) like_data_ = open_dataset(like);
    request.like = like_of(*like_data_, like, variable);
  }
  return request;
}

}  // namespace stsr::app

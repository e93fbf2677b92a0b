#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

#include "coarse_samples.h"
#include "commands.h"
#include "data_options.h"
#include "parse.h"
#include "stsr/base/fingerprint.h"
#include "stsr/baselines/interpolated_output.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr interpolate coarse -o tl                     undoes the reduction\n"
    "  stsr interpolate coarse --like truth --registration half-pixel -o tl-resizer\n"
    "  stsr interpolate coarse --space 2 --time 3 --kernel linear -o linear\n"
    "  stsr interpolate coarse --resume -o tl            goes on after Ctrl-C or a crash, with the "
    "same\n"
    "                                                    data and options\n";

struct Options {
  std::string data;
  GridOptions grid;
  std::string registration = std::string(enum_name(Registration::aligned));
  std::string kernel = std::string(enum_name(InterpolationKernel::b_spline));
  OutputOptions output;
};

/// All that the output of one variable is computed from: its samples, and where the output lies in
/// them.
void add_input(Fingerprint& all, const Dataset& data, std::size_t variable, const OutputGrid& grid,
               bool quiet) {
  for (const auto& axis : grid.positions) all.add(std::span(axis));
  all.add(std::span(grid.times));
  const VariableInfo& coarse = data.variables()[variable];
  for (const double spacing : coarse.grid.spacing) all.add(spacing);
  all.add(std::span(coarse.times));
  add_samples(all, data, variable, quiet);
}

void run(const Options& options, bool quiet) {
  const InterpolationConfig config{parse_enum<Registration>("--registration", options.registration),
                                   parse_enum<InterpolationKernel>("--kernel", options.kernel)};
  const auto data = open_dataset(options.data);
  options.output.refuse_as_output(options.data);

  (void)parse_format(options.output.place.format);  // refused before the data are read
  Fingerprint all;
  all.add(options.registration).add(options.kernel);
  std::vector<Interpolator> interpolators;
  std::vector<VariableInfo> infos;
  for (const std::size_t variable : options.output.choose(data->variables())) {
    const VariableInfo& coarse = data->variables()[variable];
    OutputGrid grid = output_grid(coarse, options.grid.request(coarse.name));
    add_input(all, *data, variable, grid, quiet);
    interpolators.emplace_back(
        coarse, std::move(grid), config,
        [&data, variable](std::size_t step) { return data->read(variable, step); });
    infos.push_back(interpolators.back().info());
  }

  options.output.place.write(infos, all.text(), [&](DatasetWriter& writer) {
    TerminalProgress progress("interpolating", quiet);
    write_interpolated(interpolators, writer, progress);
  });
  for (const VariableInfo& info : infos)
    spdlog::info("{}: {} x {} x {}, {} steps in {}", info.name, info.grid.dims.x, info.grid.dims.y,
                 info.grid.dims.z, info.times.size(), options.output.place.folder);
}

}  // namespace

void add_interpolate(CLI::App& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = add_command(
      program, invocation, "interpolate",
      "Write volumes by interpolation (cubic in space, linear in time), to compare with", examples,
      [options, &invocation] { run(*options, invocation.common.quiet); });
  command->add_option("data", options->data, "Data set file, .pvd, .vti or folder")
      ->required()
      ->type_name("DATA");
  options->grid.add_to(*command);
  command
      ->add_option(
          "--registration", options->registration,
          "aligned (samples where the reduction took them) or half-pixel (as image resizers)")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--kernel", options->kernel, "b-spline, catmull-rom or linear, in space")
      ->type_name("NAME")
      ->capture_default_str();
  options->output.add_to(*command);
  options->output.place.add_resume_to(*command);
}

}  // namespace stsr::app

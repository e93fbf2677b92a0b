#include <memory>
#include <utility>

#include "commands.h"
#include "data_options.h"
#include "field_writing.h"
#include "parse.h"
#include "stsr/base/fingerprint.h"
#include "stsr/inference/interpolated_field.h"
#include "stsr/inference/trained_samples.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr interpolate coarse -o tl                     undoes the reduction\n"
    "  stsr interpolate coarse --like truth --registration half-pixel -o tl-resizer\n"
    "  stsr interpolate coarse --space 2 --time 3 --kernel linear -o linear\n"
    "  stsr interpolate coarse --resume -o tl            resumes after Ctrl-C or a crash, with the "
    "same\n"
    "                                                    data and options\n";

struct Options {
  std::string data;
  GridOptions grid;
  std::string registration = std::string(enum_name(Registration::aligned));
  std::string kernel = std::string(enum_name(InterpolationKernel::b_spline));
  OutputOptions output;
};

void run(const Options& options, bool quiet) {
  const InterpolationConfig config{parse_enum<Registration>("--registration", options.registration),
                                   parse_enum<InterpolationKernel>("--kernel", options.kernel)};
  const std::shared_ptr<const Dataset> data = open_dataset(options.data);
  options.output.refuse_as_output(options.data);
  (void)parse_format(options.output.place.format);  // refused before the data are read

  std::vector<VariableInfo> coarse;
  std::vector<OutputGrid> grids;
  std::vector<StepReader> samples;
  Fingerprint all;
  for (const std::size_t variable : options.output.choose(data->variables())) {
    coarse.push_back(data->variables()[variable]);
    GridRequest request = options.grid.request(coarse.back().name);
    request.half_pixel = config.registration == Registration::half_pixel;
    grids.push_back(output_grid(coarse.back(), request));
    for (const double spacing : coarse.back().grid.spacing) all.add(spacing);
    all.add(std::span<const double>(coarse.back().times));
    TerminalProgress progress("reading", quiet);
    all.add(fingerprint_of_values(*data, variable, progress));
    samples.emplace_back([data, variable](std::size_t step) { return data->read(variable, step); });
  }
  const auto field = std::make_shared<const InterpolatedField>(std::move(coarse), config,
                                                               std::move(samples), all.text());
  std::vector<FieldOutput> outputs;
  for (std::size_t i = 0; i < grids.size(); ++i)
    outputs.push_back({field, i, field->variables()[i].name, std::move(grids[i])});
  write_fields(outputs, options.output.place, "interpolating", quiet);
}

}  // namespace

void add_interpolate(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command = add_command(
      program, invocation, "interpolate",
      "Write volumes by interpolation (cubic in space, linear in time), to compare with", examples,
      [options, &invocation] { run(*options, invocation.common.quiet); });
  command.add_option("data", options->data, "Data set file, .pvd, .vti or folder")
      .required()
      .type_name("DATA");
  options->grid.add_to(command);
  command
      .add_option("--registration", options->registration,
                  "aligned (the first and the last sample stay where they are, and between them "
                  "those that a\n"
                  "reduction took) or half-pixel (as image resizers: cells are divided, samples "
                  "are at their\n"
                  "centres; samples of reduced data are misplaced by (S - 1)/2 fine ones)")
      .type_name("NAME")
      .capture_default_str();
  command.add_option("--kernel", options->kernel, "b-spline, catmull-rom or linear, in space")
      .type_name("NAME")
      .capture_default_str();
  options->output.add_to(command);
  options->output.place.add_resume_to(command);
}

}  // namespace stsr::app

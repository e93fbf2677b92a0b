#include <fmt/format.h>

#include <memory>

#include "commands.h"
#include "data_options.h"
#include "log.h"
#include "parse.h"
#include "stsr/io/derived_dataset.h"
#include "stsr/volume/analytic.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr generate tornado --dims 128,128,128 --steps 48 --variables speed,w -o tornado\n"
    "  stsr generate ethier-steinman --dims 64,64,64 --steps 20 --variables speed,p \\\n"
    "       --parameters 0.1,0.2 -o ensemble\n"
    "  stsr generate marschner-lobb --dims 41,41,41 --steps 16 --format raw -o ripple\n";

struct Options {
  std::string field;
  std::string dims = "64,64,64";
  std::string steps = "16";
  std::vector<std::string> variables;
  std::string parameters;
  std::string time_step;
  OutputPlace place;
};

std::string field_list() {
  std::string text = "One of:";
  for (const AnalyticField& field : analytic_fields()) {
    text += fmt::format("\n{} ({})", field.name, field.description);
    text += "\n  variables:";
    for (const AnalyticVariable& variable : field.variables) text += " " + variable.name;
    if (!field.parameter.empty())
      text += fmt::format("; parameter: {} (default {})", field.parameter, field.parameter_default);
  }
  return text;
}

void run(const Options& options, bool quiet) {
  AnalyticRequest request;
  request.dims = parse_dims("--dims", options.dims);
  request.steps = parse_count("--steps", options.steps, 1);
  request.variables = options.variables;
  if (!options.parameters.empty())
    request.parameters = parse_numbers("--parameters", options.parameters);
  if (!options.time_step.empty())
    request.time_step = parse_number("--time-step", options.time_step);
  const AnalyticSequence sequence(find_analytic_field(options.field), request);

  const std::size_t variables = sequence.variables().size();
  options.place.write(sequence.variables(), "", [&](DatasetWriter& writer) {
    TerminalProgress progress("generating", quiet);
    write_analytic(sequence, writer, progress);
  });
  log_info("wrote {} variables, {} steps to {}", variables, request.steps, options.place.folder);
}

}  // namespace

void add_generate(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command =
      add_command(program, invocation, "generate", "Write an analytic data set", examples,
                  [options, &invocation] { run(*options, invocation.common.quiet); });
  command.add_option("field", options->field, field_list()).required().type_name("FIELD");
  command.add_option("--dims", options->dims, "Samples along x, y, z")
      .type_name("X,Y,Z")
      .capture_default_str();
  command.add_option("--steps", options->steps, "Time steps").type_name("N").capture_default_str();
  command.add_option("--variables", options->variables, "Quantities (default: the first)")
      .type_name("A,B,...")
      .delimiter(',')
      .allow_extra_args(false);
  command
      .add_option("--parameter,--parameters", options->parameters,
                  "Value of the field's parameter; several make an ensemble")
      .type_name("A,B,...");
  command.add_option("--time-step", options->time_step, "Time between two steps").type_name("DT");
  options->place.add_to(command);
}

}  // namespace stsr::app

#include <memory>

#include "commands.h"
#include "data_options.h"
#include "log.h"
#include "parse.h"
#include "stsr/io/derived_dataset.h"
#include "terminal_progress.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr reduce tornado --space 2 --time 3 -o coarse        every 2nd sample, every 4th step\n"
    "  stsr reduce run.pvd --space 4,4,2 --variables p -o coarse\n";

struct Options {
  std::string data;
  std::string space = "1";
  std::string time = "0";
  OutputOptions output;
};

void run(const Options& options, bool quiet) {
  const auto space = parse_stride("--space", options.space);
  const std::size_t time = parse_count("--time", options.time, 0);
  const auto data = open_dataset(options.data);
  const auto chosen = options.output.choose(data->variables());

  const auto infos = reduced_infos(*data, chosen, space, time);
  options.output.refuse_as_output(options.data);
  options.output.place.write(infos, "", [&](DatasetWriter& writer) {
    TerminalProgress progress("reducing", quiet);
    write_reduced(*data, chosen, space, time, writer, progress);
  });
  for (const VariableInfo& info : infos)
    log_info("{}: {} x {} x {}, {} steps", info.name, info.grid.dims.x, info.grid.dims.y,
             info.grid.dims.z, info.times.size());
}

}  // namespace

void add_reduce(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command = add_command(
      program, invocation, "reduce", "Keep every S-th sample and leave out T steps between two",
      examples, [options, &invocation] { run(*options, invocation.common.quiet); });
  command.add_option("data", options->data, "Data set file, .pvd, .vti or folder")
      .required()
      .type_name("DATA");
  command.add_option("--space", options->space, "Keep every S-th sample; one, or along x,y,z")
      .type_name("S")
      .capture_default_str();
  command.add_option("--time", options->time, "Steps to leave out between two kept ones")
      .type_name("T")
      .capture_default_str();
  options->output.add_to(command);
}

}  // namespace stsr::app

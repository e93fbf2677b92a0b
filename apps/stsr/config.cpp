#include <fmt/format.h>

#include <memory>
#include <vector>

#include "commands.h"
#include "config_options.h"
#include "stsr/io/config_file.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr config > my.toml                      all settings with their meaning\n"
    "  stsr config --preset paper --set training.epochs=100 > my.toml\n"
    "  stsr config --reference > docs/configuration.md\n";

constexpr const char* reference_introduction =
    "# Configuration\n"
    "\n"
    "A configuration file of `stsr train --config` is TOML. It names what differs from the preset\n"
    "(`--preset`, by default `default`); an unknown key is an error, and so is, in a new "
    "training,\n"
    "a setting that has no effect beside the others. Single settings can also be given as\n"
    "`--set section.key=value`. This page is made by `stsr config --reference` from the structs\n"
    "that hold the settings, whose initialisers are the only defaults.\n"
    "\n";

}  // namespace

void add_config(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<ConfigOptions>();
  const auto reference = std::make_shared<bool>(false);
  Command command = add_command(
      program, invocation, "config", "Print the settings of a training, complete", examples,
      [options, reference] {
        if (*reference)
          fmt::print("{}{}", reference_introduction, config_reference_markdown<Config>());
        else
          fmt::print("{}", write_config(options->resolve()));
      });
  const std::vector<Option> settings = options->add_to(command);
  const Option flag =
      command.add_flag("--reference", *reference, "Print the reference page of all settings");
  for (const Option setting : settings) flag.excludes(setting);
}

}  // namespace stsr::app

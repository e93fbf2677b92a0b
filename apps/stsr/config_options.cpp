#include "config_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "parse.h"
#include "stsr/training/presets.h"

namespace stsr::app {

std::vector<Option> ConfigOptions::add_to(Command& command) {
  std::vector<std::string> names;
  for (const auto& [name, text] : presets()) names.emplace_back(name);
  return {
      command
          .add_option("--preset", preset,
                      fmt::format("Settings to start from: {}", fmt::join(names, ", ")))
          .type_name("NAME"),
      command.add_option("--config", file, "Configuration file (TOML) with settings that differ")
          .type_name("FILE"),
      command
          .add_option("--set", assignments,
                      "One setting, e.g. network.width=128; may be given several times")
          .type_name("SECTION.KEY=VALUE")
          .allow_extra_args(false)};
}

void add_precision_option(Command& command, std::string& precision) {
  command
      .add_option(
          "--precision", precision,
          "What the matrix products multiply: float32 (default), or bf16 where the processor "
          "has instructions for it (avx512-bf16)")
      .type_name("NAME");
}

ComputeOptions compute_options(const CommonOptions& common, const std::string& precision) {
  ComputeOptions options;
  options.precision = parse_precision(precision);
  if (!common.instruction_set.empty())
    options.instruction_set = find_instruction_set(common.instruction_set);
  check_pays(options.precision, options.instruction_set);
  return options;
}

Config ConfigOptions::resolve() const {
  return resolve_config(preset, file, assignments);
}

}  // namespace stsr::app

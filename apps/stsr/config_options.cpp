#include "config_options.h"

#include <fmt/format.h>

#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/io/config_file.h"

namespace stsr::app {

void ConfigOptions::add_to(CLI::App& command) {
  command.add_option("--preset", preset, "Settings to start from: default or paper")
      ->type_name("NAME");
  command.add_option("--config", file, "Configuration file (TOML) with settings that differ")
      ->type_name("FILE");
  command
      .add_option("--set", assignments,
                  "One setting, e.g. network.width=128; may be given several times")
      ->type_name("SECTION.KEY=VALUE")
      ->allow_extra_args(false);
}

void add_precision_option(CLI::App& command, std::string& precision) {
  command
      .add_option(
          "--precision", precision,
          "What the matrix products multiply: float32 (default), or bf16 where the processor "
          "has instructions for it (avx512-bf16)")
      ->type_name("NAME");
}

Config ConfigOptions::resolve() const {
  Config config;
  std::vector<std::string> known;
  bool found = false;
  for (const auto& [name, text] : presets()) {
    known.emplace_back(name);
    if (name != preset) continue;
    read_config_text(text, fmt::format("preset {}", name), config);
    found = true;
  }
  if (!found)
    throw ValueError(fmt::format("there is no preset '{}'{}", preset, name_hint(preset, known)));
  if (!file.empty()) config = read_config(file, config);
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
  return config;
}

}  // namespace stsr::app

#include <fmt/format.h>

#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/io/unused_settings.h"
#include "stsr/training/presets.h"

namespace stsr {

Config resolve_config(const std::string& preset, const std::filesystem::path& file,
                      std::span<const std::string> assignments) {
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
  const Config base = config;
  if (!file.empty()) config = read_config(file, config);
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
  return without_unused_of(base, std::move(config));
}

}  // namespace stsr

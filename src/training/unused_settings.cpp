#include "stsr/training/unused_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/io/config_file.h"

namespace stsr {

namespace {

constexpr std::array<std::string_view, 9> unused_by_coordnet{
    "network.head",   "network.conditioning",  "network.modulator_activation",
    "network.latent", "network.latent_length", "network.latent_log_variance",
    "training.order", "training.kld_weight",   "training.latent_learning_rate"};

struct Setting {
  std::string name;  // section.key
  std::string value;
};

template <class Section>
void add_settings(const std::string& name, const Section& section, std::vector<Setting>& settings) {
  Section::fields(section, [&](const char* key, const auto& value, const char*) {
    settings.push_back({name + "." + key, config_detail::toml_text(value)});
  });
}

std::vector<Setting> settings_of(const Config& config) {
  std::vector<Setting> settings;
  Config::fields(config, [&](const char* name, const auto& section, const char*) {
    add_settings(name, section, settings);
  });
  return settings;
}

}  // namespace

void refuse_unused_settings(const Config& config) {
  if (config.network.architecture != Architecture::coordnet) return;
  const std::vector<Setting> settings = settings_of(config);
  const std::vector<Setting> defaults = settings_of(Config{});
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto& [name, value] = settings[i];
    if (value == defaults[i].value ||
        std::find(unused_by_coordnet.begin(), unused_by_coordnet.end(), name) ==
            unused_by_coordnet.end())
      continue;
    throw ValueError(fmt::format(
        "{} means nothing to network.architecture 'coordnet' and must be left at {}, got "
        "{}; --preset coordnet has all settings that fit",
        name, defaults[i].value, value));
  }
}

}  // namespace stsr

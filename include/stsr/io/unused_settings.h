#pragma once

#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "stsr/io/config_file.h"

namespace stsr {

/// A setting that differs from its default and has no effect beside the other settings, as the
/// condition of its field says (base/config_field.h).
struct UnusedSetting {
  std::string name;           ///< key, or section.key
  std::string value;          ///< as TOML
  std::string default_value;  ///< as TOML
  std::string condition;      ///< "only ..."
};

namespace config_detail {

/// Calls visit(name, field, condition...) for all fields, those of sections as "section.key".
/// Arrays of tables are left out.
template <class T, class Visit>
void each_setting(const T& self, const std::string& prefix, const Visit& visit) {
  T::fields(self, [&](const char* key, const auto& field, const char*, const auto&... condition) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (HasFields<Field>)
      each_setting(field, prefix + key + ".", visit);
    else if constexpr (!is_list<Field>())
      visit(prefix + key, field, condition...);
  });
}

/// Every setting as TOML.
template <class C>
[[nodiscard]] std::map<std::string, std::string> setting_texts(const C& config) {
  std::map<std::string, std::string> texts;
  each_setting(config, "", [&](const std::string& name, const auto& field, const auto&...) {
    texts[name] = toml_text(field);
  });
  return texts;
}

[[noreturn]] void fail_unused(const UnusedSetting& setting);

}  // namespace config_detail

/// The settings that are set and have no effect, in the order of their definition.
template <class C>
[[nodiscard]] std::vector<UnusedSetting> unused_settings(const C& config) {
  const std::map<std::string, std::string> defaults = config_detail::setting_texts(C{});
  std::vector<UnusedSetting> unused;
  config_detail::each_setting(
      config, "", [&](const std::string& name, const auto& field, const auto&... condition) {
        if ((condition.test(config) && ...)) return;
        const std::string value = config_detail::toml_text(field);
        if (value != defaults.at(name))
          unused.push_back({name, value, defaults.at(name),
                            (std::string() + ... + std::string(condition.text))});
      });
  return unused;
}

/// @throws ValueError  a setting is set and has no effect: its name, condition, default and value.
template <class C>
void refuse_unused_settings(const C& config) {
  const std::vector<UnusedSetting> unused = unused_settings(config);
  if (!unused.empty()) config_detail::fail_unused(unused.front());
}

/// `config`, but what has no effect in it and is as in `base` is at its default: settings of a
/// preset that others have overruled.
template <class C>
[[nodiscard]] C without_unused_of(const C& base, C config) {
  const std::map<std::string, std::string> inherited = config_detail::setting_texts(base);
  for (const UnusedSetting& setting : unused_settings(config))
    if (inherited.at(setting.name) == setting.value)
      set_config_value(config, setting.name + "=" + setting.default_value);
  return config;
}

}  // namespace stsr

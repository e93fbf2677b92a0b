#include "stsr/io/unused_settings.h"

#include <fmt/format.h>

#include "stsr/base/error.h"

namespace stsr::config_detail {

void fail_unused(const UnusedSetting& setting) {
  throw ValueError(fmt::format("{} is {}; leave it at {}, got {}", setting.name, setting.condition,
                               setting.default_value, setting.value));
}

}  // namespace stsr::config_detail

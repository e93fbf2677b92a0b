#include "stsr/base/config_field.h"

#include <fmt/format.h>

#include "stsr/base/error.h"
#include "stsr/base/text.h"

namespace stsr {

void throw_unknown_name(std::string_view what, std::string_view name,
                        const std::vector<std::string>& known) {
  throw ValueError(fmt::format("{} '{}'{}", what, name, name_hint(name, known)));
}

}  // namespace stsr

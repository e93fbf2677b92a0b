#pragma once

#include <array>

#include "stsr/base/config_field.h"

namespace stsr {

/// How rows are drawn. `pool`: one shuffled pool of all rows of all variables; `balanced`: every
/// variable has the same share of every batch.
enum class RowOrder { pool, balanced };
template <>
struct EnumNames<RowOrder> {
  static constexpr std::array<EnumTable<RowOrder>, 2> values{
      {{RowOrder::pool, "pool"}, {RowOrder::balanced, "balanced"}}};
};

}  // namespace stsr

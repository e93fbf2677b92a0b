#pragma once

#include <array>

#include "stsr/base/config_field.h"

namespace stsr {

/// What the matrix products of the network multiply: float32 numbers, or numbers rounded to
/// bfloat16 (8 bits of mantissa). Sums, activations and weights between steps are float32 either
/// way.
enum class Precision { float32, bf16 };
template <>
struct EnumNames<Precision> {
  static constexpr std::array<EnumTable<Precision>, 2> values{
      {{Precision::float32, "float32"}, {Precision::bf16, "bf16"}}};
};

}  // namespace stsr

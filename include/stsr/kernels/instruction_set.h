#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "stsr/base/config_field.h"

namespace stsr {

/// Instruction sets that the kernels are compiled for, weakest first.
enum class InstructionSet { portable, avx2, avx512, avx512_bf16 };
template <>
struct EnumNames<InstructionSet> {
  static constexpr std::array<EnumTable<InstructionSet>, 4> values{
      {{InstructionSet::portable, "portable"},
       {InstructionSet::avx2, "avx2"},
       {InstructionSet::avx512, "avx512"},
       {InstructionSet::avx512_bf16, "avx512-bf16"}}};
};

/// Whether this machine can run a set.
[[nodiscard]] bool machine_has(InstructionSet set);

/// The sets that this machine can run, weakest first; never empty.
[[nodiscard]] std::vector<InstructionSet> available_instruction_sets();

/// The strongest set that this machine can run.
[[nodiscard]] InstructionSet best_instruction_set();

/// The set of a name. @throws ValueError  the name is unknown, or the machine lacks the set.
[[nodiscard]] InstructionSet find_instruction_set(std::string_view name);

}  // namespace stsr

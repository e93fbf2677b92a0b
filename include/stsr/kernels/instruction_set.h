#pragma once

#include <string_view>
#include <vector>

namespace stsr {

/// Instruction sets that the kernels are compiled for, weakest first.
enum class InstructionSet { portable, avx2, avx512, avx512_bf16 };

/// "portable", "avx2", "avx512" or "avx512-bf16".
[[nodiscard]] std::string_view instruction_set_name(InstructionSet set);

/// The sets that this machine can run, weakest first; never empty.
[[nodiscard]] std::vector<InstructionSet> available_instruction_sets();

/// The set in use: the strongest available one, unless set_instruction_set chose another.
[[nodiscard]] InstructionSet instruction_set();

/// Forces a set for the kernels. Call it before any network is evaluated.
/// @throws ValueError  the name is unknown, or the machine lacks the set.
void set_instruction_set(std::string_view name);

}  // namespace stsr

#include "stsr/kernels/instruction_set.h"

#include <fmt/format.h>

#include <string>

#include "stsr/base/error.h"
#include "stsr/kernels/dense.h"
#include "stsr/kernels/elementwise.h"

namespace stsr {

#define STSR_DECLARE_TABLES(set)                     \
  extern const ElementwiseKernels elementwise_##set; \
  extern const DenseKernels dense_float32_##set;     \
  extern const DenseKernels dense_bf16_##set
STSR_DECLARE_TABLES(portable);
#ifdef STSR_X86
STSR_DECLARE_TABLES(avx2);
STSR_DECLARE_TABLES(avx512);
STSR_DECLARE_TABLES(avx512_bf16);
#endif

bool machine_has(InstructionSet set) {
#ifdef STSR_X86
  switch (set) {
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    case InstructionSet::avx512:
      return machine_has(InstructionSet::avx2) && __builtin_cpu_supports("avx512f") != 0 &&
             __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
             __builtin_cpu_supports("avx512bw") != 0;
    case InstructionSet::avx512_bf16:
      return machine_has(InstructionSet::avx512) && __builtin_cpu_supports("avx512bf16") != 0;
    default:
      break;
  }
#endif
  return set == InstructionSet::portable;
}

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets;
  for (const auto& [set, name] : EnumNames<InstructionSet>::values)
    if (machine_has(set)) sets.push_back(set);
  return sets;
}

InstructionSet best_instruction_set() {
  return available_instruction_sets().back();
}

InstructionSet find_instruction_set(std::string_view name) {
  const auto set = enum_from_name<InstructionSet>(name, "unknown instruction set");
  if (!machine_has(set))
    throw ValueError(
        fmt::format("this machine does not have the instruction set '{}'; its best is "
                    "'{}'",
                    name, enum_name(best_instruction_set())));
  return set;
}

const ElementwiseKernels& elementwise_kernels(InstructionSet set) {
#ifdef STSR_X86
  if (set == InstructionSet::avx512_bf16) return elementwise_avx512_bf16;
  if (set == InstructionSet::avx512) return elementwise_avx512;
  if (set == InstructionSet::avx2) return elementwise_avx2;
#endif
  (void)set;
  return elementwise_portable;
}

const DenseKernels& dense_kernels(InstructionSet set, Precision precision) {
  const auto of = [&](const DenseKernels& float32, const DenseKernels& bf16) -> const auto& {
    return precision == Precision::float32 ? float32 : bf16;
  };
#ifdef STSR_X86
  if (set == InstructionSet::avx512_bf16)
    return of(dense_float32_avx512_bf16, dense_bf16_avx512_bf16);
  if (set == InstructionSet::avx512) return of(dense_float32_avx512, dense_bf16_avx512);
  if (set == InstructionSet::avx2) return of(dense_float32_avx2, dense_bf16_avx2);
#endif
  (void)set;
  return of(dense_float32_portable, dense_bf16_portable);
}

void check_pays(Precision precision, InstructionSet set) {
  if (precision == Precision::bf16 && !has_bf16_instructions(set))
    throw ValueError(fmt::format(
        "precision 'bf16' needs the instruction set 'avx512-bf16', got '{}', on which it "
        "would be slower than float32; use 'float32'",
        enum_name(set)));
}

}  // namespace stsr

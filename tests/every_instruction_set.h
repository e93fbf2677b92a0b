#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "parameter_name.h"
#include "stsr/kernels/instruction_set.h"

namespace stsr {

/// A test for every instruction set there is, so that the list of tests does not depend on the
/// machine; those that the machine lacks are skipped.
class EveryInstructionSet : public ::testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (!machine_has(GetParam()))
      GTEST_SKIP() << "this machine does not have " << enum_name(GetParam());
  }
};

inline std::vector<InstructionSet> all_instruction_sets() {
  std::vector<InstructionSet> sets;
  for (const auto& [set, name] : EnumNames<InstructionSet>::values) sets.push_back(set);
  return sets;
}

#define STSR_FOR_EVERY_INSTRUCTION_SET(suite)                           \
  INSTANTIATE_TEST_SUITE_P(                                             \
      Sets, suite, ::testing::ValuesIn(::stsr::all_instruction_sets()), \
      [](const auto& instance) { return ::stsr::parameter_name(enum_name(instance.param)); })

}  // namespace stsr

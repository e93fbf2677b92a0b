#include <gmock/gmock.h>

#include "stsr/base/error.h"
#include "stsr/kernels/instruction_set.h"

namespace stsr {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(InstructionSet, PortableIsAlwaysThereAndTheBestIsTheDefault) {
  const auto sets = available_instruction_sets();
  ASSERT_FALSE(sets.empty());
  EXPECT_EQ(sets.front(), InstructionSet::portable);
  EXPECT_EQ(instruction_set(), sets.back());
}

TEST(InstructionSet, AStrongerSetHasTheWeakerOnes) {
  const auto sets = available_instruction_sets();
  for (std::size_t i = 0; i < sets.size(); ++i) EXPECT_EQ(static_cast<std::size_t>(sets[i]), i);
}

TEST(InstructionSet, CanBeForced) {
  const InstructionSet before = instruction_set();
  for (const InstructionSet set : available_instruction_sets()) {
    set_instruction_set(enum_name(set));
    EXPECT_EQ(instruction_set(), set);
  }
  set_instruction_set(enum_name(before));
}

TEST(InstructionSet, UnknownNameIsRefusedWithTheNearest) {
  EXPECT_THAT([] { set_instruction_set("avx3"); }, ThrowsMessage<ValueError>(HasSubstr("avx2")));
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>

#include <string>

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
  EXPECT_EQ(best_instruction_set(), sets.back());
}

TEST(InstructionSet, AStrongerSetHasTheWeakerOnes) {
  const auto sets = available_instruction_sets();
  for (std::size_t i = 0; i < sets.size(); ++i) EXPECT_EQ(static_cast<std::size_t>(sets[i]), i);
}

TEST(InstructionSet, IsFoundByItsNameWhereTheMachineHasIt) {
  for (const auto& [set, name] : EnumNames<InstructionSet>::values) {
    const std::string text(name);
    if (machine_has(set)) {
      EXPECT_EQ(find_instruction_set(text), set);
    } else {
      EXPECT_THAT([&] { (void)find_instruction_set(text); },
                  ThrowsMessage<ValueError>(HasSubstr("this machine does not have")));
    }
  }
}

TEST(InstructionSet, UnknownNameIsRefusedWithTheNearest) {
  EXPECT_THAT([] { (void)find_instruction_set("avx3"); },
              ThrowsMessage<ValueError>(HasSubstr("avx2")));
}

}  // namespace
}  // namespace stsr

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stsr/base/text.h"

namespace stsr {
namespace {

const std::vector<std::string> names{"speed", "pressure", "vorticity"};

TEST(Text, FindsTheNearestName) {
  EXPECT_EQ(nearest_name("sped", names), "speed");
  EXPECT_EQ(nearest_name("presure", names), "pressure");
  EXPECT_EQ(nearest_name("vortcity", names), "vorticity");
  EXPECT_EQ(nearest_name("temperature", names), "");
  EXPECT_EQ(nearest_name("speed", {}), "");
}

TEST(Text, HintsAtTheNearestNameOrListsAll) {
  EXPECT_EQ(name_hint("sped", names), "; did you mean 'speed'?");
  EXPECT_EQ(name_hint("qqqqqqqq", names), "; known: speed, pressure, vorticity");
}

TEST(Text, SplitsAtSeparators) {
  using Items = std::vector<std::string>;
  EXPECT_EQ(split("", ','), Items{});
  EXPECT_EQ(split("a", ','), Items{"a"});
  EXPECT_EQ(split("a,b", ','), (Items{"a", "b"}));
  EXPECT_EQ(split("a,,b", ','), (Items{"a", "", "b"}));
  EXPECT_EQ(split(",a,", ','), (Items{"", "a", ""}));
}

}  // namespace
}  // namespace stsr

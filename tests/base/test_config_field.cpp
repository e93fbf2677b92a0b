#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stsr/base/config_field.h"
#include "stsr/base/error.h"

namespace stsr {

namespace {
enum class Flavour { sweet, sour };
}
template <>
struct EnumNames<Flavour> {
  static constexpr std::array<EnumTable<Flavour>, 2> values{
      {{Flavour::sweet, "sweet"}, {Flavour::sour, "so-sour"}}};
};

namespace {

using testing::ElementsAre;
using testing::ThrowsMessage;

TEST(EnumNames, LeadThereAndBack) {
  EXPECT_EQ(enum_name(Flavour::sour), "so-sour");
  EXPECT_EQ(find_enum<Flavour>("so-sour"), Flavour::sour);
  EXPECT_EQ(find_enum<Flavour>("sour"), std::nullopt);
  EXPECT_EQ(enum_from_name<Flavour>("sweet", "--flavour cannot be"), Flavour::sweet);
  EXPECT_THAT(enum_names<Flavour>(), ElementsAre("sweet", "so-sour"));
}

TEST(EnumNames, AnUnknownOneIsRefusedWithTheNearestOrAll) {
  EXPECT_THAT([] { (void)enum_from_name<Flavour>("sweat", "--flavour cannot be"); },
              ThrowsMessage<ValueError>("--flavour cannot be 'sweat'; did you mean 'sweet'?"));
  EXPECT_THAT([] { (void)enum_from_name<Flavour>("bitter", "unknown flavour"); },
              ThrowsMessage<ValueError>("unknown flavour 'bitter'; known: sweet, so-sour"));
}

}  // namespace
}  // namespace stsr

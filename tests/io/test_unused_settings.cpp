#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stsr/base/error.h"
#include "stsr/io/unused_settings.h"

namespace stsr {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::ThrowsMessage;

struct Noise {
  bool on = true;
  double share = 0.5;
  std::vector<double> shares = {};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("on", self.on, "Whether there is noise.");
    field("share", self.share, "Share of it.", applies_if(self.on, "only where on"));
    field("shares", self.shares, "Shares of each.", applies_if(self.on, "only where on"));
  }
};

struct Work {
  int passes = 1;
  int seed = 7;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("passes", self.passes, "How often.");
    field("seed", self.seed, "Of the noise.",
          applies_if([](const auto& all) { return all.noise.on; }, "only where noise.on"));
  }
};

struct Whole {
  Noise noise;
  Work work;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("noise", self.noise, "Noise.");
    field("work", self.work, "Work.");
  }
};

TEST(UnusedSettings, AreThoseThatDifferFromTheirDefaultsWithoutEffect) {
  Whole config;
  config.noise.share = 0.25;
  config.work.seed = 9;
  EXPECT_THAT(unused_settings(config), SizeIs(0));
  config.noise.on = false;
  const auto unused = unused_settings(config);
  ASSERT_THAT(unused, SizeIs(2));
  EXPECT_EQ(unused[0].name, "noise.share");
  EXPECT_EQ(unused[0].value, "0.25");
  EXPECT_EQ(unused[0].default_value, "0.5");
  EXPECT_EQ(unused[0].condition, "only where on");
  EXPECT_EQ(unused[1].name, "work.seed") << "a condition may be on another section";
  EXPECT_THAT([&] { refuse_unused_settings(config); },
              ThrowsMessage<ValueError>("noise.share is only where on; leave it at 0.5, got 0.25"));
}

TEST(UnusedSettings, ThoseOfABaseReturnToTheirDefaults) {
  Whole base;
  base.noise.share = 0.25;
  base.work.seed = 9;
  base.work.passes = 3;
  Whole config = base;
  config.noise.on = false;
  config.work.seed = 10;
  config = without_unused_of(base, config);
  EXPECT_EQ(config.noise.share, 0.5);
  EXPECT_EQ(config.work.seed, 10) << "not from the base";
  EXPECT_EQ(config.work.passes, 3) << "has an effect";
}

TEST(UnusedSettings, DescriptionsTellTheConditionAndReadingRefusesNothing) {
  EXPECT_THAT(config_reference_markdown<Whole>(), HasSubstr("Share of it. Only where on. |"));
  Whole config;
  EXPECT_NO_THROW(read_config_text("[noise]\non = false\nshare = 0.1\n", "text", config));
  EXPECT_EQ(config.noise.share, 0.1);
}

}  // namespace
}  // namespace stsr

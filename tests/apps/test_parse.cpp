#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "parse.h"
#include "stsr/base/error.h"
#include "terminal_progress.h"

namespace stsr::app {
namespace {

using testing::ElementsAre;

TEST(Parse, Numbers) {
  EXPECT_EQ(parse_number("--x", "-1.5e3"), -1500.0);
  for (const char* bad : {"", "x", "1x", "1 ", "nan", "inf", "1e999"})
    EXPECT_THROW((void)parse_number("--x", bad), ValueError) << bad;
  EXPECT_EQ(parse_count("--x", "12", 1), 12U);
  for (const char* bad : {"", "0", "-1", "1.5", "99999999999999999999999"})
    EXPECT_THROW((void)parse_count("--x", bad, 1), ValueError) << bad;
}

TEST(Parse, SizesAndScales) {
  EXPECT_EQ(parse_dims("--dims", "4,5,6"), (Dims{4, 5, 6}));
  EXPECT_EQ(parse_dims("--dims", "4,5"), (Dims{4, 5, 1}));
  for (const char* bad : {"4", "4,5,6,7", "0,1,1", "4,5,", "-1,2,3"})
    EXPECT_THROW((void)parse_dims("--dims", bad), ValueError) << bad;
  EXPECT_THAT(parse_scale("--space", "1.5"), ElementsAre(1.5, 1.5, 1.5));
  EXPECT_THAT(parse_scale("--space", "1,2,3.5"), ElementsAre(1.0, 2.0, 3.5));
  EXPECT_THROW((void)parse_scale("--space", "1,2"), ValueError);
  EXPECT_THAT(parse_stride("--space", "2"), ElementsAre(2U, 2U, 2U));
  EXPECT_THAT(parse_stride("--space", "2,3,1"), ElementsAre(2U, 3U, 1U));
  for (const char* bad : {"0", "2.5", "2,2", "2,2,0"})
    EXPECT_THROW((void)parse_stride("--space", bad), ValueError) << bad;
}

TEST(Parse, Times) {
  EXPECT_THAT(parse_times("--times", "0:4:5"), ElementsAre(0.0, 1.0, 2.0, 3.0, 4.0));
  EXPECT_THAT(parse_times("--times", "-1:1:1"), ElementsAre(-1.0));
  EXPECT_THAT(parse_times("--times", "0,0.5,2"), ElementsAre(0.0, 0.5, 2.0));
  EXPECT_EQ(parse_times("--times", "0.1:0.7:7").back(), 0.7) << "the end is met exactly";
  for (const char* bad : {"", "0:1", "0:1:0", "0:1:2:3", "a:b:c", "0:1:99999999999", "0,,1"})
    EXPECT_THROW((void)parse_times("--times", bad), ValueError) << bad;
}

TEST(Parse, Durations) {
  EXPECT_EQ(parse_duration("--t", "90"), 90.0);
  EXPECT_EQ(parse_duration("--t", "90s"), 90.0);
  EXPECT_EQ(parse_duration("--t", "10m"), 600.0);
  EXPECT_EQ(parse_duration("--t", "1.5h"), 5400.0);
  for (const char* bad : {"", "m", "0", "-3s", "10d", "1h30m"})
    EXPECT_THROW((void)parse_duration("--t", bad), ValueError) << bad;
}

TEST(Parse, SizesCountInStepsOf1024) {
  EXPECT_EQ(parse_size("--m", "0"), 0U);
  EXPECT_EQ(parse_size("--m", "8191"), 8191U);
  EXPECT_EQ(parse_size("--m", "512M"), std::uint64_t{512} << 20U);
  EXPECT_EQ(parse_size("--m", "1.5T"), std::uint64_t{3} << 39U);
  for (const char* bad : {"", "G", "-1G", "8GB", "8g", "nan", "1e30", "9e9T"})
    EXPECT_THROW((void)parse_size("--m", bad), ValueError) << bad;
  EXPECT_EQ(size_text(1000), "1000 bytes");
  EXPECT_EQ(size_text(8192), "8 KiB");
  EXPECT_EQ(size_text(std::uint64_t{1234} << 20U), "1.21 GiB");
}

ProgressState state_of(std::size_t done, std::size_t total, std::string_view unit, double elapsed,
                       std::string_view note, std::optional<double> limit = {}) {
  ProgressState state = progress_state(done, total, done, elapsed, limit);
  state.unit = unit;
  state.note = note;
  return state;
}

TEST(Progress, LineShowsRateAndTimeLeft) {
  EXPECT_EQ(progress_line("training", state_of(25, 100, "epoch", 50.0, "loss 0.1"), false),
            "training 25/100 epoch (25 %), 2 s/epoch, 2:30 left, loss 0.1");
  EXPECT_EQ(progress_line("w", state_of(5, 10, "step", 2.0, ""), true),
            "w [##########..........] 5/10 step (50 %), 2.5 step/s, 2 s left");
  EXPECT_EQ(progress_line("w", state_of(10, 10, "step", 0.0, ""), false), "w 10/10 step (100 %)");
  EXPECT_EQ(progress_line("w", state_of(0, 0, "step", 0.0, ""), false), "w 0/0 step (100 %)");
}

TEST(Progress, ATimeLimitThatComesFirstCounts) {
  EXPECT_EQ(progress_line("w", state_of(25, 100, "step", 50.0, "", 100.0), false),
            "w 25/100 step (50 %), 2 s/step, 50 s left");
  EXPECT_EQ(progress_line("w", state_of(25, 100, "step", 50.0, "", 1000.0), false),
            "w 25/100 step (25 %), 2 s/step, 2:30 left");
  EXPECT_EQ(progress_line("w", state_of(25, 100, "step", 50.0, "", 40.0), false),
            "w 25/100 step (100 %), 2 s/step, 0 s left");
}

TEST(Progress, DurationsAreShort) {
  EXPECT_EQ(duration_text(0.4), "0 s");
  EXPECT_EQ(duration_text(59.7), "1:00");
  EXPECT_EQ(duration_text(200.0), "3:20");
  EXPECT_EQ(duration_text(3723.0), "1:02:03");
}

}  // namespace
}  // namespace stsr::app

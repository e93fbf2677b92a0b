#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "stsr/base/error.h"
#include "stsr/volume/output_grid.h"

namespace stsr {
namespace {

using testing::HasSubstr;

VariableInfo whole(Dims dims, std::size_t steps) {
  VariableInfo info{"speed", "m/s", {dims, {0.5, 0.25, 2.0}, {-1.0, 3.0, 10.0}}, {}, {}};
  for (std::size_t t = 0; t < steps; ++t) info.times.push_back(4.0 + 0.08 * static_cast<double>(t));
  return info;
}

std::string message_of(const VariableInfo& coarse, const GridRequest& request) {
  try {
    (void)output_grid(coarse, request);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "no error";
}

/// Positions and the physical grid say the same.
void expect_consistent(const OutputGrid& output, const Grid& coarse) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    ASSERT_EQ(output.positions[axis].size(), output.grid.dims[axis]);
    for (std::size_t i = 0; i < output.positions[axis].size(); ++i)
      EXPECT_NEAR(output.grid.position(axis, static_cast<double>(i)),
                  coarse.position(axis, output.positions[axis][i]), 1e-9)
          << "axis " << axis << ", sample " << i;
  }
}

TEST(OutputGrid, TheReductionsOwnScaleGivesTheFullGridExactly) {
  for (std::size_t n = 1; n < 40; ++n)
    for (std::size_t s = 1; s < 7; ++s) {
      const VariableInfo fine = whole({n, 2 * n, 1}, 11);
      const VariableInfo coarse = reduce_info(fine, {s, s, 1}, 3);
      const auto scale = static_cast<double>(s);
      const OutputGrid output = output_grid(coarse, {.space = {{scale, scale, 1.0}}, .time = 3.0});
      EXPECT_EQ(output.grid.dims, fine.grid.dims);
      EXPECT_EQ(output.times, fine.times);
      for (std::size_t i = 0; i < n; ++i)
        EXPECT_EQ(output.positions[0][i], static_cast<double>(i) / scale);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        EXPECT_DOUBLE_EQ(output.grid.spacing[axis], fine.grid.spacing[axis]);
        EXPECT_DOUBLE_EQ(output.grid.origin[axis], fine.grid.origin[axis]);
      }
      expect_consistent(output, coarse.grid);
      EXPECT_EQ(output_grid(coarse, {}).grid, output.grid);
      EXPECT_EQ(output_grid(coarse, {}).times, fine.times);
    }
}

TEST(OutputGrid, AnyScaleLandsItsFirstAndLastSampleOnTheFullGridsEnds) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> scale(0.3, 6.0);
  std::uniform_int_distribution<std::size_t> size(2, 60);
  std::uniform_int_distribution<std::size_t> factor(1, 5);
  for (int trial = 0; trial < 500; ++trial) {
    const VariableInfo fine = whole({size(random), size(random), size(random)}, size(random));
    const std::array<std::size_t, 3> s{factor(random), factor(random), factor(random)};
    const VariableInfo coarse = reduce_info(fine, s, factor(random));
    const std::array<double, 3> asked{scale(random), scale(random), scale(random)};
    const double asked_time = scale(random);
    const OutputGrid output = output_grid(coarse, {.space = asked, .time = asked_time});
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double n = static_cast<double>(fine.grid.dims[axis]);
      const double expected = std::round(n * asked[axis] / static_cast<double>(s[axis]));
      ASSERT_EQ(output.grid.dims[axis], static_cast<std::size_t>(std::max(1.0, expected)));
      EXPECT_NEAR(output.grid.position(axis, 0.0), fine.grid.position(axis, 0.0), 1e-9);
      if (expected > 1.0) {
        EXPECT_NEAR(output.grid.position(axis, expected - 1.0), fine.grid.position(axis, n - 1.0),
                    1e-9);
        EXPECT_NEAR(output.positions[axis].back(), (n - 1.0) / static_cast<double>(s[axis]), 1e-12);
      }
    }
    EXPECT_EQ(output.times.front(), fine.times.front());
    if (output.times.size() > 1) {
      EXPECT_EQ(output.times.back(), fine.times.back());
    }
    expect_consistent(output, coarse.grid);
  }
}

TEST(OutputGrid, DataThatWasNeverReducedGrows) {
  const VariableInfo vortex = whole({128, 128, 128}, 90);
  const OutputGrid output = output_grid(vortex, {.space = {{1.75, 1.75, 1.75}}, .time = 2.5});
  EXPECT_EQ(output.grid.dims, (Dims{224, 224, 224}));
  EXPECT_EQ(output.positions[0].back(), 127.0);
  EXPECT_EQ(output.times.size(), 313U);  // round(89 * 3.5) + 1
  EXPECT_EQ(output.times.back(), vortex.times.back());
}

TEST(OutputGrid, SpreadsTimesOverTheIndexOfUnevenTimes) {
  VariableInfo info = whole({2, 2, 2}, 0);
  info.times = {0.0, 1.0, 10.0};
  EXPECT_THAT(output_grid(info, {.time = 1.0}).times,
              testing::ElementsAre(0.0, 0.5, 1.0, 5.5, 10.0));
}

TEST(OutputGrid, CountsTimesFromTheStepsBeforeTheReduction) {
  const VariableInfo coarse = reduce_info(whole({4, 4, 4}, 100), {1, 1, 1}, 3);
  EXPECT_EQ(output_grid(coarse, {.time = 3.0}).times.size(), 100U);
  EXPECT_EQ(output_grid(coarse, {.time = 7.0}).times.size(), 199U);
  EXPECT_EQ(output_grid(coarse, {.time = 0.0}).times.size(), 26U);  // round(99 / 4) + 1
  EXPECT_EQ(output_grid(coarse, {.times = {{4.5, 11.0}}}).times, (std::vector{4.5, 11.0}));
}

TEST(OutputGrid, DimensionsSpanTheExtentOrTheBox) {
  const VariableInfo coarse = reduce_info(whole({9, 9, 9}, 2), {2, 2, 2}, 0);
  const OutputGrid all = output_grid(coarse, {.dims = Dims{3, 17, 1}});
  EXPECT_THAT(all.positions[0], testing::ElementsAre(0.0, 2.0, 4.0));
  EXPECT_DOUBLE_EQ(all.grid.spacing[1], 0.125);
  EXPECT_THAT(all.positions[2], testing::ElementsAre(0.0));
  EXPECT_DOUBLE_EQ(all.grid.spacing[2], 2.0);

  const Box box{{0.0, 3.5, 12.0}, {1.0, 4.0, 20.0}};
  const OutputGrid part = output_grid(coarse, {.dims = Dims{5, 2, 3}, .box = box});
  EXPECT_THAT(part.positions[0], testing::ElementsAre(1.0, 1.25, 1.5, 1.75, 2.0));
  for (std::size_t axis = 0; axis < 3; ++axis)
    EXPECT_DOUBLE_EQ(part.grid.origin[axis], box.low[axis]);
  expect_consistent(part, coarse.grid);
}

TEST(OutputGrid, ABoxKeepsTheWholeGridsSpacingAsNearAsItsEndsAllow) {
  const VariableInfo coarse = reduce_info(whole({33, 33, 33}, 2), {2, 2, 2}, 0);
  // On the full grid's samples the box is a cut of the full grid.
  const Box aligned{{0.0, 4.0, 14.0}, {2.0, 5.0, 14.0}};
  const OutputGrid cut = output_grid(coarse, {.space = {{2.0, 2.0, 2.0}}, .box = aligned});
  EXPECT_EQ(cut.grid.dims, (Dims{5, 5, 1}));
  EXPECT_DOUBLE_EQ(cut.grid.spacing[0], 0.5);
  EXPECT_DOUBLE_EQ(cut.positions[2][0], 1.0);
  // Elsewhere the ends stay, the spacing gives.
  const Box loose{{0.1, 3.0, 10.0}, {1.95, 11.0, 74.0}};
  const OutputGrid output = output_grid(coarse, {.space = {{2.0, 2.0, 2.0}}, .box = loose});
  EXPECT_EQ(output.grid.dims, (Dims{5, 33, 33}));
  EXPECT_NEAR(output.grid.position(0, 0.0), 0.1, 1e-12);
  EXPECT_NEAR(output.grid.position(0, 4.0), 1.95, 1e-12);
  expect_consistent(output, coarse.grid);
}

TEST(OutputGrid, AnAxisWithOneSampleKeepsIt) {
  const VariableInfo slice = reduce_info(whole({9, 9, 1}, 3), {2, 2, 1}, 1);
  const OutputGrid output = output_grid(slice, {.space = {{3.0, 2.0, 5.0}}});
  EXPECT_EQ(output.grid.dims, (Dims{14, 9, 1}));
  EXPECT_EQ(output.positions[2], std::vector<double>{0.0});
  EXPECT_EQ(output.grid.origin[2], 10.0);
  EXPECT_EQ(output.grid.spacing[2], 2.0);
  const Box box{{-1.0, 3.0, 0.0}, {0.0, 4.0, 20.0}};
  EXPECT_EQ(output_grid(slice, {.box = box}).grid.dims, (Dims{3, 5, 1}));
  EXPECT_THAT(message_of(slice, {.dims = Dims{9, 9, 2}}), HasSubstr("one sample along z"));
}

TEST(OutputGrid, MatchesAnotherDataSet) {
  const VariableInfo fine = whole({10, 7, 5}, 6);
  VariableInfo coarse = reduce_info(fine, {3, 2, 2}, 1);
  coarse.reduction.reset();  // the match needs no knowledge of the reduction
  const OutputGrid output = output_grid(coarse, {.like = GridLike{fine.grid, {4.0, 4.4}}});
  EXPECT_EQ(output.grid, fine.grid);
  EXPECT_EQ(output.times, (std::vector{4.0, 4.4}));
  for (std::size_t i = 0; i < 10; ++i)
    EXPECT_NEAR(output.positions[0][i], static_cast<double>(i) / 3.0, 1e-12);
  expect_consistent(output, coarse.grid);

  Grid elsewhere = fine.grid;
  elsewhere.origin[1] = 300.0;
  EXPECT_THAT(message_of(coarse, {.like = GridLike{elsewhere, {0.0}}}),
              testing::AllOf(HasSubstr("along y from 300"), HasSubstr("data's 3 to 4.5")));
}

TEST(OutputGrid, RefusesWhatMakesNoSense) {
  const VariableInfo coarse = reduce_info(whole({8, 8, 8}, 9), {2, 2, 2}, 1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -2.0, nan, std::numeric_limits<double>::infinity()})
    EXPECT_THAT(message_of(coarse, {.space = {{2.0, bad, 2.0}}}), HasSubstr("along y"));
  EXPECT_THAT(message_of(coarse, {.space = {{1e9, 1e9, 1e9}}}), HasSubstr("at most"));
  EXPECT_THAT(message_of(coarse, {.dims = Dims{4, 4, 0}}), HasSubstr("along z must be at least 1"));
  EXPECT_THAT(message_of(coarse, {.dims = Dims{4, std::size_t{1} << 60, 1}}), HasSubstr("at most"));
  for (const double bad : {-1.0, nan, 1e12})
    EXPECT_NE(message_of(coarse, {.time = bad}), "no error");
  EXPECT_THAT(message_of(coarse, {.times = {{1.0, 1.0}}}), HasSubstr("must increase"));
  EXPECT_THAT(message_of(coarse, {.times = {{-3.0, 4.5}}}), HasSubstr("time -3 lies outside"));
  EXPECT_THAT(message_of(coarse, {.times = {{4.0, 1000.0}}}), HasSubstr("give times inside, or"));
  EXPECT_EQ(output_grid(coarse, {.times = {{-3.0, 1000.0}}, .extrapolate = true}).times,
            (std::vector{-3.0, 1000.0}));
  EXPECT_THAT(message_of(coarse, {.like = GridLike{coarse.grid, {4.0, 11.0}}}),
              HasSubstr("time 11 lies outside"));
  EXPECT_EQ(output_grid(coarse, {.like = GridLike{coarse.grid, {4.0, 4.8}}}).times.back(), 4.8);
  EXPECT_THAT(message_of(coarse, {.times = {{1.0, nan}}}), HasSubstr("finite"));
  EXPECT_THAT(message_of(coarse, {.times = {std::vector<double>{}}}), HasSubstr("empty"));
  const Box outside{{0.0, 3.0, 10.0}, {40.0, 4.0, 12.0}};
  EXPECT_THAT(message_of(coarse, {.box = outside}),
              testing::AllOf(HasSubstr("from 0 to 40"), HasSubstr("data's -1 to 2.5")));
  EXPECT_THAT(message_of(coarse, {.box = Box{{1.0, 3.0, 10.0}, {0.0, 4.0, 12.0}}}),
              HasSubstr("from low to high"));
  EXPECT_THAT(message_of(coarse, {.space = {{2.0, 2.0, 2.0}}, .dims = Dims{4, 4, 4}}),
              HasSubstr("contradict"));
  EXPECT_THAT(message_of(coarse, {.time = 1.0, .like = GridLike{coarse.grid, coarse.times}}),
              HasSubstr("contradict"));
  VariableInfo wrong = coarse;
  wrong.reduction->full_dims.y = 23;
  EXPECT_THAT(message_of(wrong, {}), HasSubstr("correct the reduction"));
}

}  // namespace
}  // namespace stsr

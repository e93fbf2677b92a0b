#include <gtest/gtest.h>

#include "stsr/base/error.h"
#include "stsr/volume/sequence.h"
#include "stsr/volume/value_range.h"

namespace stsr {
namespace {

Volume numbered(Dims dims) {
  Volume volume{{dims, {0.5, 1.0, 2.0}, {1.0, 2.0, 3.0}}, std::vector<float>(dims.count())};
  for (std::size_t i = 0; i < volume.values.size(); ++i) volume.values[i] = static_cast<float>(i);
  return volume;
}

TEST(Sequence, SamplingDifferenceNamesTheFirstThing) {
  const VariableInfo a{"a", "m", {{7, 5, 4}, {0.5, 1.0, 2.0}, {1.0, 2.0, 3.0}}, {0.0, 0.25}, {}};
  const auto difference = [&](const auto& change) {
    VariableInfo b = a;
    change(b);
    return sampling_difference(a, b);
  };
  EXPECT_EQ(difference([](VariableInfo& b) { b.name = b.unit = "b"; }), "");
  EXPECT_EQ(difference([](VariableInfo& b) { b.grid.dims.y = 6; }),
            "dimensions, 7 x 5 x 4 and 7 x 6 x 4");
  EXPECT_EQ(difference([](VariableInfo& b) { b.grid.spacing[2] = 1.5; }),
            "spacing, [0.5, 1, 2] and [0.5, 1, 1.5]");
  EXPECT_EQ(difference([](VariableInfo& b) { b.grid.origin[0] = 0.0; }),
            "origin, [1, 2, 3] and [0, 2, 3]");
  EXPECT_EQ(difference([](VariableInfo& b) { b.times.pop_back(); }),
            "the number of their kept times, 2 and 1");
  EXPECT_EQ(difference([](VariableInfo& b) { b.times[1] = 0.5; }),
            "kept times, 0.25 and 0.5 at step 1");
  EXPECT_EQ(difference([](VariableInfo& b) { b.reduction.emplace(); }),
            "their reduction, and so in the full grid or its times");
}

TEST(Sequence, ReductionTakesEverySthSampleFromTheFirst) {
  const Volume fine = numbered({7, 5, 4});
  const Volume coarse = reduce_volume(fine, {2, 3, 4});
  EXPECT_EQ(coarse.grid.dims, (Dims{4, 2, 1}));
  EXPECT_EQ(coarse.grid.spacing, (std::array{1.0, 3.0, 8.0}));
  EXPECT_EQ(coarse.grid.origin, fine.grid.origin);
  EXPECT_EQ(coarse.values, (std::vector<float>{0, 2, 4, 6, 21, 23, 25, 27}));
  EXPECT_THROW((void)reduce_volume(fine, {2, 0, 1}), ValueError);
  Volume wrong = fine;
  wrong.values.pop_back();
  EXPECT_THROW((void)reduce_volume(wrong, {1, 1, 1}), ShapeError);
}

TEST(Sequence, KeptStepsOfThePaper) {
  const std::vector<std::size_t> kept = kept_steps(100, 3);
  EXPECT_EQ(kept.size(), 25U);
  EXPECT_EQ(kept.back(), 96U);  // step 97 counted from 1
  EXPECT_EQ(kept_steps(3, static_cast<std::size_t>(-1)), std::vector<std::size_t>{0});
}

TEST(Sequence, TwoReductionsAreOneThatRemembersTheFirstData) {
  VariableInfo fine{"p", "Pa", {{17, 9, 4}, {1, 1, 1}, {0, 0, 0}}, {}, {}};
  for (int t = 0; t < 13; ++t) fine.times.push_back(0.1 * t);
  const VariableInfo twice = reduce_info(reduce_info(fine, {2, 2, 1}, 1), {3, 1, 2}, 2);
  const VariableInfo once = reduce_info(fine, {6, 2, 2}, 5);
  EXPECT_EQ(twice, once);
  EXPECT_EQ(once.reduction->full_dims, fine.grid.dims);
  EXPECT_EQ(once.reduction->full_times, fine.times);
  EXPECT_EQ(once.times, (std::vector{fine.times[0], fine.times[6], fine.times[12]}));
}

TEST(ValueRange, NormalisesToMinusOneAndOneAndBack) {
  const ValueRange range{-3.0, 5.0};
  EXPECT_EQ(range.normalise(-3.0), -1.0);
  EXPECT_EQ(range.normalise(5.0), 1.0);
  EXPECT_EQ(range.denormalise(range.normalise(1.25)), 1.25);
  const ValueRange constant{2.0, 2.0};
  EXPECT_EQ(constant.normalise(2.0), 0.0);
  EXPECT_EQ(constant.denormalise(0.3), 2.0);
}

TEST(NearestStep, IsTheLaterOneInTheMiddle) {
  const std::vector<double> times{0.0, 1.0, 4.0};
  for (const auto& [time, step] : std::vector<std::pair<double, std::size_t>>{{-3.0, 0},
                                                                              {0.0, 0},
                                                                              {0.4, 0},
                                                                              {0.5, 1},
                                                                              {1.0, 1},
                                                                              {2.4, 1},
                                                                              {2.6, 2},
                                                                              {4.0, 2},
                                                                              {9.0, 2}})
    EXPECT_EQ(nearest_step(times, time), step) << time;
  EXPECT_EQ(nearest_step(std::vector<double>{7.0}, 0.0), 0U);
}

}  // namespace
}  // namespace stsr

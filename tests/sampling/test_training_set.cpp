#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/sampling/time_span.h"
#include "stsr/sampling/training_set.h"

namespace stsr {
namespace {

/// Values 0, 1, 2, ... over all time steps, so that a target tells which sample it is.
Sequence counting(const std::string& name, Dims dims, std::vector<double> times) {
  Sequence sequence;
  sequence.info.name = name;
  sequence.info.grid.dims = dims;
  sequence.info.times = std::move(times);
  float next = 0.0F;
  for (std::size_t t = 0; t < sequence.info.times.size(); ++t) {
    sequence.steps.emplace_back(dims.count());
    for (float& value : sequence.steps.back()) value = next++;
  }
  return sequence;
}

struct Gathered {
  std::vector<float> coordinates;
  std::vector<float> targets;
};

Gathered gather_all(const TrainingSet& set, std::size_t variable) {
  std::vector<TrainingRow> rows(set.rows(variable));
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = {static_cast<std::uint32_t>(variable), r};
  Gathered all{std::vector<float>(rows.size() * 4), std::vector<float>(rows.size() * set.heads())};
  set.gather(rows, all.coordinates.data(), all.targets.data());
  return all;
}

/// How often each sample (numbered over time steps) is a target.
std::vector<int> target_counts(const TrainingSet& set, std::size_t variable) {
  const Dims& dims = set.info(variable).grid.dims;
  std::vector<int> counts(dims.count() * set.info(variable).times.size(), 0);
  for (const float target : gather_all(set, variable).targets)
    if (!std::isnan(target))
      ++counts.at(static_cast<std::size_t>(
          std::lround(set.ranges(variable).ranges[0].denormalise(target))));
  return counts;
}

std::vector<StoredSequence> stored(const std::vector<Sequence>& sequences) {
  return {sequences.begin(), sequences.end()};
}

TEST(TrainingSet, ARowCanHaveTheTargetsOfAllVariables) {
  const Dims dims{4, 3, 2};
  std::vector<Sequence> sequences;
  for (const char* name : {"a", "b", "c"})
    sequences.push_back(counting(name, dims, {0.0, 0.5, 2.0}));
  for (auto& step : sequences[1].steps)
    for (float& value : step) value *= -3.0F;
  sequences[2].steps[1][5] = std::numeric_limits<float>::quiet_NaN();
  const BlockConfig blocks{BlockMode::shared_faces, {1, 1, 1}};
  const TrainingSet together(stored(sequences), blocks, RangeMode::global, RowTargets::variables);
  const TrainingSet apart(stored(sequences), blocks, RangeMode::global);
  EXPECT_EQ(together.heads(), 3U);
  EXPECT_EQ(together.variables(), 3U);
  EXPECT_THAT(together.rows_per_variable(), testing::ElementsAre(dims.count() * 3));
  const Gathered rows = gather_all(together, 0);
  for (std::size_t i = 0; i < 3; ++i) {
    const Gathered expected = gather_all(apart, i);
    EXPECT_EQ(rows.coordinates, expected.coordinates);
    for (std::size_t n = 0; n < expected.targets.size(); ++n) {
      const float target = rows.targets[3 * n + i];
      if (std::isnan(expected.targets[n]))
        EXPECT_TRUE(std::isnan(target)) << n;
      else
        EXPECT_EQ(target, expected.targets[n]) << n;
    }
  }
  EXPECT_TRUE(std::isnan(rows.targets[3 * (dims.count() + 5) + 2]));
}

TEST(TrainingSet, TargetsOfAllVariablesNeedOneGridAndTheSameTimes) {
  using testing::HasSubstr;
  const auto refused = [](const auto& change, const BlockConfig& blocks, const char* what) {
    std::vector<Sequence> sequences{counting("a", {4, 3, 2}, {0.0, 1.0, 4.0}),
                                    counting("b", {4, 3, 2}, {0.0, 1.0, 4.0})};
    change(sequences[1]);
    const std::vector<StoredSequence> both = stored(sequences);
    EXPECT_THAT([&] { TrainingSet(both, blocks, RangeMode::global, RowTargets::variables); },
                testing::ThrowsMessage<ValueError>(HasSubstr(what)));
  };
  const BlockConfig one{BlockMode::shared_faces, {1, 1, 1}};
  refused([](Sequence&) {}, {BlockMode::shared_faces, {2, 1, 1}}, "one block, got 2");
  refused(
      [](Sequence& s) {
        s = counting("b", {4, 3, 1}, {0.0, 1.0, 4.0});
      },
      one, "'a' and 'b' differ in dimensions, 4 x 3 x 2 and 4 x 3 x 1");
  refused([](Sequence& s) { s.info.times[1] = 2.0; }, one, "kept times, 1 and 2 at step 1");
}

// The network sees positions in the grid and shares of the time span, in whatever unit.
TEST(TrainingSet, TargetsOfAllVariablesMayDifferInUnitsOfLengthAndTime) {
  std::vector<Sequence> sequences{counting("a", {4, 3, 2}, {0.0, 1.0, 4.0}),
                                  counting("b", {4, 3, 2}, {10.0, 10.2, 10.8})};
  sequences[1].info.grid.spacing = {5.0, 6.0, 7.0};
  sequences[1].info.grid.origin = {1.0, 2.0, 3.0};
  const TrainingSet set(stored(sequences), {BlockMode::shared_faces, {1, 1, 1}}, RangeMode::global,
                        RowTargets::variables);
  EXPECT_EQ(set.heads(), 2U);
}

TEST(TrainingSet, EverySampleIsATargetAndFacesAreTwice) {
  const BlockConfig config{BlockMode::shared_faces, {2, 3, 2}};
  const TrainingSet set({counting("v", {7, 8, 4}, {0.0, 1.0})}, config, RangeMode::global);
  const std::vector<int> counts = target_counts(set, 0);
  for (std::size_t n = 0; n < counts.size(); ++n) {
    const std::size_t x = n % 7;
    const std::size_t y = n / 7 % 8;
    const std::size_t z = n / 56 % 4;
    // Intervals per block: 3 in x, 3 in y (7/3 rounded up), 2 in z.
    const int expected = (x == 3 ? 2 : 1) * (y == 3 || y == 6 ? 2 : 1) * (z == 2 ? 2 : 1);
    EXPECT_EQ(counts[n], expected) << x << " " << y << " " << z;
  }
}

TEST(TrainingSet, PaperModeTargetsEverySampleOnce) {
  const BlockConfig config{BlockMode::paper, {4, 2, 2}};
  const TrainingSet set({counting("v", {11, 6, 5}, {0.0, 1.0, 2.0})}, config, RangeMode::global);
  EXPECT_THAT(target_counts(set, 0), testing::Each(1));
}

TEST(TrainingSet, CoordinatesAreTimeZYXOfTheTarget) {
  Sequence sequence = counting("v", {5, 4, 3}, {10.0, 12.0, 20.0});
  const BlockConfig config{BlockMode::shared_faces, {2, 1, 1}};
  const TrainingSet set({sequence}, config, RangeMode::global);
  ASSERT_EQ(set.heads(), 2U);
  ASSERT_EQ(set.rows(0), 3U * 3U * 4U * 3U);
  const Gathered all = gather_all(set, 0);
  const std::array times{-1.0F, -0.6F, 1.0F};
  for (std::size_t r = 0; r < set.rows(0); ++r) {
    const std::size_t i = r % 3;
    const std::size_t y = r / 3 % 4;
    const std::size_t z = r / 12 % 3;
    const std::size_t t = r / 36;
    const float* c = &all.coordinates[4 * r];
    EXPECT_FLOAT_EQ(c[0], times[t]);
    EXPECT_FLOAT_EQ(c[1], static_cast<float>(z) - 1.0F);
    EXPECT_FLOAT_EQ(c[2], 2.0F * static_cast<float>(y) / 3.0F - 1.0F);
    EXPECT_FLOAT_EQ(c[3], static_cast<float>(i) - 1.0F);
    for (std::size_t head = 0; head < 2; ++head) {
      const std::size_t n = ((t * 3 + z) * 4 + y) * 5 + i + 2 * head;
      EXPECT_NEAR(all.targets[2 * r + head], 2.0 * static_cast<double>(n) / 179.0 - 1.0, 1e-6);
    }
  }
}

TEST(TrainingSet, TheSharedFaceIsTheSameTargetOnBothSides) {
  const BlockConfig config{BlockMode::shared_faces, {1, 2, 1}};
  const TrainingSet set({counting("v", {3, 9, 2}, {0.0, 1.0})}, config, RangeMode::global);
  const Gathered all = gather_all(set, 0);  // local dims 3, 5, 2; heads are blocks of y
  for (std::size_t t = 0; t < 2; ++t)
    for (std::size_t z = 0; z < 2; ++z)
      for (std::size_t x = 0; x < 3; ++x) {
        const std::size_t low = ((t * 2 + z) * 5 + 0) * 3 + x;
        const std::size_t high = ((t * 2 + z) * 5 + 4) * 3 + x;
        EXPECT_EQ(all.coordinates[4 * high + 2], 1.0F);
        EXPECT_EQ(all.coordinates[4 * low + 2], -1.0F);
        EXPECT_EQ(all.targets[2 * high + 0], all.targets[2 * low + 1]);
      }
}

TEST(TrainingSet, MissingValuesAreMaskedEvenWhereTheVariableIsConstant) {
  Sequence sequence = counting("v", {4, 4, 1}, {0.0, 1.0});
  for (auto& step : sequence.steps) step.assign(16, 3.5F);
  sequence.steps[1][5] = std::numeric_limits<float>::quiet_NaN();
  sequence.steps[0][9] = std::numeric_limits<float>::infinity();
  const TrainingSet set({sequence}, {BlockMode::shared_faces, {1, 1, 1}}, RangeMode::global);
  const Gathered all = gather_all(set, 0);
  for (std::size_t n = 0; n < 32; ++n) {
    if (n == 16 + 5 || n == 9) {
      EXPECT_TRUE(std::isnan(all.targets[n])) << n;
    } else {
      EXPECT_EQ(all.targets[n], 0.0F) << n;
    }
  }
  EXPECT_EQ(set.ranges(0).ranges[0].denormalise(0.0), 3.5);
}

TEST(TrainingSet, PerStepRangesFillEveryStep) {
  const TrainingSet set({counting("v", {4, 4, 2}, {0.0, 1.0, 2.0})},
                        {BlockMode::shared_faces, {1, 1, 1}}, RangeMode::per_step);
  const std::vector<float> targets = gather_all(set, 0).targets;  // one block: rows are samples
  for (std::size_t t = 0; t < 3; ++t) {
    EXPECT_EQ(targets[32 * t], -1.0F);
    EXPECT_EQ(targets[32 * t + 31], 1.0F);
  }
  EXPECT_EQ(set.ranges(0).ranges.size(), 3U);
}

TEST(TrainingSet, RowsOfSeveralVariablesAndNoneMayBeMixed) {
  const TrainingSet set(
      {counting("a", {5, 5, 3}, {0.0, 1.0}), counting("b", {9, 4, 2}, {0.0, 5.0, 7.0})},
      {BlockMode::shared_faces, {2, 2, 1}}, RangeMode::global);
  std::vector<TrainingRow> rows;
  for (std::size_t i = 0; i < 50; ++i) {
    rows.push_back({static_cast<std::uint32_t>(i % 2), (7 * i) % set.rows(i % 2)});
    if (i % 5 == 0) rows.push_back({1, TrainingRow::none});
  }
  std::vector<float> coordinates(4 * rows.size(), 9.0F);
  std::vector<float> targets(4 * rows.size(), 9.0F);
  set.gather(rows, coordinates.data(), targets.data());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    if (rows[n].row == TrainingRow::none) {
      EXPECT_THAT(std::span(coordinates).subspan(4 * n, 4), testing::Each(0.0F));
      EXPECT_THAT(std::span(targets).subspan(4 * n, 4), testing::Each(testing::IsNan()));
      continue;
    }
    const Gathered all = gather_all(set, rows[n].variable);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(coordinates[4 * n + i], all.coordinates[4 * rows[n].row + i]);
      EXPECT_THAT(targets[4 * n + i],
                  testing::NanSensitiveFloatEq(all.targets[4 * rows[n].row + i]));
    }
  }
}

TEST(TrainingSet, VariablesOfDifferentGridsKeepTheirOwn) {
  const TrainingSet set(
      {counting("a", {9, 5, 3}, {0.0, 1.0}), counting("b", {4, 4, 1}, {0.0, 5.0, 7.0})},
      {BlockMode::shared_faces, {2, 2, 2}}, RangeMode::global);
  EXPECT_THAT(set.rows_per_variable(), testing::ElementsAre(2U * 5 * 3 * 2, 3U * 3 * 3 * 1));
  for (std::size_t v = 0; v < 2; ++v)
    EXPECT_THAT(target_counts(set, v), testing::Each(testing::Ge(1)));
}

TEST(TimeSpan, IsOfAllStepsWhereTheReductionIsKnown) {
  VariableInfo info = counting("v", {2, 2, 2}, {0.0, 4.0, 8.0}).info;
  EXPECT_EQ(time_span(info), (std::array<double, 2>{0.0, 8.0}));
  info.reduction = Reduction{{1, 1, 1}, 3, {2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}};
  EXPECT_EQ(time_span(info), (std::array<double, 2>{0.0, 10.0}));
  EXPECT_DOUBLE_EQ(network_time(time_span(info), 4.0), -0.2);
  EXPECT_EQ(network_time({3.0, 3.0}, 3.0), 0.0);
}

std::string refusal(const Sequence& sequence) {
  try {
    check_trainable(sequence);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "";
}

TEST(CheckTrainable, SaysWhatIsWrongAndWhatHelps) {
  EXPECT_EQ(refusal(counting("v", {2, 2, 2}, {0.0, 1.0})), "");
  EXPECT_EQ(refusal(counting("static", {2, 2, 2}, {3.0})), "");
  EXPECT_THAT(refusal(counting("v", {2, 2, 2}, {})), testing::HasSubstr("no time step"));
  EXPECT_THAT(refusal(counting("v", {2, 0, 2}, {0.0, 1.0})), testing::HasSubstr("2 x 0 x 2"));
  EXPECT_THAT(refusal(counting("v", {2, 2, 2}, {1.0, 1.0})), testing::HasSubstr("must increase"));
  Sequence one = counting("v", {2, 2, 2}, {0.0});
  one.info.reduction = Reduction{{1, 1, 1}, 4, {2, 2, 2}, {0.0, 1.0, 2.0}};
  EXPECT_THAT(refusal(one), testing::HasSubstr("keeps 1 of its 3 time steps"));
  Sequence ragged = counting("v", {2, 2, 2}, {0.0, 1.0});
  ragged.steps[1].pop_back();
  EXPECT_THAT(refusal(ragged), testing::HasSubstr("7 values for a grid of 8"));
  ragged.steps.pop_back();
  EXPECT_THAT(refusal(ragged), testing::HasSubstr("2 times but values of 1"));
}

TEST(TrainingSet, RefusesAVariableWithoutAnyValue) {
  Sequence sequence = counting("empty", {2, 2, 2}, {0.0, 1.0});
  for (auto& step : sequence.steps) step.assign(8, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW(TrainingSet({sequence}, BlockConfig{}, RangeMode::global), ValueError);
}

}  // namespace
}  // namespace stsr

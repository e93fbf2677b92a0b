#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/volume/survey.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// A variable 'p' with these values at times 0, 2, 4, ...
StoredSequence sequence_of(std::vector<std::vector<float>> steps) {
  Sequence sequence{{"p", "", {{steps.front().size(), 1, 1}, {1, 1, 1}, {0, 0, 0}}, {}, {}}, {}};
  for (std::size_t t = 0; t < steps.size(); ++t)
    sequence.info.times.push_back(2.0 * static_cast<double>(t));
  sequence.steps = std::move(steps);
  return sequence;
}

TEST(Survey, RangesLeaveMissingAndInfiniteValuesOut) {
  const Survey found = survey(sequence_of({{nan_value, 2.0F, -1.0F}, {infinity, 7.0F, 3.0F}}));
  EXPECT_THAT(found.ranges, testing::ElementsAre(ValueRange{-1.0, 2.0}, ValueRange{3.0, 7.0}));
  EXPECT_THAT(found.infinite, testing::ElementsAre(std::nullopt, 0U));
}

TEST(Survey, OneMapOfMissingValuesWhereAllStepsAgree) {
  const std::vector<float> holed{1, nan_value, 3, 4, 5, 6, 7, 8, nan_value};
  MissingMap map = survey(sequence_of({holed, holed})).missing;
  EXPECT_EQ(map.steps.size(), 1U);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(map.missing(1, i), i == 1 || i == 8);
  std::vector<float> other = holed;
  other[1] = 2.0F;
  other[2] = infinity;
  map = survey(sequence_of({holed, holed, other, holed})).missing;
  EXPECT_EQ(map.steps.size(), 4U);
  EXPECT_TRUE(map.missing(1, 1));
  EXPECT_FALSE(map.missing(2, 1));
  EXPECT_TRUE(map.missing(2, 2));
  EXPECT_EQ(map.steps[3], map.steps[0]);
  map = survey(sequence_of({{1, 2}, {3, 4}})).missing;
  EXPECT_FALSE(map.any());
  map = survey(sequence_of({{1, 2}, {3, nan_value}})).missing;  // a first step without holes
  EXPECT_EQ(map.steps.size(), 2U);
}

/// Values of several pieces.
std::vector<float> many() {
  std::vector<float> values((std::size_t{1} << 21U) + 12345);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i % 1000) - (i == 2'000'000 ? 5000.0F : 0.0F);
  values[1'500'000] = nan_value;
  values[2'090'001] = infinity;
  return values;
}

TEST(Survey, LargeStepsAndThreadsMakeNoDifference) {
  const StoredSequence sequence = sequence_of({many()});
  set_thread_count(1);
  const Survey one = survey(sequence);
  set_thread_count(3);
  const Survey three = survey(sequence);
  set_thread_count(2);
  EXPECT_EQ(one.ranges[0], (ValueRange{-5000.0, 999.0}));
  EXPECT_EQ(one.infinite[0], 2'090'001U);
  EXPECT_TRUE(one.missing.missing(0, 1'500'000));
  EXPECT_TRUE(one.missing.missing(0, 2'090'001));
  EXPECT_FALSE(one.missing.missing(0, 1'500'001));
  EXPECT_EQ(three.ranges, one.ranges);
  EXPECT_EQ(three.missing, one.missing);
  EXPECT_EQ(three.fingerprint, one.fingerprint);
}

TEST(Survey, TheFingerprintFeelsEveryValueAndItsPlace) {
  const std::uint64_t base = survey(sequence_of({many()})).fingerprint;
  for (const std::size_t place : {0U, 7U, 1'048'576U, 2'100'000U}) {
    std::vector<float> changed = many();
    changed[place] = std::nextafter(changed[place], 1e6F);
    EXPECT_NE(survey(sequence_of({changed})).fingerprint, base) << place;
  }
  std::vector<float> swapped = many();
  std::swap(swapped[3], swapped[11]);
  EXPECT_NE(survey(sequence_of({swapped})).fingerprint, base);
  EXPECT_EQ(survey(sequence_of({many()})).fingerprint, base);
}

TEST(Ranges, OfASequenceGlobalOrPerStep) {
  const StoredSequence sequence = sequence_of({{0.0F, 1.0F}, {4.0F, 9.0F}});
  const Survey found = survey(sequence);
  EXPECT_EQ(ranges_of(sequence.info, found, RangeMode::global).at(1.0), (ValueRange{0.0, 9.0}));
  const RangeSeries series = ranges_of(sequence.info, found, RangeMode::per_step);
  EXPECT_EQ(series.at(2.0), (ValueRange{4.0, 9.0}));
  EXPECT_EQ(series.at(1.0), (ValueRange{2.0, 5.0}));
  EXPECT_EQ(series.at(7.0), (ValueRange{4.0, 9.0}));
  EXPECT_EQ(series.at(-7.0), (ValueRange{0.0, 1.0}));
}

TEST(Ranges, OfASequenceInMemoryAreTheSame) {
  const Sequence sequence{{"p", "", {{2, 1, 1}, {1, 1, 1}, {0, 0, 0}}, {0.0, 2.0}, {}},
                          {{nan_value, 1.0F}, {4.0F, 9.0F}}};
  EXPECT_EQ(ranges_of(sequence, RangeMode::global).at(0.0), (ValueRange{1.0, 9.0}));
  EXPECT_EQ(ranges_of(sequence, RangeMode::per_step).at(2.0), (ValueRange{4.0, 9.0}));
}

TEST(Ranges, RefuseNothingButMissingValues) {
  const StoredSequence sequence = sequence_of({{nan_value, infinity}, {1.0F, 2.0F}});
  const Survey found = survey(sequence);
  EXPECT_EQ(ranges_of(sequence.info, found, RangeMode::global).at(0.0), (ValueRange{1.0, 2.0}));
  try {
    (void)ranges_of(sequence.info, found, RangeMode::per_step);
    FAIL() << "nothing was thrown";
  } catch (const ValueError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("variable 'p', time step 0 holds no finite"));
  }
}

TEST(Normaliser, AgreesWithTheRangeToTheRoundingOfFloat) {
  for (const ValueRange& range : {ValueRange{-3.0, 5.0}, ValueRange{1e-30, 3e-30},
                                  ValueRange{-3.4e38, 3.4e38}, ValueRange{7.0, 7.0}}) {
    const Normaliser normalise(range);
    for (int i = 0; i <= 1000; ++i) {
      const auto value = static_cast<float>(range.low + (range.high - range.low) * i / 1000.0);
      EXPECT_NEAR(normalise(value), range.normalise(value), 6e-8) << value;
    }
    EXPECT_EQ(normalise(static_cast<float>(range.low)), range.high == range.low ? 0.0F : -1.0F);
    EXPECT_TRUE(std::isnan(normalise(nan_value)));
    EXPECT_TRUE(std::isnan(normalise(-infinity)));
  }
}

}  // namespace
}  // namespace stsr

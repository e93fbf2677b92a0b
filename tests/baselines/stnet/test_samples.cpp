#include <gtest/gtest.h>

#include <set>

#include "baselines/stnet/sample_source.h"
#include "stnet_data.h"
#include "stsr/base/error.h"

namespace stsr::stnet {
namespace {

using namespace stsr::testing_stnet;

StnetTrainingConfig config() {
  return small_config().training;
}

/// Data whose every value tells where and when it is.
Data labelled(const Dims& dims, std::size_t steps, std::size_t space, std::size_t time) {
  Data data = moving_wave(dims, steps, space, time);
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t i = 0; i < dims.count(); ++i)
      data.fine.steps[t][i] = static_cast<float>(t * dims.count() + i);
  data.coarse = reduce(data.fine, {space, space, space}, time);
  return data;
}

TEST(StnetSamples, CoarseAndFineCropsShowTheSamePlaceAndTime) {
  const std::size_t s = 2;
  const Data data = labelled({17, 13, 10}, 17, s, 3);
  SampleSource source({data.coarse}, data.truth(), config(), {s, 3});
  ASSERT_GT(source.samples(Phase::supervised), 0U);
  std::set<std::size_t> widths;
  for (std::size_t epoch = 0; epoch < 20; ++epoch)
    for (std::size_t i = 0; i < source.samples(Phase::supervised); ++i) {
      const Sample sample = source.sample(Phase::supervised, epoch, i);
      const Dims& c = sample.coarse;
      const Dims& f = sample.fine;
      widths.insert(f.x);
      ASSERT_EQ(c, (Dims{5, 5, 5}));
      ASSERT_EQ(sample.inputs.size(), 2 * c.count());
      ASSERT_EQ(sample.targets.size(), 5 * f.count());
      for (std::size_t z = 0; z < c.z; ++z)
        for (std::size_t y = 0; y < c.y; ++y)
          for (std::size_t x = 0; x < c.x; ++x) {
            const std::size_t from = (z * c.y + y) * c.x + x;
            const std::size_t to = (s * z * f.y + s * y) * f.x + s * x;
            ASSERT_EQ(sample.inputs[from], sample.targets[to]);
            ASSERT_EQ(sample.inputs[c.count() + from], sample.targets[4 * f.count() + to]);
          }
    }
  EXPECT_EQ(widths, (std::set<std::size_t>{9, 10}));  // 17 samples: the last coarse one has one
}

TEST(StnetSamples, TruthIsOfTheFirstStepsOnly) {
  const Data data = moving_wave({9, 9, 9}, 25, 2, 3);
  std::set<std::size_t> asked;
  const TruthReader truth = [&](std::size_t, std::size_t step) {
    asked.insert(step);
    return data.fine.steps[step];
  };
  StnetTrainingConfig fifth = config();
  fifth.truth_share = 0.2;
  SampleSource source({data.coarse}, truth, fifth, {2, 3});
  for (std::size_t epoch = 0; epoch < 5; ++epoch)
    for (std::size_t i = 0; i < source.samples(Phase::adversarial); ++i)
      (void)source.sample(Phase::adversarial, epoch, i);
  EXPECT_EQ(asked, (std::set<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(StnetSamples, AnEpochVisitsEveryWindowOfEveryVariable) {
  const Data one = moving_wave({9, 9, 9}, 25, 2, 3, "one");
  const Data two = moving_wave({7, 9, 5}, 29, 2, 3, "two");
  SampleSource source({one.coarse, two.coarse}, {}, config(), {2, 3});
  // 7 and 8 kept steps: 3 and 4 windows of 5.
  ASSERT_EQ(source.samples(Phase::unsupervised), 7U * 2U);
  EXPECT_EQ(source.samples(Phase::supervised), 0U);
  std::set<std::vector<float>> firsts;
  for (std::size_t i = 0; i < 14; ++i) {
    const Sample sample = source.sample(Phase::unsupervised, 0, i);
    EXPECT_EQ(sample.targets.size(), 5 * sample.coarse.count());
    firsts.insert(sample.targets);
  }
  EXPECT_GE(firsts.size(), 7U);
}

TEST(StnetSamples, ValuesAreInNetworkUnits) {
  Data data = moving_wave({9, 9, 9}, 13, 2, 3);
  data.coarse.steps[1][5] = std::nanf("");
  for (const RangeMode mode : {RangeMode::global, RangeMode::per_step}) {
    StnetTrainingConfig with = config();
    with.range = mode;
    with.window = StnetWindow::ends;
    SampleSource source({data.coarse}, data.truth(), with, {2, 3});
    for (std::size_t i = 0; i < source.samples(Phase::unsupervised); ++i)
      for (const float value : source.sample(Phase::unsupervised, 0, i).inputs) {
        EXPECT_GE(value, -1.0F);
        EXPECT_LE(value, 1.0F);
      }
  }
}

TEST(StnetSamples, RefusesDataThatItCannotUse) {
  const Data data = moving_wave({9, 9, 9}, 25, 2, 3);
  EXPECT_THROW((void)factors_of(data.fine.info), ValueError);
  EXPECT_THROW((void)factors_of(reduce(data.fine, {2, 2, 1}, 3).info), ValueError);
  Sequence thinned = data.coarse;
  thinned.info.times.erase(thinned.info.times.begin() + 1);
  EXPECT_THROW((void)factors_of(thinned.info), ValueError);
  const Data other = moving_wave({9, 9, 9}, 25, 4, 3, "other");
  const std::vector<Sequence> mixed{data.coarse, other.coarse};
  EXPECT_THROW((void)common_factors(mixed), ValueError);

  const auto make = [](const Data& from, const TruthReader& truth,
                       const StnetTrainingConfig& with) {
    SampleSource(std::vector<Sequence>{from.coarse}, truth, with, {2, 3});
  };
  EXPECT_THROW(make(moving_wave({9, 9, 9}, 3, 2, 3), {}, config()), ValueError);   // one kept step
  EXPECT_THROW(make(moving_wave({9, 9, 9}, 13, 2, 3), {}, config()), ValueError);  // four
  StnetTrainingConfig ends = config();
  ends.window = StnetWindow::ends;
  EXPECT_THROW(make(data, {}, ends), ValueError);  // nothing would train the frames between
  EXPECT_NO_THROW(make(data, data.truth(), ends));
  StnetTrainingConfig little = config();
  little.truth_share = 0.1;
  EXPECT_THROW(make(data, data.truth(), little), ValueError);
  const Data flat = moving_wave({9, 9, 3}, 25, 2, 3);
  EXPECT_THROW(make(flat, flat.truth(), config()), ValueError);  // too few for the discriminator
  const TruthReader wrong = [](std::size_t, std::size_t) { return std::vector<float>(5); };
  SampleSource source({data.coarse}, wrong, config(), {2, 3});
  EXPECT_THROW((void)source.sample(Phase::supervised, 0, 0), ShapeError);
}

}  // namespace
}  // namespace stsr::stnet

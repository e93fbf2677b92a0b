#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "../../io/test_folder.h"
#include "baselines/stnet/engine.h"
#include "baselines/stnet/model_file.h"
#include "baselines/stnet/sample_source.h"
#include "stnet_data.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/io/dataset.h"
#include "stsr/volume/survey.h"

namespace stsr {
namespace {

using namespace stsr::testing_stnet;
using ::testing::HasSubstr;

/// A model of these data with the weights that a training starts from.
StnetModel untrained(const std::vector<Sequence>& coarse) {
  StnetModel model;
  model.config = small_config();
  const stnet::Factors factors = stnet::common_factors(coarse);
  model.space = factors.space;
  model.time = factors.time;
  for (const Sequence& sequence : coarse)
    model.variables.push_back(
        {sequence.info, ranges_of(sequence.info, survey(sequence), RangeMode::global), {}, {}});
  model.generator = stnet::initial_parameters(stnet::plan_of(model).generator, 3, 0);
  return model;
}

class StnetOutput : public ::testing::Test {
 protected:
  void SetUp() override { set_thread_count(1); }  // on a busy machine, teams wait for each other

  /// What write_stnet gives, read back: [variable][step].
  std::vector<std::vector<std::vector<float>>> written(const StnetModel& model,
                                                       const std::vector<Sequence>& coarse,
                                                       const StnetInference& inference,
                                                       const std::string& name) const {
    write(model, coarse, inference, name, Progress::silent(), false);
    const auto data = open_dataset(folder_ / name);
    std::vector<std::vector<std::vector<float>>> values;
    for (std::size_t v = 0; v < coarse.size(); ++v) values.push_back(read_sequence(*data, v).steps);
    return values;
  }

  void write(const StnetModel& model, const std::vector<Sequence>& coarse,
             const StnetInference& inference, const std::string& name, Progress& progress,
             bool resume) const {
    const auto writer =
        create_dataset(folder_ / name, stnet_infos(model, coarse), format_named("raw"),
                       {stnet_fingerprint(model, coarse, inference), resume});
    write_stnet(model, coarse, inference, *writer, progress);
    writer->close();
  }

  TestFolder folder_;
};

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    largest = std::max(largest, static_cast<double>(std::abs(a[i] - b[i])));
  return largest;
}

TEST_F(StnetOutput, IsTheNetworksFramesOnTheGridBeforeTheReduction) {
  STSR_NEEDS_TORCH();
  const Data data = moving_wave({9, 7, 6}, 11, 2, 3);
  const std::vector<Sequence> coarse{data.coarse};
  const StnetModel model = untrained(coarse);
  const auto infos = stnet_infos(model, coarse);
  EXPECT_EQ(infos[0].grid, data.fine.info.grid);
  EXPECT_EQ(infos[0].times, data.fine.info.times);
  const auto steps = written(model, coarse, {}, "out")[0];

  // The frames of both windows, from the engine.
  const stnet::Plan plan = stnet::plan_of(model);
  const auto engine = stnet::make_engine(plan, model.config.training, 1);
  const auto zeros = [](std::size_t n) { return std::vector<float>(n); };
  const std::size_t n = model.generator.size();
  const std::size_t d = stnet::parameter_count(plan.discriminator);
  engine->restore({{model.generator, zeros(n), zeros(n), 0}, {zeros(d), zeros(d), zeros(d), 0}});
  const ValueRange range = model.variables[0].ranges.ranges[0];
  const Dims& low = data.coarse.info.grid.dims;
  const auto frames = [&](std::size_t window) {
    stnet::Tile tile{low, stnet::normalised(low, data.coarse.steps[window], range), {}, 0};
    const auto last = stnet::normalised(low, data.coarse.steps[window + 1], range);
    tile.inputs.insert(tile.inputs.end(), last.begin(), last.end());
    return engine->upscale(tile);
  };
  const std::vector<float> first = frames(0);
  const std::vector<float> second = frames(1);

  const Dims full{9, 7, 6};
  const Dims made{10, 8, 6};  // 5 x 4 x 3 coarse samples
  const auto at = [&](const std::vector<float>& from, std::size_t frame, std::size_t i) {
    const std::size_t x = i % full.x;
    const std::size_t y = i / full.x % full.y;
    const std::size_t z = i / (full.x * full.y);
    return range.denormalise(from[frame * made.count() + (z * made.y + y) * made.x + x]);
  };
  for (std::size_t i = 0; i < full.count(); ++i) {
    for (std::size_t t = 0; t < 4; ++t) ASSERT_NEAR(steps[t][i], at(first, t, i), 1e-4) << t;
    // A kept step with two windows is their average.
    ASSERT_NEAR(steps[4][i], 0.5 * (at(first, 4, i) + at(second, 0, i)), 1e-4);
    for (std::size_t t = 5; t < 9; ++t) ASSERT_NEAR(steps[t][i], at(second, t - 4, i), 1e-4);
  }
  // Steps after the last kept one hold it.
  EXPECT_EQ(steps[9], steps[8]);
  EXPECT_EQ(steps[10], steps[8]);
}

TEST_F(StnetOutput, TilesShowNoSeams) {
  STSR_NEEDS_TORCH();
  const Data data = moving_wave({79, 9, 11}, 5, 2, 3);
  const std::vector<Sequence> coarse{data.coarse};
  const StnetModel model = untrained(coarse);
  const auto whole = written(model, coarse, {1000, StnetDevice::cpu}, "whole")[0];
  const auto tiled = written(model, coarse, {7, StnetDevice::cpu}, "tiled")[0];
  const ValueRange range = model.variables[0].ranges.ranges[0];
  for (std::size_t step = 0; step < whole.size(); ++step)
    EXPECT_LT(largest_difference(whole[step], tiled[step]), 2e-6 * (range.high - range.low));
}

TEST_F(StnetOutput, ResumesAfterAnInterruptionToTheSameBits) {
  STSR_NEEDS_TORCH();
  const Data one = moving_wave({9, 9, 6}, 15, 2, 3, "one");
  const Data two = moving_wave({7, 5, 6}, 11, 2, 3, "two");
  const std::vector<Sequence> coarse{one.coarse, two.coarse};
  const StnetModel model = untrained(coarse);
  const StnetInference inference{3, StnetDevice::cpu};
  const auto whole = written(model, coarse, inference, "whole");
  for (const std::size_t tiles : {1U, 5U, 9U, 15U}) {
    const std::string name = "parts" + std::to_string(tiles);
    StopAfter stop(tiles);
    EXPECT_THROW(write(model, coarse, inference, name, stop, false), Interrupted);
    write(model, coarse, inference, name, Progress::silent(), true);
    const auto data = open_dataset(folder_ / name);
    for (std::size_t v = 0; v < 2; ++v) EXPECT_EQ(read_sequence(*data, v).steps, whole[v]) << tiles;
  }
}

TEST_F(StnetOutput, MissingCoarseSamplesAreMissingAround) {
  STSR_NEEDS_TORCH();
  Data data = moving_wave({9, 7, 5}, 9, 2, 3);
  data.coarse.steps[1][(1 * 4 + 2) * 5 + 3] = std::nanf("");  // coarse (3, 2, 1)
  const std::vector<Sequence> coarse{data.coarse};
  const auto steps = written(untrained(coarse), coarse, {}, "out")[0];
  for (std::size_t t = 0; t < steps.size(); ++t)
    for (std::size_t z = 0; z < 5; ++z)
      for (std::size_t y = 0; y < 7; ++y)
        for (std::size_t x = 0; x < 9; ++x) {
          // Fine positions that round, halves up, to it; steps made from the second kept step.
          const bool near = (x + 1) / 2 == 3 && (y + 1) / 2 == 2 && (z + 1) / 2 == 1;
          const bool missing = near && t != 0 && t != 8;
          EXPECT_EQ(std::isnan(steps[t][(z * 7 + y) * 9 + x]), missing) << t << x << y << z;
        }
}

TEST_F(StnetOutput, RefusesWhatTheModelDoesNotKnow) {
  const Data data = moving_wave({9, 9, 9}, 17, 2, 3);
  const std::vector<Sequence> coarse{data.coarse};
  const StnetModel model = untrained(coarse);
  const auto refused = [&](const Sequence& other, const char* what) {
    const std::vector<Sequence> one{other};
    EXPECT_THAT(message_of<ValueError>([&] { (void)stnet_infos(model, one); }), HasSubstr(what));
  };
  Sequence other = data.coarse;
  other.info.name = "waves";
  refused(other, "did you mean 'wave'");
  refused(data.fine, "stsr reduce");
  refused(moving_wave({9, 9, 9}, 17, 2, 1).coarse, "by 2 and 3");
  refused(moving_wave({9, 9, 9}, 3, 2, 3).coarse, "only one");
  EXPECT_THAT(message_of([&] { (void)load_stnet(folder_.write("text", "no model")); }),
              HasSubstr("text"));
}

TEST_F(StnetOutput, ModelFilesComeBack) {
  const Data data = moving_wave({9, 9, 9}, 17, 4, 3);
  const StnetModel model = untrained({data.coarse});
  stnet::save_model(folder_ / "m", model);
  const StnetModel back = load_stnet(folder_ / "m");
  EXPECT_EQ(back.config, model.config);
  EXPECT_EQ(back.generator, model.generator);
  EXPECT_EQ(back.space, 4U);
  EXPECT_EQ(back.variables[0].info, model.variables[0].info);
  EXPECT_EQ(back.variables[0].ranges, model.variables[0].ranges);
  EXPECT_THAT(message_of([&] { (void)stnet::load_checkpoint(folder_ / "m"); }),
              HasSubstr(".checkpoint"));
}

}  // namespace
}  // namespace stsr

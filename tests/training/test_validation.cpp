#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "small_training.h"
#include "stsr/base/random.h"
#include "stsr/training/validation.h"

namespace stsr {
namespace {

/// A field that is a function of place and time.
class FunctionField final : public Field {
 public:
  using Function = std::function<double(const Point&)>;
  FunctionField(VariableInfo info, Function function)
      : infos_{std::move(info)}, function_(std::move(function)) {}

  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return infos_; }
  void evaluate(std::span<const Point> points, std::size_t /*variable*/,
                std::span<float> out) const override {
    for (std::size_t i = 0; i < points.size(); ++i)
      out[i] = static_cast<float>(function_(points[i]));
  }
  void sample(std::span<const std::size_t> /*chosen*/, double time, const OutputGrid& grid,
              const GridSelection& part, std::span<float> out,
              const Advanced& /*advanced*/) const override {
    std::size_t n = 0;
    const auto place = [&](std::size_t axis, std::size_t i) {
      return grid.grid.origin[axis] + grid.grid.spacing[axis] * static_cast<double>(i);
    };
    for (const std::size_t z : part.indices[2])
      for (const std::size_t y : part.indices[1])
        for (const std::size_t x : part.indices[0])
          out[n++] = static_cast<float>(function_({time, place(2, z), place(1, y), place(0, x)}));
  }
  [[nodiscard]] std::string fingerprint() const override { return {}; }

 private:
  std::vector<VariableInfo> infos_;
  Function function_;
};

/// Waves of about six samples and five steps each.
double waves(const Point& p) {
  return std::sin(1.05 * p.x + 0.3 * p.t) + std::sin(0.95 * p.y - 1.2 * p.t) +
         std::cos(1.0 * p.z + 0.5 * p.x);
}

Sequence sequence_of(const FunctionField::Function& function, std::size_t steps = 9,
                     const Dims& dims = {26, 25, 24}) {
  Sequence sequence;
  sequence.info.name = "v";
  sequence.info.grid.dims = dims;
  const Dims& n = sequence.info.grid.dims;
  for (std::size_t t = 0; t < steps; ++t) {
    sequence.info.times.push_back(static_cast<double>(t));
    std::vector<float>& values = sequence.steps.emplace_back();
    for (std::size_t z = 0; z < n.z; ++z)
      for (std::size_t y = 0; y < n.y; ++y)
        for (std::size_t x = 0; x < n.x; ++x)
          values.push_back(
              static_cast<float>(function({static_cast<double>(t), static_cast<double>(z),
                                           static_cast<double>(y), static_cast<double>(x)})));
  }
  return sequence;
}

/// A number in [-1, 1] that depends on the place and nothing else.
double noise_at(const Point& p) {
  const auto word = [](double x) { return static_cast<std::uint64_t>(std::llround(64.0 * x)); };
  const RandomStream stream{word(p.x) + (word(p.y) << 20U), RandomUse::tests,
                            word(p.z) + (word(p.t) << 20U)};
  return static_cast<double>(stream.words(0)[0]) / 2147483648.0 - 1.0;
}

/// @param extended  whether the grid is what a reduction by 2 left of one that reaches beyond it
Correction validated(const FunctionField::Function& data, const FunctionField::Function& network,
                     std::size_t steps = 9, const Dims& dims = {26, 25, 24},
                     bool extended = false) {
  StoredSequence sequence(sequence_of(data, steps, dims));
  if (extended)
    sequence.info.reduction =
        Reduction{{2, 2, 2}, 0, {2 * dims.x, 2 * dims.y, 2 * dims.z}, sequence.info.times};
  const FunctionField field(sequence.info, network);
  return validate(field, 0, sequence, hold_out(sequence, 1));
}

TEST(Validation, BelievesANetworkThatIsRight) {
  const Correction c = validated(waves, waves);
  EXPECT_NEAR(c.space, 1.0, 0.01);
  EXPECT_NEAR(c.time, 1.0, 0.01);
  EXPECT_EQ(c.kept_gain, 20.0) << "no more is promised";
  EXPECT_EQ(c.between_gain, 20.0);
}

TEST(Validation, DoesNotBelieveANetworkOfNoise) {
  const Correction c = validated(waves, [](const Point& p) {
    return waves({0.0, 0.0, 0.0, 0.0}) + noise_at(p);
  });
  EXPECT_LT(c.space, 0.1);
  EXPECT_LT(c.time, 0.1);
  EXPECT_LT(c.kept_gain, 0.1);
  EXPECT_LT(c.between_gain, 0.1);
}

TEST(Validation, LooksIntoPartsOfLargeSteps) {
  const Dims large{90, 71, 64};  // more than are evaluated of one step
  const Correction right = validated(waves, waves, 3, large);
  EXPECT_NEAR(right.space, 1.0, 0.01);
  EXPECT_NEAR(right.time, 1.0, 0.01);
  EXPECT_EQ(right.between_gain, 20.0);
  const auto noise = [](const Point& p) { return noise_at(p); };
  const Correction wrong = validated(waves, noise, 3, large);
  EXPECT_LT(wrong.space, 0.1);
  EXPECT_LT(wrong.between_gain, 0.1);
}

TEST(Validation, TellsWhatIsBeyondTheLastSamplesFromWhatIsBetween) {
  // Noise that drowns what interpolation misses between samples, but not a step beyond the last.
  const Dims dims{26, 25, 24};
  const auto noisy = [](const Point& p) { return waves(p) + 0.2 * noise_at(p); };
  const Correction c = validated(waves, noisy, 9, dims, true);
  EXPECT_LT(c.space, 0.3);
  EXPECT_GT(c.beyond, 0.9);
  EXPECT_GT(c.kept_gain, validated(waves, noisy, 9, dims, false).kept_gain + 1.0);
  const Correction right = validated(waves, waves, 9, dims, true);
  EXPECT_NEAR(right.beyond, 1.0, 0.01);
  EXPECT_EQ(right.kept_gain, 20.0);
}

TEST(Validation, DoesNotBelieveBetweenSamplesThatAreSmoothAlready) {
  // Interpolation errs by a tenth where the distance is halved; the network is half right across
  // planes, which is not enough for that.
  const auto long_waves = [](const Point& p) {
    return std::sin(0.35 * p.x) + std::sin(0.35 * p.y) + std::sin(0.35 * p.z) + std::sin(p.t);
  };
  const auto half_right = [&](const Point& p) { return long_waves(p) + 0.003 * noise_at(p); };
  EXPECT_LT(validated(long_waves, half_right).space, 0.01);
}

TEST(Validation, TellsSpaceFromTime) {
  // Right at every kept step, and wrong about what is between them: it moves by jumps.
  const Correction c = validated(waves, [](const Point& p) {
    return waves(p) + 2.0 * (std::llround(p.t) % 2 == 0 ? 0.5 : -0.5) * std::sin(0.2 * p.x);
  });
  EXPECT_GT(c.space, 0.95);
  EXPECT_LT(c.time, 0.7);
}

/// Bends the wrong way, by `early`, before the second step, and too much, by `late`, after the last
/// but one of `steps`.
FunctionField::Function bent_at_ends(double early, double late, double steps) {
  return [=](const Point& p) {
    const double bump = std::sin(0.3 * p.x) * std::sin(0.25 * p.y);
    const double arc = bump * p.t * p.t;
    if (p.t < 1.0) return arc + early * bump * p.t * (1.0 - p.t);
    const double left = steps - 1.0 - p.t;
    return left < 1.0 ? arc - late * bump * left * (1.0 - left) : arc;
  };
}

TEST(Validation, TellsTheFirstAndTheLastIntervalFromOthers) {
  const auto arc = bent_at_ends(0.0, 0.0, 9.0);
  const Correction c = validated(arc, bent_at_ends(3.0, 0.0, 9.0));
  EXPECT_NEAR(c.time, 1.0, 0.01);
  EXPECT_EQ(c.first, 0.0);
  EXPECT_NEAR(c.last, 1.0, 0.01);
  EXPECT_LT(c.between_gain, validated(arc, arc).between_gain - 5.0);
}

TEST(Validation, OfThreeStepsParabolasTellHowMuchANetworkMayBend) {
  const auto arc = bent_at_ends(0.0, 0.0, 3.0);
  const Correction c = validated(arc, bent_at_ends(3.0, 3.0, 3.0), 3);
  EXPECT_EQ(c.first, 0.0);  // bends the wrong way
  EXPECT_NEAR(c.last, 0.25 / 0.8, 0.02) << "bends four times as much as the samples do";
  const Correction right = validated(arc, arc, 3);
  EXPECT_NEAR(right.first, 1.0, 0.01);
  EXPECT_NEAR(right.last, 1.0, 0.01);
}

TEST(Validation, HalfOfWhatIsRightIsTakenTwice) {
  // A network that says half of what it should beyond interpolation is right as far as it goes.
  const Correction c = validated(waves, [](const Point& p) { return 2.0 * waves(p); });
  EXPECT_NEAR(c.space, 0.5, 0.02);
  EXPECT_NEAR(c.time, 0.5, 0.02);
}

TEST(Validation, DoesNotBelieveWhatSamplesDoNotResolve) {
  // The samples are white: interpolation from every other sample is as wrong as from every one.
  const auto both = [](const Point& p) { return noise_at(p); };
  const Correction c = validated(both, both);
  EXPECT_LT(c.space, 0.6);
  EXPECT_LT(c.time, 0.6);
}

TEST(Validation, WithoutThirdStepsTimeCountsHalf) {
  const Correction c = validated(waves, waves, 2);
  EXPECT_EQ(c.time, 0.5);
  EXPECT_NEAR(c.space, 1.0, 0.01);
}

TEST(Validation, HappensOnceAtItsShareOfTheRun) {
  Config config = small_config();
  config.training.epochs = 20;
  const Sequence data = wave("a", {16, 16, 16}, 4, 0.0);
  Trainer trainer({data}, config);
  const std::size_t steps = 20 * trainer.steps_per_epoch();
  std::size_t at = 0;
  TrainerState before;
  while (trainer.steps() < steps) {
    if (trainer.corrections().empty()) before = trainer.state();
    trainer.step();
    if (at == 0 && !trainer.corrections().empty()) at = trainer.steps();
  }
  EXPECT_NEAR(static_cast<double>(at) / static_cast<double>(steps), 0.6, 0.01);
  ASSERT_EQ(trainer.corrections().size(), 1U);
  EXPECT_EQ(trainer.model().variables[0].correction, trainer.corrections()[0]);
  // From a state before it, also where the trainer has been further, and from one after it, to the
  // same bits.
  const Model expected = trainer.model();
  trainer.restore(before);
  while (trainer.steps() < steps) trainer.step();
  EXPECT_EQ(trainer.model().parameters, expected.parameters);
  Trainer again({data}, config);
  again.restore(before);
  EXPECT_TRUE(again.corrections().empty());
  while (again.steps() < steps - 2) again.step();
  Trainer last({data}, config);
  last.restore(again.state());
  EXPECT_EQ(last.corrections(), trainer.corrections());
  while (last.steps() < steps) last.step();
  EXPECT_EQ(last.model().parameters, trainer.model().parameters);
}

TEST(Validation, WhatIsHeldOutIsTrainedOnAfterIt) {
  Config config = small_config();
  config.training.epochs = 20;
  const Sequence data = wave("a", {16, 16, 16}, 4, 0.0);
  config.blocks.coordinates = CoordinateKind::unit;
  const HeldOut held = hold_out(data, config.training.seed);
  ASSERT_FALSE(held.cubes.empty());
  const HeldOut::Cube& cube = held.cubes.front();
  Sequence other = data;
  float& value = other.steps[cube.step][(cube.low[2] * 16 + cube.low[1]) * 16 + cube.low[0]];
  value *= 0.999F;  // within the range of the others
  ASSERT_EQ(hold_out(other, config.training.seed).map(other.info), held.map(data.info));
  Trainer a({data}, config);
  Trainer b({other}, config);
  while (a.corrections().empty()) {
    EXPECT_EQ(a.model().parameters, b.model().parameters);
    a.step();
    b.step();
  }
  while (a.position().epoch < 20) {
    a.step();
    b.step();
  }
  EXPECT_NE(a.model().parameters, b.model().parameters);
}

TEST(Validation, MayBeLeftOut) {
  Config config = small_config();
  config.training.validate = false;
  Trainer trainer({wave("a", {16, 16, 16}, 4, 0.0)}, config);
  while (trainer.position().epoch < config.training.epochs) trainer.step();
  EXPECT_TRUE(trainer.corrections().empty());
  EXPECT_FALSE(trainer.model().variables[0].correction);
}

}  // namespace
}  // namespace stsr

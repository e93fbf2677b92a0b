// The trainer without files: the bits of a run in files, states that move, samples held out.

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "io/test_folder.h"
#include "stsr/base/error.h"
#include "training/small_training.h"
#include "training/stop_after.h"

namespace stsr {
namespace {

std::vector<StoredSequence> sequences() {
  return small_request("").sequences;
}

TEST(TrainingInMemory, GivesTheBitsOfARunInFilesAndWritesNothing) {
  const TestFolder folder;
  (void)train(small_request(folder / "m.stsr"), Progress::silent());
  const auto before = std::filesystem::current_path();
  std::filesystem::create_directory(folder / "empty");
  std::filesystem::current_path(folder / "empty");
  const Model model = train(sequences(), small_config());
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "empty"));
  const Model from_file = load_model(folder / "m.stsr");
  EXPECT_EQ(model.parameters, from_file.parameters);
  EXPECT_EQ(model.config, from_file.config);
  EXPECT_EQ(model.variables[0].fingerprint, from_file.variables[0].fingerprint);
  EXPECT_TRUE(model.variables[0].fingerprint.has_value());
  EXPECT_NE(model.variables[0].fingerprint, model.variables[1].fingerprint);
}

TEST(TrainingInMemory, AStateResumesInAnotherTrainer) {
  Trainer whole(sequences(), small_config());
  Trainer first(sequences(), small_config());
  const std::size_t half = whole.steps_per_epoch() + 3;
  while (first.steps() < half) first.step();
  Trainer second(sequences(), small_config());
  second.restore(first.state());
  EXPECT_EQ(second.steps(), half);
  EXPECT_EQ(second.loss(), first.loss());
  while (whole.position().epoch < 3) whole.step();
  while (second.position().epoch < 3) second.step();
  EXPECT_EQ(whole.model().parameters, second.model().parameters);
  EXPECT_EQ(whole.loss(), second.loss());
  TrainerState wrong = first.state();
  wrong.position.batch = whole.steps_per_epoch();
  EXPECT_THROW(second.restore(wrong), ValueError);
}

TEST(TrainingInMemory, StopsOnRequest) {
  StopAfter stop(3);
  EXPECT_THROW((void)train(sequences(), small_config(), stop), Interrupted);
}

/// Every third sample, from `first` on.
MissingMap every_third(const Sequence& sequence, std::size_t first) {
  const std::size_t count = sequence.info.grid.dims.count();
  MissingMap map{{std::vector<std::uint8_t>((count + 7) / 8, 0)}};
  for (std::size_t i = first; i < count; i += 3)
    map.steps[0][i / 8] |= static_cast<std::uint8_t>(1U << (i % 8));
  return map;
}

TEST(TrainingInMemory, HeldOutSamplesAreNoTargets) {
  const Sequence a = wave("a", {9, 8, 5}, 4, 0.0);
  const MissingMap held_out = every_third(a, 1);
  // Other values, within the range, in samples that are held out, or not.
  const auto changed = [&](std::size_t first) {
    Sequence other = a;
    for (auto& step : other.steps)
      for (std::size_t i = first; i < step.size(); i += 3)
        if (std::abs(step[i]) < 0.9F) step[i] = 0.25F;
    return other;
  };
  for (const Architecture architecture : {Architecture::stsr_inr, Architecture::coordnet}) {
    Config with = small_config();
    with.blocks.coordinates = CoordinateKind::unit;
    with.training.validate = false;
    with.network.architecture = architecture;
    if (architecture == Architecture::coordnet) {
      with.network = {.architecture = architecture, .width = 16, .residual_blocks = 1};
      with.blocks.split = {1, 1, 1};
    }
    const auto trained = [&](const Sequence& sequence, std::vector<MissingMap> maps) {
      Trainer trainer({sequence}, with, {.held_out = std::move(maps)});
      while (trainer.position().epoch < 2) trainer.step();
      return trainer.model().parameters;
    };
    const auto expected = trained(a, {held_out});
    EXPECT_EQ(trained(changed(1), {held_out}), expected);
    EXPECT_NE(trained(changed(2), {held_out}), expected);
    EXPECT_NE(trained(changed(1), {}), trained(a, {}));
    EXPECT_NE(trained(a, {}), expected);
  }
}

TEST(TrainingInMemory, RefusesMapsOfAnotherSize) {
  const Sequence a = wave("a", {9, 8, 5}, 4, 0.0);
  MissingMap map = every_third(a, 0);
  EXPECT_THROW(Trainer({a}, small_config(), {.held_out = {map, map}}), ShapeError);
  map.steps[0].pop_back();
  EXPECT_THROW(Trainer({a}, small_config(), {.held_out = {map}}), ShapeError);
}

TEST(TrainingInMemory, ALossThatIsNotFiniteLeavesTheNetworkAsItWas) {
  Config wild = small_config();
  wild.network.modulator_activation = ModulatorActivation::relu;
  wild.training.optimiser = OptimiserKind::adam;
  wild.training.learning_rate = 1e38;
  Trainer trainer(sequences(), wild);
  std::vector<float> before;
  const auto diverge = [&] {
    for (;;) {
      before = trainer.model().parameters;
      trainer.step();
    }
  };
  EXPECT_THROW(diverge(), NumericError);
  EXPECT_EQ(trainer.model().parameters.size(), before.size());
  EXPECT_EQ(
      std::memcmp(trainer.model().parameters.data(), before.data(), before.size() * sizeof(float)),
      0);
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config_options.h"
#include "program.h"
#include "stsr/base/error.h"
#include "stsr/io/unused_settings.h"

namespace stsr::app {
namespace {

using testing::HasSubstr;

Config preset(const std::string& name) {
  ConfigOptions options;
  options.preset = name;
  return options.resolve();
}

TEST(Presets, DefaultIsWhatTheInitialisersSay) {
  EXPECT_EQ(preset("default"), Config{});
  // Every key is there, with its value and meaning.
  const std::string file = text_of(std::string(STSR_SOURCE_DIR) + "/configs/default.toml");
  EXPECT_THAT(file, testing::EndsWith(write_config(Config{})))
      << "in configs/default.toml, put the output of 'stsr config' below the introduction";
}

// Method section 5, with section 3's network of the released code.
TEST(Presets, PaperIsThePublishedRecipe) {
  const Config config = preset("paper");
  EXPECT_EQ(config.network.width, 256U);
  EXPECT_EQ(config.network.residual_blocks, 5U);
  EXPECT_EQ(config.network.head, HeadKind::residual);
  EXPECT_EQ(config.network.conditioning, Conditioning::modulation);
  EXPECT_EQ(config.network.modulator_activation, ModulatorActivation::sine);
  EXPECT_EQ(config.network.latent, LatentKind::vad);
  EXPECT_EQ(config.network.latent_length, 256U);
  EXPECT_EQ(config.network.latent_log_variance, 1e-3);
  EXPECT_EQ(config.network.omega_stem, 5.0);
  EXPECT_EQ(config.network.omega_residual, 30.0);
  EXPECT_EQ(config.network.omega_head, 30.0);
  EXPECT_EQ(config.blocks.mode, BlockMode::paper);
  EXPECT_EQ(config.blocks.heads(), 8U);
  EXPECT_EQ(config.training.epochs, 600U);
  EXPECT_EQ(config.training.batch_rows, 8000U);
  EXPECT_EQ(config.training.order, RowOrder::pool);
  EXPECT_EQ(config.training.noise_group, 1U);
  EXPECT_EQ(config.training.range, RangeMode::per_step);
  EXPECT_EQ(config.training.optimiser, OptimiserKind::adam);
  EXPECT_EQ(config.training.learning_rate, 1e-5);
  EXPECT_EQ(config.training.latent_learning_rate, 1e-5);
  EXPECT_EQ(config.training.beta_1, 0.9);
  EXPECT_EQ(config.training.beta_2, 0.999);
  EXPECT_EQ(config.training.epsilon, 1e-8);
  EXPECT_EQ(config.training.weight_decay, 1e-6);
  EXPECT_EQ(config.training.kld_weight, 1e-3);
  EXPECT_EQ(config.training.schedule, ScheduleKind::constant);
}

// Method section 7.
TEST(Presets, CoordNetIsTheBaselineOfThePaper) {
  const Config config = preset("coordnet");
  EXPECT_EQ(config.network.architecture, Architecture::coordnet);
  EXPECT_EQ(config.network.width, 256U);
  EXPECT_EQ(config.network.residual_blocks, 10U);
  EXPECT_EQ(config.network.omega_stem, 30.0);
  EXPECT_EQ(config.network.omega_residual, 30.0);
  EXPECT_EQ(config.network.omega_head, 30.0);
  EXPECT_EQ(config.blocks.mode, BlockMode::paper);
  EXPECT_EQ(config.blocks.heads(), 1U);
  EXPECT_EQ(config.training.epochs, 400U);
  EXPECT_EQ(config.training.batch_rows, 32000U);
  EXPECT_EQ(config.training.batch_rows % config.training.noise_group, 0U) << "exactly 32,000 rows";
  EXPECT_EQ(config.training.range, preset("paper").training.range);
  EXPECT_EQ(config.training.optimiser, OptimiserKind::adam);
  EXPECT_EQ(config.training.learning_rate, 1e-5);
  EXPECT_EQ(config.training.beta_1, 0.9);
  EXPECT_EQ(config.training.beta_2, 0.999);
  EXPECT_EQ(config.training.epsilon, 1e-8);
  EXPECT_EQ(config.training.weight_decay, 1e-6);
  EXPECT_EQ(config.training.schedule, ScheduleKind::constant);
}

TEST(Presets, SetNothingThatHasNoEffect) {
  for (const char* name : {"default", "paper", "coordnet", "coordnet-tuned"})
    EXPECT_NO_THROW(refuse_unused_settings(preset(name))) << name;
}

TEST(ConfigOptions, WhatAPresetSetsAndOthersLeaveWithoutEffectIsNoSetting) {
  ConfigOptions options;
  options.preset = "paper";
  options.assignments = {"network.latent=ad", "network.head=linear"};
  const Config config = options.resolve();
  EXPECT_NO_THROW(refuse_unused_settings(config));
  EXPECT_EQ(config.network.omega_head, Config{}.network.omega_head);
  EXPECT_EQ(config.network.omega_residual, preset("paper").network.omega_residual);
  options.assignments.emplace_back("network.omega_head=7");
  EXPECT_THROW(refuse_unused_settings(options.resolve()), ValueError) << "the user sets it";
  options.assignments = {"network.architecture=coordnet", "blocks.split=[1,1,1]"};
  EXPECT_NO_THROW(refuse_unused_settings(options.resolve()));
}

TEST(ConfigOptions, LaterSettingsWin) {
  const TestFolder folder;
  write_text(folder / "my.toml", "[training]\nepochs = 7\nseed = 3\n");
  ConfigOptions options;
  options.preset = "paper";
  options.file = folder / "my.toml";
  options.assignments = {"training.seed=4", "blocks.mode=shared-faces"};
  const Config config = options.resolve();
  EXPECT_EQ(config.training.epochs, 7U);
  EXPECT_EQ(config.training.seed, 4U);
  EXPECT_EQ(config.training.batch_rows, 8000U) << "of the preset";
  EXPECT_EQ(config.blocks.mode, BlockMode::shared_faces);
}

TEST(ConfigOptions, RefusesWhatItDoesNotKnow) {
  ConfigOptions options;
  options.preset = "papr";
  EXPECT_THROW((void)options.resolve(), ValueError);
  options = {};
  options.assignments = {"training.epoch=3"};
  EXPECT_THROW((void)options.resolve(), ValueError);
}

TEST(ConfigCommand, PrintsWhatItReadsBack) {
  const TestFolder folder;
  const Outcome printed = folder.stsr("config --preset paper --set training.seed=9");
  ASSERT_EQ(printed.code, 0) << printed.err;
  Config back;
  read_config_text(printed.out, "printed", back);
  Config expected = preset("paper");
  expected.training.seed = 9;
  EXPECT_EQ(back, expected);
}

TEST(ConfigCommand, ReferencePageIsUpToDate) {
  const TestFolder folder;
  const Outcome printed = folder.stsr("config --reference");
  ASSERT_EQ(printed.code, 0) << printed.err;
  EXPECT_EQ(printed.out, text_of(std::string(STSR_SOURCE_DIR) + "/docs/configuration.md"))
      << "run 'stsr config --reference > docs/configuration.md'";
}

TEST(CompareCommand, ReferencePageIsUpToDate) {
  const TestFolder folder;
  const Outcome printed = folder.stsr("compare --reference");
  ASSERT_EQ(printed.code, 0) << printed.err;
  EXPECT_EQ(printed.out, text_of(std::string(STSR_SOURCE_DIR) + "/docs/comparison.md"))
      << "run 'stsr compare --reference > docs/comparison.md'";
}

TEST(ConfigCommand, UnknownKeyIsRefusedWithItsLine) {
  const TestFolder folder;
  write_text(folder / "my.toml", "[training]\n\nepoch = 7\n");
  const Outcome outcome = folder.stsr("config --config my.toml");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.err,
            "stsr: error: my.toml:3: unknown key 'epoch' in [training]; did you mean 'epochs'?\n");
}

}  // namespace
}  // namespace stsr::app

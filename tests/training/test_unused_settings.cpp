// Which settings of a training have no effect beside which others.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "stsr/base/error.h"
#include "stsr/io/unused_settings.h"
#include "stsr/training/training_config.h"

namespace stsr {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

std::vector<std::string> unused_names(const Config& config) {
  std::vector<std::string> names;
  for (const UnusedSetting& setting : unused_settings(config)) names.push_back(setting.name);
  return names;
}

/// Every setting that has a condition, at another value than its default.
Config everything_set() {
  Config config;
  config.network.modulator_activation = ModulatorActivation::relu;
  config.network.latent_length = 7;
  config.network.latent_log_variance = -3.0;
  config.network.head = HeadKind::residual;
  config.network.omega_head = 5.0;
  config.training.order = RowOrder::balanced;
  config.training.matrix_learning_rate = 0.5;
  config.training.latent_learning_rate = 0.5;
  config.training.matrix_decay = 0.5;
  config.training.kld_weight = 0.5;
  config.training.final_rate = 0.5;
  return config;
}

TEST(UnusedTrainingSettings, TheDefaultsUseAllButTheFrequencyOfResidualHeads) {
  Config config = everything_set();
  EXPECT_THAT(unused_names(config), ElementsAre());
  config.network.head = HeadKind::linear;
  EXPECT_THAT(unused_names(config), ElementsAre("network.omega_head"));
}

TEST(UnusedTrainingSettings, DependOnTheOthers) {
  Config config = everything_set();
  config.network.latent = LatentKind::ad;
  EXPECT_THAT(unused_names(config),
              ElementsAre("network.latent_log_variance", "training.kld_weight"));
  config.network.latent = LatentKind::one_hot;
  EXPECT_THAT(unused_names(config),
              ElementsAre("network.latent_length", "network.latent_log_variance",
                          "training.latent_learning_rate", "training.kld_weight"));
  config = everything_set();
  config.network.conditioning = Conditioning::concatenation;
  EXPECT_THAT(unused_names(config), ElementsAre("network.modulator_activation"));
  config = everything_set();
  config.training.optimiser = OptimiserKind::adam;
  EXPECT_THAT(unused_names(config),
              ElementsAre("training.matrix_learning_rate", "training.matrix_decay"));
  config = everything_set();
  config.training.schedule = ScheduleKind::constant;
  EXPECT_THAT(unused_names(config), ElementsAre("training.final_rate"));
}

TEST(UnusedTrainingSettings, ACoordNetHasNoLatentsModulatorOrHeads) {
  Config config = everything_set();
  config.network.conditioning = Conditioning::concatenation;
  config.network.latent = LatentKind::ad;
  config.network.architecture = Architecture::coordnet;
  EXPECT_THAT(
      unused_names(config),
      ElementsAre("network.head", "network.conditioning", "network.modulator_activation",
                  "network.latent", "network.latent_length", "network.latent_log_variance",
                  "training.order", "training.latent_learning_rate", "training.kld_weight"));
}

TEST(UnusedTrainingSettings, AreRefusedWithConditionDefaultAndValue) {
  Config config;
  config.network.architecture = Architecture::coordnet;
  EXPECT_NO_THROW(refuse_unused_settings(config));
  config.network.head = HeadKind::residual;
  EXPECT_THAT([&] { refuse_unused_settings(config); },
              ThrowsMessage<ValueError>("network.head is only for architecture 'stsr-inr'; leave "
                                        "it at \"linear\", got \"residual\""));
  config = {};
  config.network.latent = LatentKind::ad;
  config.training.kld_weight = 0.0;
  EXPECT_THAT([&] { refuse_unused_settings(config); },
              ThrowsMessage<ValueError>(StartsWith("training.kld_weight is only for")));
}

}  // namespace
}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stsr/base/config_field.h"
#include "stsr/training/training_config.h"
#include "stsr/volume/value_range.h"

namespace stsr {

/// Where the numbers of STNet are computed.
enum class StnetDevice { cpu, cuda };
template <>
struct EnumNames<StnetDevice> {
  static constexpr std::array<EnumTable<StnetDevice>, 2> values{
      {{StnetDevice::cpu, "cpu"}, {StnetDevice::cuda, "cuda"}}};
};

/// What a sample of the unsupervised phase consists of; both know kept steps only.
///  - stretched: u_t + 2 consecutive kept steps stand for the u_t + 2 frames, so every frame has a
///    coarse volume to be compared with, of a motion u_t + 1 times as fast.
///  - ends: two consecutive kept steps; only the first and the last frame are compared.
enum class StnetWindow { stretched, ends };
template <>
struct EnumNames<StnetWindow> {
  static constexpr std::array<EnumTable<StnetWindow>, 2> values{
      {{StnetWindow::stretched, "stretched"}, {StnetWindow::ends, "ends"}}};
};

/// How the unsupervised phase makes coarse volumes of fine ones, u_s samples to one.
///  - trilinear: as image resizers do, at fine position (i + 1/2) u_s - 1/2: the mean of the
///    2 x 2 x 2 samples around it (for u_s = 1, the sample).
///  - tent: a triangle of half width u_s around fine position i u_s, where strided sampling took
///    sample i; so every fine sample counts.
enum class StnetDownscaling { trilinear, tent };
template <>
struct EnumNames<StnetDownscaling> {
  static constexpr std::array<EnumTable<StnetDownscaling>, 2> values{
      {{StnetDownscaling::trilinear, "trilinear"}, {StnetDownscaling::tent, "tent"}}};
};

/// Channels of STNet's layers; the defaults are the publication's.
struct StnetNetworkConfig {
  std::array<std::size_t, 4> features{32, 64, 128, 256};
  std::array<std::size_t, 2> discriminator_features{64, 128};

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("features", self.features,
          "Channels after each of the four residual dense blocks; every doubling of the resolution "
          "halves the last of them.");
    field("discriminator_features", self.discriminator_features,
          "Channels of the discriminator's two convolutions; the second is also the size of its "
          "LSTM.");
  }
  bool operator==(const StnetNetworkConfig&) const = default;
};

/// How STNet is trained (method section 7).
struct StnetTrainingConfig {
  std::size_t unsupervised_epochs = 200;
  std::size_t supervised_epochs = 200;
  std::size_t adversarial_epochs = 250;
  double truth_share = 0.2;
  StnetWindow window = StnetWindow::stretched;
  StnetDownscaling downscaling = StnetDownscaling::trilinear;
  std::size_t crop = 16;
  std::size_t crops_per_window = 4;
  RangeMode range = RangeMode::global;
  double learning_rate = 1e-4;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-8;
  double adversarial_weight = 1e-3;
  std::uint64_t seed = 1;
  double checkpoint_minutes = 5.0;
  StnetDevice device = StnetDevice::cpu;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("unsupervised_epochs", self.unsupervised_epochs,
          "Epochs of the first phase: coarse volumes only.");
    field("supervised_epochs", self.supervised_epochs,
          "Epochs of the second phase: fine volumes of the first time steps.");
    field("adversarial_epochs", self.adversarial_epochs,
          "Epochs of the third phase: as the second, with the discriminator.");
    field("truth_share", self.truth_share,
          "Share of the time steps, from the first, whose fine volumes the second and third phase "
          "see; in (0, 1].");
    field("window", self.window,
          "Samples of the first phase: 'stretched' (u_t + 2 kept steps stand for the frames) or "
          "'ends' (two kept steps; the frames between them are not compared).");
    field("downscaling", self.downscaling,
          "How the first phase makes fine frames coarse: 'trilinear' (as image resizers) or 'tent' "
          "(aligned with strided samples).");
    field("crop", self.crop,
          "Coarse samples along each axis of a training crop, or all where there are fewer.");
    field("crops_per_window", self.crops_per_window,
          "Crops, and so optimiser steps, a window of time and epoch.");
    field("range", self.range,
          "Value range of a variable: 'global' (all kept time steps) or 'per-step' (interpolated "
          "in time between kept steps).");
    field("learning_rate", self.learning_rate, "Adam's learning rate, of both networks.");
    field("beta_1", self.beta_1, "Adam's decay of the first moment, in [0, 1).");
    field("beta_2", self.beta_2, "Adam's decay of the second moment, in [0, 1).");
    field("epsilon", self.epsilon, "Adam's term against division by zero.");
    field("adversarial_weight", self.adversarial_weight,
          "Weight of the discriminator's opinion in the loss of the third phase.");
    field("seed", self.seed, "Seed of all random numbers.");
    field("checkpoint_minutes", self.checkpoint_minutes,
          "Minutes between checkpoints, at least 0.01.");
    field("device", self.device, "'cpu', or 'cuda' where the Torch of this build has it.");
  }
  bool operator==(const StnetTrainingConfig&) const = default;
};

/// Everything that a configuration file of STNet holds, a section a member.
struct StnetConfig {
  StnetNetworkConfig network;
  StnetTrainingConfig training;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& section) {
    section("network", self.network, "Channels of the network.");
    section("training", self.training, "How the network is trained.");
  }
  bool operator==(const StnetConfig&) const = default;
};

/// Sets the epochs of the three phases to `total` in the proportion that they have, rounded so that
/// they sum up; all to the first phase where there is no truth.
void set_stnet_epochs(StnetTrainingConfig& config, std::size_t total, bool with_truth);

}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stsr/base/config_field.h"
#include "stsr/kernels/precision.h"
#include "stsr/network/network_config.h"
#include "stsr/network/optimiser_config.h"
#include "stsr/sampling/block_config.h"
#include "stsr/sampling/row_order.h"
#include "stsr/volume/value_range.h"

namespace stsr {

/// `constant`, or `cosine` from the full rate to final_rate times it over the whole run.
enum class ScheduleKind { constant, cosine };
template <>
struct EnumNames<ScheduleKind> {
  static constexpr std::array<EnumTable<ScheduleKind>, 2> values{
      {{ScheduleKind::constant, "constant"}, {ScheduleKind::cosine, "cosine"}}};
};

/// How a model is trained (method sections 1, 4 and 5).
struct TrainingConfig : OptimiserConfig {
  std::size_t epochs = 30;
  std::size_t batch_rows = 1024;
  RowOrder order = RowOrder::pool;
  std::uint64_t shuffle_rows = 0;
  std::size_t noise_group = 64;
  RangeMode range = RangeMode::global;
  bool validate = true;
  bool keep_samples = true;
  ScheduleKind schedule = ScheduleKind::cosine;
  double final_rate = 0.0;
  std::uint64_t seed = 1;
  double checkpoint_minutes = 5.0;
  Precision precision = Precision::float32;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    field("epochs", self.epochs, "Passes over all rows; 0 writes the initial network.");
    field("batch_rows", self.batch_rows,
          "Rows of one optimiser step, rounded down to whole noise groups; a row has one value per "
          "head, or one per variable with 'coordnet'.");
    field("order", self.order,
          "'pool' (all rows of all variables shuffled together) or 'balanced' (each variable the "
          "same share of every batch).",
          applies_if(
              [](const auto& config) {
                return config.network.architecture == Architecture::stsr_inr;
              },
              "only for network.architecture 'stsr-inr'"));
    field("shuffle_rows", self.shuffle_rows,
          "Rows that are shuffled together, taken in 1024 pieces from all over the data; 0 for all "
          "rows, or those of 33554432 samples where the data are mapped from files.");
    field("noise_group", self.noise_group,
          "Rows of one variable that are drawn together and share one draw of the latent noise and "
          "one pass of the modulator.");
    field("range", self.range,
          "Value range of a variable: 'global' (all kept time steps) or 'per-step' (as in the "
          "paper).");
    field("validate", self.validate,
          "Hold out about a tenth of the samples for the first 60 % of the run, to measure how far "
          "the network is to be believed between samples and between time steps, and what that "
          "gains over interpolation.");
    field("keep_samples", self.keep_samples,
          "Put the coarse samples into the model file, so that its output interpolates them; they "
          "are left out where they are mapped from files.");
    OptimiserConfig::fields(self, field);
    field("schedule", self.schedule, "'constant' or 'cosine' decay of all learning rates.");
    field("final_rate", self.final_rate, "Share of the learning rates left at the end of 'cosine'.",
          applies_if(self.schedule == ScheduleKind::cosine, "only for schedule 'cosine'"));
    field("seed", self.seed, "Seed of all random numbers.");
    field("checkpoint_minutes", self.checkpoint_minutes,
          "Minutes between checkpoints, at least 0.01.");
    field("precision", self.precision,
          "What the matrix products multiply: 'float32', or 'bf16' where the processor has "
          "instructions for it.");
  }
  bool operator==(const TrainingConfig&) const = default;
};

/// Samples of `shuffle_rows` where that is 0 and data are mapped: two such windows are 256 MiB of
/// values in the system's cache of files.
inline constexpr std::uint64_t mapped_shuffle_samples = std::uint64_t{1} << 25;

/// Everything that a configuration file holds, a section a member.
struct Config {
  NetworkConfig network;
  BlockConfig blocks;
  TrainingConfig training;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& section) {
    section("network", self.network, "Shape of the network.");
    section("blocks", self.blocks, "Blocks of the volume, one per head.");
    section("training", self.training, "How the network is trained.");
  }
  bool operator==(const Config&) const = default;
};

}  // namespace stsr

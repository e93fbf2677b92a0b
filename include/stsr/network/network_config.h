#pragma once

#include <array>
#include <cstddef>

#include "stsr/base/config_field.h"

namespace stsr {

/// Which network maps coordinates to values. `stsr_inr`: a modulated network with a latent vector a
/// variable and a head a block (method section 3). `coordnet`: the baseline of Han & Wang 2023
/// (method section 7), residual blocks with one output per variable; it has neither latents, nor
/// blocks, nor heads, and all its variables share one grid and their times.
enum class Architecture { stsr_inr, coordnet };
template <>
struct EnumNames<Architecture> {
  static constexpr std::array<EnumTable<Architecture>, 2> values{
      {{Architecture::stsr_inr, "stsr-inr"}, {Architecture::coordnet, "coordnet"}}};
};

/// How the latent vector phi of a variable comes about (method section 4). `vad`: phi = mu + sigma
/// eps with a fixed log sigma^2 (variational auto-decoder); `ad`: phi = mu; `one_hot`: phi is a
/// unit vector, one entry a variable, not learned.
enum class LatentKind { vad, ad, one_hot };
template <>
struct EnumNames<LatentKind> {
  static constexpr std::array<EnumTable<LatentKind>, 3> values{
      {{LatentKind::vad, "vad"}, {LatentKind::ad, "ad"}, {LatentKind::one_hot, "one-hot"}}};
};

/// How phi acts on the synthesis network. `modulation`: a second network of the same shape scales
/// every feature; `concatenation`: phi joins the coordinates and there is no modulator.
enum class Conditioning { modulation, concatenation };
template <>
struct EnumNames<Conditioning> {
  static constexpr std::array<EnumTable<Conditioning>, 2> values{
      {{Conditioning::modulation, "modulation"}, {Conditioning::concatenation, "concatenation"}}};
};

/// Activation of the modulator's layers.
enum class ModulatorActivation { sine, relu };
template <>
struct EnumNames<ModulatorActivation> {
  static constexpr std::array<EnumTable<ModulatorActivation>, 2> values{
      {{ModulatorActivation::sine, "sine"}, {ModulatorActivation::relu, "relu"}}};
};

/// What a block adds to the shared trunk. `residual`: three modulated stages and a linear layer
/// (the released code); `linear`: a linear layer on the trunk's features (the paper's model sizes).
enum class HeadKind { residual, linear };
template <>
struct EnumNames<HeadKind> {
  static constexpr std::array<EnumTable<HeadKind>, 2> values{
      {{HeadKind::residual, "residual"}, {HeadKind::linear, "linear"}}};
};

/// Shape of the network (method sections 3 and 7). A CoordNet has a width, residual blocks and
/// omegas; the others must be left at their defaults (io/unused_settings.h).
struct NetworkConfig {
  Architecture architecture = Architecture::stsr_inr;
  std::size_t width = 128;
  std::size_t residual_blocks = 5;
  HeadKind head = HeadKind::linear;
  Conditioning conditioning = Conditioning::modulation;
  ModulatorActivation modulator_activation = ModulatorActivation::sine;
  LatentKind latent = LatentKind::vad;
  std::size_t latent_length = 64;
  double latent_log_variance = -7.0;
  double omega_stem = 3.0;
  double omega_residual = 3.0;
  double omega_head = 3.0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& field) {
    const bool stsr_inr = self.architecture == Architecture::stsr_inr;
    const bool modulated = stsr_inr && self.conditioning == Conditioning::modulation;
    field("architecture", self.architecture,
          "'stsr-inr', or 'coordnet' (one output per variable; no latents, blocks or heads).");
    field("width", self.width,
          "Features of a hidden layer; a multiple of 4, at least 8. The stem has a quarter, a half "
          "and the whole of it.");
    field("residual_blocks", self.residual_blocks, "Residual blocks after the stem.");
    field("head", self.head,
          "What a block adds to the shared trunk: 'residual' (three modulated stages, as released) "
          "or 'linear' (one linear layer).",
          applies_if(stsr_inr, "only for architecture 'stsr-inr'"));
    field("conditioning", self.conditioning,
          "How the latent vector acts: 'modulation' or 'concatenation' with the coordinates.",
          applies_if(stsr_inr, "only for architecture 'stsr-inr'"));
    field("modulator_activation", self.modulator_activation,
          "Activation of the modulator: 'sine' or 'relu'.",
          applies_if(modulated, "only for architecture 'stsr-inr' with conditioning 'modulation'"));
    field("latent", self.latent, "Kind of latent vector: 'vad', 'ad' or 'one-hot'.",
          applies_if(stsr_inr, "only for architecture 'stsr-inr'"));
    field("latent_length", self.latent_length,
          "Entries of the latent vector; 'one-hot' takes the number of variables instead.",
          applies_if(stsr_inr && self.latent != LatentKind::one_hot,
                     "only for architecture 'stsr-inr' with latent 'vad' or 'ad'"));
    field("latent_log_variance", self.latent_log_variance,
          "log sigma^2 of the noise on the latent vector in training.",
          applies_if(stsr_inr && self.latent == LatentKind::vad,
                     "only for architecture 'stsr-inr' with latent 'vad'"));
    field("omega_stem", self.omega_stem, "Frequency factor of the three stem layers or blocks.");
    field("omega_residual", self.omega_residual, "Frequency factor of the residual blocks.");
    field("omega_head", self.omega_head,
          "Frequency factor of residual heads, or of the last block of a 'coordnet'.",
          applies_if(!stsr_inr || self.head == HeadKind::residual,
                     "only for head 'residual' or architecture 'coordnet'"));
  }
  bool operator==(const NetworkConfig&) const = default;
};

}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "stsr/network/network_config.h"
#include "stsr/network/parameters.h"
#include "stsr/sampling/block_config.h"
#include "stsr/volume/sequence.h"
#include "stsr/volume/value_range.h"

namespace stsr {

/// Which coarse samples hold no value. One bit a sample, x fastest, lowest bit first; one map for
/// all time steps where they agree, else one a step; no map where nothing is missing.
struct MissingMap {
  std::vector<std::vector<std::uint8_t>> steps;

  [[nodiscard]] bool any() const { return !steps.empty(); }
  [[nodiscard]] bool missing(std::size_t step, std::size_t index) const {
    if (steps.empty()) return false;
    const auto& bits = steps[steps.size() == 1 ? 0 : step];
    return ((bits[index / 8] >> (index % 8)) & 1U) != 0;
  }
  bool operator==(const MissingMap&) const = default;
};

/// The missing samples (NaN) of a sequence.
[[nodiscard]] MissingMap missing_map(const Sequence& sequence);

/// What a model knows of a variable that it was trained on.
struct TrainedVariable {
  VariableInfo info;                        ///< the coarse grid, the kept times, the reduction
  RangeSeries ranges;                       ///< back to the data's unit
  std::array<double, 2> time_span{0.0, 0.0};  ///< times that the network sees as -1 and 1
  MissingMap missing;

  /// Network time: linear, -1 at time_span[0], 1 at time_span[1]; 0 where they are equal.
  [[nodiscard]] double network_time(double time) const;
};

/// A trained network with everything that is needed to write volumes from it: one file.
struct Model {
  NetworkConfig network;
  BlockConfig blocks;
  std::vector<TrainedVariable> variables;
  std::vector<float> parameters;  ///< in the order of network_layout(network, variables, heads)
  std::string config;             ///< the whole resolved configuration of the training, TOML

  /// mu of a variable, [latent length].
  [[nodiscard]] std::vector<float> latent(std::size_t variable) const;
};

/// Version of the model file that this build writes; it reads this one and older ones.
inline constexpr int model_file_version = 1;

/// Writes a model as safetensors (docs/formats.md), beside the final name and renamed.
void save_model(const std::filesystem::path& path, const Model& model);

/// @throws FileError  not a model, truncated, of wrong shapes, or newer than this build.
[[nodiscard]] Model load_model(const std::filesystem::path& path);

}  // namespace stsr

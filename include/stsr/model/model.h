#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "stsr/io/safetensors.h"
#include "stsr/model/correction.h"
#include "stsr/network/network_config.h"
#include "stsr/network/network_plan.h"
#include "stsr/sampling/block_config.h"
#include "stsr/volume/missing_map.h"
#include "stsr/volume/sequence.h"
#include "stsr/volume/stored_sequence.h"
#include "stsr/volume/value_range.h"

namespace stsr {

/// What a model knows of a variable that it was trained on.
struct TrainedVariable {
  VariableInfo info;                          ///< the coarse grid, the kept times, the reduction
  RangeSeries ranges;                         ///< back to the data's unit
  std::array<double, 2> time_span{0.0, 0.0};  ///< times that the network sees as -1 and 1; see
                                              ///< network_time() in sampling/time_span.h
  MissingMap missing;
  /// Of the values that it was trained on, see Survey; none in files written before it was kept.
  std::optional<std::uint64_t> fingerprint = {};
  std::optional<SampleSource> source = {};    ///< of the same; none where it is not known
  std::optional<Correction> correction = {};  ///< none where it was not measured
};

/// A trained network with everything that is needed to write volumes from it: one file.
struct Model {
  NetworkConfig network;
  BlockConfig blocks;
  std::vector<TrainedVariable> variables;
  std::vector<float> parameters;  ///< in the order of plan().layout
  /// [variable][step] What it was trained on, in the data's unit, NaN where missing; or empty.
  std::vector<std::vector<StoredStep>> samples = {};
  std::string config = {};  ///< the whole resolved configuration of the training, TOML

  /// The layers and offsets of `parameters`.
  [[nodiscard]] NetworkPlan plan() const {
    return plan_network(network, variables.size(), blocks.heads());
  }
};

/// What model files keep of variables, but for missing maps: the JSON text of their metadata
/// `variables` (docs/formats.md).
[[nodiscard]] std::string variables_text(const std::vector<TrainedVariable>& variables);

/// The inverse. @param path  names the file in messages
/// @throws FileError  not such a text, or values that contradict each other.
[[nodiscard]] std::vector<TrainedVariable> variables_from_text(const std::filesystem::path& path,
                                                               const std::string& text);

/// Version of the model file that this build writes; it reads this one and older ones.
inline constexpr int model_file_version = 1;

/// The model as named tensors and metadata (docs/formats.md); its samples are borrowed.
/// @throws ShapeError  there are not as many parameters as its network has.
[[nodiscard]] TensorFile to_tensor_file(const Model& model);

/// The inverse. Tensors and metadata of other names are ignored, so a checkpoint is a model too.
/// @param path  names the file in messages
/// @throws FileError  not a model, a wrong shape or value, or newer than this build.
[[nodiscard]] Model from_tensor_file(const std::filesystem::path& path, const TensorFile& file);

/// Writes a model file beside the final name and renames it.
/// @throws FileError  also where a file of that name is there and is no model; ShapeError;
///   NumericError  a parameter is not finite.
void save_model(const std::filesystem::path& path, const Model& model);

/// @throws FileError  as from_tensor_file and read_safetensors.
[[nodiscard]] Model load_model(const std::filesystem::path& path);

}  // namespace stsr

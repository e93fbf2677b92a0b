#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/model/model.h"
#include "stsr/network/engine.h"
#include "stsr/volume/output_grid.h"

namespace stsr {

/// One variable to be written: a trained one, or a mixture of several (blend.h).
struct OutputVariable {
  TrainedVariable trained;     ///< grid, ranges and times behind it; its name and unit are written
  std::vector<float> latent;   ///< phi
  OutputGrid grid;             ///< where its samples lie
  std::size_t first_head = 0;  ///< of the network; see Upscaler

  /// Its description in the data set that is written.
  [[nodiscard]] VariableInfo info() const;
};

/// The chosen variables of a model on the requested grid.
/// @throws ValueError  an index is out of range; a request that a variable cannot meet (the message
///   of output_grid, with the variable's name).
[[nodiscard]] std::vector<OutputVariable> output_variables(const Model& model,
                                                           std::span<const std::size_t> chosen,
                                                           const GridRequest& request);

/// Descriptions of all of them, for create_dataset.
[[nodiscard]] std::vector<VariableInfo> output_infos(std::span<const OutputVariable> outputs);

/// Tells all that the values of these outputs depend on from anything else, for OutputRun: the
/// whole model, and latents, ranges and samples of the outputs. The number of threads and the
/// instruction set do not count; they change values by rounding at most.
[[nodiscard]] std::string fingerprint_of(const Model& model,
                                         std::span<const OutputVariable> outputs);

/// Makes the decoders of latent vectors.
struct DecoderFactory {
  /// E.g. Engine::decoder.
  std::function<std::unique_ptr<Decoder>(std::span<const float> latent)> make;
  /// Memory of one decoder, about: 4 a parameter of the network.
  std::size_t bytes = 0;
};

/// Evaluates all time steps of all variables that the writer has not found on disk, and writes
/// them, all variables of a step one after the other. Variables of one latent vector and on one
/// grid (those of a CoordNet) share the passes of the network. The caller closes the writer.
/// Progress counts samples.
///
/// Memory: at most 64 MiB of values, 128 MiB where variables share passes, what the writer holds,
/// one decoder, and 64 MiB of decoders that are kept for the next time step, whatever the size of
/// the output (larger time steps lie in a mapped file beside the output until they are written).
/// @param blocks  of the model
/// @throws Interrupted  progress asks to stop; FileError  from the writer; NumericError  from
///   Upscaler.
void write_outputs(const BlockConfig& blocks, std::span<const OutputVariable> outputs,
                   const DecoderFactory& decoders, DatasetWriter& writer, Progress& progress);

}  // namespace stsr

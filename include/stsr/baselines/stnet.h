#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/baselines/stnet_config.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/model/model.h"
#include "stsr/training/training_session.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// STNet, the baseline of Han et al. 2022 ("STNet: An end-to-end generative framework for
/// synthesizing spatiotemporal super-resolution volumes", IEEE TVCG 28(1)), as section 7 of the
/// method defines it: a convolutional network that turns two coarse volumes at consecutive kept
/// steps into the u_t + 2 fine frames from the one to the other. One network serves all variables,
/// which it cannot tell apart.
///
/// Unlike every other method here it is shown the truth of the first fifth of the time steps; the
/// publications that compare with it grant it that, and a comparison must say so.

/// True where this build has Torch, and so STNet.
[[nodiscard]] bool torch_available();

/// The fine values of one variable at one time step before the reduction, [nz*ny*nx] on
/// Reduction::full_dims, x fastest, in the data's unit; NaN where missing.
using TruthReader = std::function<std::vector<float>(std::size_t variable, std::size_t step)>;

/// A training run. It writes
///   output                    the model, when the run is finished
///   output + ".checkpoint"    where it stands, from time to time and when it is stopped
///   output + ".log.jsonl"     one JSON object per finished epoch
struct StnetRequest {
  std::vector<Sequence> coarse;  ///< reduced by the same factors; names differ, grids may too
  TruthReader truth;             ///< of coarse[variable]; empty: only the unsupervised phase runs
  StnetConfig config;
  std::filesystem::path output;
  bool resume = false;                       ///< from the checkpoint
  std::optional<double> time_limit_seconds;  ///< of training, over all resumptions; each phase gets
                                             ///< a share of it in proportion to its epochs
  bool until_time_limit =
      false;  ///< with a time limit, phases end by it alone, not by their epochs
  TrainingClock::Now now = TrainingClock::steady_seconds;
};

struct StnetSummary {
  std::size_t epochs = 0;      ///< finished, over all phases
  std::size_t steps = 0;       ///< of the generator's optimiser
  std::size_t parameters = 0;  ///< of the generator
  double loss = 0.0;           ///< (u_t + 2) * MSE, mean over the last epoch, network units
  double seconds = 0.0;        ///< over all resumptions
  bool supervised = false;     ///< false: there was no truth, only the unsupervised phase ran
};

/// Trains STNet on all coarse sequences and writes the model.
///
///   unsupervised  (u_t + 2) MSE(down(frames), coarse frames), kept steps only
///   supervised    (u_t + 2) MSE(frames, truth), windows within the first truth_share of the steps
///   adversarial   as before + adversarial_weight MSE(D(frames), 1), after a step of the
///                 discriminator on 1/2 (MSE(D(truth), 1) + MSE(D(frames), 0))
///
/// An epoch visits every window of every variable, in a random order, and takes crops_per_window
/// random crops of it, each one step of Adam. Values are mapped to [-1, 1] by the range of the
/// coarse values (training.range). Missing values are replaced by their neighbours' average.
///
/// On the processor the same seed and thread count give the same bits, also when the run is stopped
/// and resumed, unless a time limit ends it. Memory: the coarse samples, at most 1 GiB of truth (or
/// one window), 16 bytes a parameter and the activations of one crop.
///
/// @throws ValueError   no Torch; a sequence is not reduced or by other factors, u_s is no power of
///                      two or differs between axes, too few kept steps, a value out of range, no
///                      CUDA where it is asked for
/// @throws FileError    the output cannot be written or is in use; a checkpoint does not fit
/// @throws NumericError the loss is not finite; the last checkpoint stays
/// @throws Interrupted  progress asked to stop; a checkpoint has been written
StnetSummary train_stnet(StnetRequest request, Progress& progress);

/// A trained generator with what is needed to write volumes from coarse ones: one file
/// (docs/formats.md).
struct StnetModel {
  StnetConfig config;
  std::size_t space = 1;                   ///< u_s
  std::size_t time = 0;                    ///< u_t
  std::vector<TrainedVariable> variables;  ///< grids, times, reductions and ranges
  std::vector<float> generator;            ///< parameters, layer by layer, weights before bias
};

/// Reads a model or a checkpoint. @throws FileError  it is none, or newer than this build.
[[nodiscard]] StnetModel load_stnet(const std::filesystem::path& path);

/// How volumes are computed.
struct StnetInference {
  std::size_t tile = 16;  ///< coarse samples along each axis that are upscaled at once, at least 1
  StnetDevice device = StnetDevice::cpu;
};

/// Descriptions of what write_stnet() writes: the grids and times before the reduction.
/// @throws ValueError  a sequence is not one of the model's variables (by name), or is reduced by
/// other factors.
[[nodiscard]] std::vector<VariableInfo> stnet_infos(const StnetModel& model,
                                                    std::span<const Sequence> coarse);

/// Tells all that the output depends on from anything else, for OutputRun.
[[nodiscard]] std::string stnet_fingerprint(const StnetModel& model,
                                            std::span<const Sequence> coarse,
                                            const StnetInference& inference);

/// Upscales all time steps that the writer has not found on disk. The caller closes the writer.
///
/// Between two kept steps, the network's frames. At a kept step, the average of the last frame of
/// the window before and the first of the window after it (the first and the last kept step have
/// one window). After the last kept step, its frame is held. Where the coarse sample nearest to an
/// output sample is missing in a kept step that the output is made from, the output is NaN.
///
/// Space is cut into tiles with margins as wide as the network sees, so the values are those of the
/// whole volume at once, but for the rounding of sums. Memory: the activations of one tile (about
/// 3 GB for 16 samples at the default width and u_s = 4), whatever the volume, and u_t + 2 output
/// steps a variable, which the writer keeps in mapped files where they are large.
/// @param coarse  in the order of the writer's variables
/// @throws as stnet_infos, and Interrupted, FileError  from progress and writer.
void write_stnet(const StnetModel& model, std::span<const Sequence> coarse,
                 const StnetInference& inference, DatasetWriter& writer, Progress& progress);

}  // namespace stsr

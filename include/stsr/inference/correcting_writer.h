#pragma once

#include <span>
#include <vector>

#include "stsr/baselines/interpolator.h"
#include "stsr/inference/output_variable.h"
#include "stsr/io/dataset_writer.h"

namespace stsr {

/// Makes the output of a network pass through the coarse samples that it was trained on: adds to
/// every volume, before another writer gets it, what the network misses the samples by,
/// interpolated as TL does (cubic spline in space, linear in time, held outside; Interpolator).
///
///     output(p, t) = network(p, t) + TL(samples - network at the samples)(p, t)
///
/// So the interpolation has to do with the small and smooth rest only, and the network with all
/// that interpolation cannot know. Where that rest is missing (Interpolator), the network's value
/// stays.
///
/// Memory: as an Interpolator for every output, and 16 MiB. Computing time: the network at the
/// coarse samples, once for every coarse step, and the interpolation.
class CorrectingWriter final : public DatasetWriter {
 public:
  /// Keeps references to all but `samples`, which must outlive it.
  /// @param writer    gets the corrected volumes; output i is its variable i
  /// @param blocks    of the model
  /// @param samples   [outputs] the values of trained.info of each output: what the network was
  ///                  trained on, in the data's unit
  /// @throws ShapeError  there are not as many `samples` as outputs.
  CorrectingWriter(DatasetWriter& writer, const BlockConfig& blocks,
                   std::span<const OutputVariable> outputs, const DecoderFactory& decoders,
                   std::vector<StepReader> samples);
  CorrectingWriter(const CorrectingWriter&) = delete;
  CorrectingWriter& operator=(const CorrectingWriter&) = delete;

  [[nodiscard]] bool found(std::size_t variable, std::size_t step) const override;
  [[nodiscard]] StepValues make_values(std::size_t variable) const override;
  using DatasetWriter::write;
  /// As the other writer, and whatever `samples` throw; for one thread.
  void write(std::size_t variable, std::size_t step, StepValues values) override;
  void close() override;

 private:
  [[nodiscard]] std::vector<float> rest(std::size_t variable, std::size_t coarse_step) const;

  DatasetWriter& writer_;
  const BlockConfig& blocks_;
  std::span<const OutputVariable> outputs_;
  const DecoderFactory& decoders_;
  std::vector<StepReader> samples_;
  std::vector<Interpolator> rests_;  // of the outputs
};

/// The samples of a variable's own coarse grid and times, as output.
[[nodiscard]] OutputGrid coarse_samples(const VariableInfo& info);

}  // namespace stsr

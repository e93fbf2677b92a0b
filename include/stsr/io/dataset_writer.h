#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/io/formats.h"
#include "stsr/io/step_values.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// Which run writes a data set, so that it can be resumed after an interruption.
struct OutputRun {
  /// Tells all that the values depend on from anything else (base/fingerprint.h), but for the
  /// descriptions of the variables and the format. Empty: it cannot be resumed.
  std::string fingerprint;
  /// Keep the time steps that an interrupted run of the same fingerprint left.
  bool resume = false;
  /// Of the numbers in the files: float32, which does not hold the variation of packed variables
  /// (a warning says so), or float64.
  ElementType type = ElementType::float32;
};

/// The type that holds what these variables hold.
[[nodiscard]] ElementType sufficient_type(std::span<const VariableInfo> variables);

/// Writes a data set into a folder, a time step at a time: files of one format (io/step_writer.h)
/// and a `dataset.toml` that open_dataset reads and that keeps units and reduction. Every file is
/// written beside its final name and renamed when whole; `dataset.toml` and the .pvd appear last,
/// in close(), so a folder that has one is complete. The folder is locked against a second writer
/// until destruction.
///
/// Until close() a mark, `dataset.unfinished`, says that the steps are of an unfinished run. Where
/// close() is never reached, finished steps stay for the run that resumes it (OutputRun);
/// where none can, they are removed.
class DatasetWriter {
 public:
  virtual ~DatasetWriter() = default;

  /// True where the step is on disk from an earlier, interrupted run and is not to be written.
  [[nodiscard]] virtual bool found(std::size_t variable, std::size_t step) const = 0;

  /// Room for one time step of a variable, to be filled and given to write(): volumes may be larger
  /// than memory. found() and make_values() may be called while other threads write.
  /// @throws FileError  the disk is full.
  [[nodiscard]] virtual StepValues make_values(std::size_t variable) const = 0;

  /// The values [nz*ny*nx], x fastest, packed as the variable says. Each (variable, step) that was
  /// not found is written once, steps in any order; a file that several variables share is written
  /// when its last one has arrived. Several threads may write at once.
  /// @throws FileError  the disk is full or the folder cannot be written; ShapeError, ValueError
  ///   values that do not fit, twice, or of no variable or step; NumericError  a value is infinite.
  virtual void write(std::size_t variable, std::size_t step, StepValues values) = 0;

  /// The same for values that lie in memory; they are copied.
  void write(std::size_t variable, std::size_t step, std::span<const float> values);

  /// Finishes the data set. @throws FileError  as above, or an earlier write() failed; ValueError
  /// if a step is missing.
  virtual void close() = 0;
};

/// Memory: what make_values() gives lies in memory where the time steps of all variables that are
/// on their way, `at_once` and a next one, take at most 192 MiB, and no volume more than 64 MiB;
/// else in mapped files in `folder` that vanish with their owner. Writing takes at most 128 MiB
/// more, whatever the size.
/// @param at_once  time steps that are going to be written at the same time, by as many threads; 1
/// to 256
/// @throws FileError  the folder cannot be made, is in use by another run, holds files that are not
/// ours, or an unfinished run is to be resumed that is another one; ValueError  a format
/// that is only read or that this build cannot write, or `at_once` out of its range.
[[nodiscard]] std::unique_ptr<DatasetWriter> create_dataset(const std::filesystem::path& folder,
                                                            std::vector<VariableInfo> variables,
                                                            const Format& format,
                                                            const OutputRun& run = {},
                                                            std::size_t at_once = 1);

/// True where an interrupted run left its mark.
[[nodiscard]] bool is_unfinished(const std::filesystem::path& folder);

}  // namespace stsr

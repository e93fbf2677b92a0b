#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "stsr/io/step_values.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// `vti`: one VTK image a time step for all variables that share grid and times, with a .pvd;
/// `raw`: one float32 file a variable and time step. Both with a `dataset.toml` that open_dataset
/// reads and that keeps units and reduction.
enum class DatasetFormat { vti, raw };

/// Writes a data set into a folder, a time step at a time. Every file is written beside its final
/// name and renamed when whole; `dataset.toml` and the .pvd appear last, in close(), so a folder
/// that has one is complete. The folder is locked against a second writer until destruction.
class DatasetWriter {
 public:
  virtual ~DatasetWriter() = default;

  /// Room for one time step of a variable, to be filled and given to write(): volumes may be larger
  /// than memory. @throws FileError  the disk is full.
  [[nodiscard]] virtual StepValues make_values(std::size_t variable) const = 0;

  /// The values [nz*ny*nx], x fastest, in the data's unit. Each (variable, step) is written once,
  /// steps in any order; for `vti`, a file is written when its last variable has arrived.
  /// @throws FileError  the disk is full or the folder cannot be written; ShapeError, ValueError
  ///   values that do not fit, twice, or of no variable or step; NumericError  a value is infinite.
  virtual void write(std::size_t variable, std::size_t step, StepValues values) = 0;

  /// The same for values that lie in memory; they are copied.
  void write(std::size_t variable, std::size_t step, std::span<const float> values);

  /// Finishes the data set. @throws FileError  as above; ValueError  if a step is missing.
  virtual void close() = 0;
};

/// @throws FileError  the folder cannot be made or is in use by another run; ValueError  `vti`
/// where this build has no VTK.
[[nodiscard]] std::unique_ptr<DatasetWriter> create_dataset(const std::filesystem::path& folder,
                                                            std::vector<VariableInfo> variables,
                                                            DatasetFormat format);

/// True where this build reads and writes .vti and .pvd.
[[nodiscard]] bool vtk_available();

}  // namespace stsr

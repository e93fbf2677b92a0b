#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "stsr/io/atomic_file.h"
#include "stsr/io/element_type.h"
#include "stsr/io/step_values.h"
#include "stsr/volume/grid.h"
#include "stsr/volume/packing.h"

namespace stsr {

/// The values of one variable for a file, x fastest.
struct NamedValues {
  std::string name;
  const StepValues* values;  // [nz*ny*nx], packed
  Packing packing = {};
  ElementType type = ElementType::float32;  ///< of the numbers in the file; float32 or float64
};

/// Calls `f` with the values as the file has them, a span of float or double.
template <class F>
void unpacked(std::span<const float> values, const NamedValues& variable, const F& f) {
  if (variable.type == ElementType::float64) {
    std::vector<double> all(values.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = variable.packing.unpacked(values[i]);
    f(std::span<const double>(all));
  } else if (variable.packing.plain()) {
    f(values);
  } else {
    std::vector<float> all(values.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] = static_cast<float>(variable.packing.unpacked(values[i]));
    f(std::span<const float>(all));
  }
}

/// How a format writes the files of a data set, one per time step, so that a run that was
/// interrupted resumes after the last whole one. Names, folders and locks are DatasetWriter's.
/// Several threads may call write() at once.
class StepWriter {
 public:
  virtual ~StepWriter() = default;

  /// True where one file holds all variables that share grid and times; else each has its own.
  [[nodiscard]] virtual bool shares_files() const = 0;

  /// True where writing computes enough (compression) that several threads pay.
  [[nodiscard]] virtual bool compresses() const = 0;

  /// Keys and values (as TOML) that a data set file needs to read the files again, beside `format`.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> description() const = 0;

  /// Writes one time step into `file`; the caller commits it.
  /// @param variables   one, or all that share the file
  /// @param max_values  so many values, of all variables together, may be in memory beyond those
  ///   of StepValues that lie there already
  /// @throws FileError  e.g. the disk is full.
  virtual void write(AtomicFile& file, const Grid& grid, std::span<const NamedValues> variables,
                     std::size_t max_values) const = 0;

  /// Whether a file that write() made is there to its last byte.
  /// @param type  of the numbers of its variables, or of the first
  [[nodiscard]] virtual bool is_whole(const std::filesystem::path& file, const Grid& grid,
                                      ElementType type) const = 0;

  /// Extension of the file that names all time steps of a series and comes last, ".pvd"; empty
  /// where the format has none.
  [[nodiscard]] virtual std::string index_extension() const = 0;

  /// That file, with `index_mark` in it. @param files, times  one per time step
  [[nodiscard]] virtual std::string index_text(std::span<const std::string> files,
                                               std::span<const double> times) const = 0;
};

/// Stands in every index file that STSR wrote and may write again.
inline constexpr const char* index_mark = "<!-- Written by STSR, which may write it again. -->";

}  // namespace stsr

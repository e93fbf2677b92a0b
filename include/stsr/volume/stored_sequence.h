#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stsr/volume/sequence.h"

namespace stsr {

/// The values of one time step wherever they lie, and what keeps them there. Copies share them.
struct StoredStep {
  std::span<const float> values;      // [nz*ny*nx], x fastest; NaN where missing
  std::shared_ptr<const void> owner;  // of the values
  std::string file;                   // that they are mapped from; empty where they lie in memory

  /// Where they are mapped: begins to read them, and takes them out of the process's memory again
  /// (base/memory.h). Whoever reads whole steps does both, so that only a few are there at a time.
  void fetch() const;
  void release() const;
};

/// Where the values of a variable were read, and can be read again.
struct SampleSource {
  std::string data;      ///< absolute path of the data set
  std::string variable;  ///< its name there
  bool operator==(const SampleSource&) const = default;
};

/// A variable with all its time steps as training reads them: in memory, or mapped from files, so
/// that they may be larger than memory. Copies share the values.
///
/// A mapped file must keep its size: where it is cut short, reading the values that are gone ends
/// the process with the signal SIGBUS.
struct StoredSequence {
  VariableInfo info;
  std::vector<StoredStep> steps;
  std::optional<SampleSource> source = {};  ///< none where it is not known

  StoredSequence() = default;
  /// In memory: takes the values over.
  StoredSequence(Sequence sequence);  // NOLINT: a sequence is one

  /// True where a time step is mapped.
  [[nodiscard]] bool mapped() const;
};

}  // namespace stsr

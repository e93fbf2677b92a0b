#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stsr/base/fingerprint.h"
#include "stsr/volume/missing_map.h"
#include "stsr/volume/stored_sequence.h"
#include "stsr/volume/value_range.h"

namespace stsr {

/// What one scan of every value of a sequence tells.
struct Survey {
  std::vector<ValueRange> ranges;  ///< [step] of the finite values; low > high where there is none
  std::vector<std::optional<std::size_t>> infinite;  ///< [step] index of the first infinite value
  MissingMap missing;                                ///< samples that are NaN or infinite
  std::uint64_t fingerprint =
      0;  ///< two sequences share it only if their values do; see Fingerprint
};

/// Reads every value once, in parallel; mapped ones are read ahead and released again, so that few
/// of them are in memory at a time.
[[nodiscard]] Survey survey(const StoredSequence& sequence);

/// The fingerprint that survey() gives, of time steps that come one after the other.
class SequenceFingerprint {
 public:
  /// The next time step, [nz*ny*nx], x fastest.
  void add(std::span<const float> values);
  [[nodiscard]] std::uint64_t bits() const { return all_.bits(); }

 private:
  Fingerprint all_;
};

/// The value ranges of a sequence. @throws ValueError  where a needed step holds no finite value.
[[nodiscard]] RangeSeries ranges_of(const VariableInfo& info, const Survey& survey, RangeMode mode);

/// The same of a sequence in memory, which is scanned for that.
[[nodiscard]] RangeSeries ranges_of(const Sequence& sequence, RangeMode mode);

}  // namespace stsr

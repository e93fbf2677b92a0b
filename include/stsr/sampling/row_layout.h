#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stsr/base/divisor.h"
#include "stsr/sampling/partition.h"

namespace stsr {

/// Which samples the rows of a variable consist of, and their coordinates. Row r is the local
/// sample (t, z, y, x) with r = ((t*lz + z)*ly + y)*lx + x, where lx, ly, lz are the partition's
/// local_dims(); it has one sample of each block. Tables of a few numbers a local index and block;
/// nothing per row.
class RowLayout {
 public:
  explicit RowLayout(const Partition& partition, const VariableInfo& info);

  struct Place {
    std::size_t step = 0;                  ///< time step
    std::ptrdiff_t offset = 0;             ///< of the sample from the block's origin, see origins()
    std::array<std::uint32_t, 3> local{};  ///< local index along x, y, z
    bool whole = false;                    ///< every block has a sample here
  };

  /// @param row    below 2^48 and the number of rows
  /// @param place  written: a copy of it would wait for its parts
  void locate(std::uint64_t row, Place& place) const;
  /// The first row of a time step, which may be one past the last.
  [[nodiscard]] std::uint64_t first_row(std::size_t step) const { return step * rows_per_step_; }
  /// The parts [begin, end) of a time step that hold the samples of rows first..last of it, in
  /// rising order; parts that lie within some pages of one another are joined.
  [[nodiscard]] std::vector<std::array<std::size_t, 2>> extents(std::uint64_t first,
                                                                std::uint64_t last,
                                                                std::size_t step_size) const;
  /// Writes (t, z, y, x): network time and local coordinates.
  void write_coordinates(const Place& place, float* coordinates) const;

  /// [head] Where in a time step the sample at local indices 0, 0, 0 of a head's block lies. It may
  /// be a number outside the step (padding), but origin + offset is the sample of every head that
  /// has one.
  [[nodiscard]] std::span<const std::ptrdiff_t> origins() const { return origins_; }
  /// False where the head's block holds no sample at this place: past the end of the data, padding.
  [[nodiscard]] bool has_sample(const Place& place, std::size_t head) const;

 private:
  /// Local indices [begin, end) of one axis.
  struct Interval {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    [[nodiscard]] bool contains(std::uint32_t i) const { return i >= begin && i < end; }
  };
  struct Axis {
    std::ptrdiff_t stride = 1;           // in a time step
    std::vector<float> coordinates;      // [local]
    std::vector<Interval> filled;        // [block] with a sample
    Interval whole;                      // where every block has one
    std::vector<std::ptrdiff_t> origin;  // [block] of local index 0
  };

  [[nodiscard]] static Axis make_axis(const AxisPartition& partition, std::ptrdiff_t stride);

  std::array<Axis, 3> axes_;
  std::vector<std::array<std::size_t, 3>> blocks_;  // [head]
  std::vector<std::ptrdiff_t> origins_;             // [head]
  std::vector<float> times_;                        // [step] network times
  Dims local_;                                      // local indices
  std::size_t rows_per_step_;
  Divisor step_;   // rows of a time step
  Divisor plane_;  // rows of a plane of constant z
  Divisor line_;   // rows of a line along x
};

}  // namespace stsr

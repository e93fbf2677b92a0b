#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "stsr/sampling/block_config.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// The blocks along one axis of a variable's coarse grid of N samples (method section 2).
///
/// Positions are coarse sample indices, fractional between samples. A block numbers its own samples
/// with local indices 0, 1, ...; what the network sees is a local coordinate, about [-1, 1]. All
/// blocks of an axis have the same local indices and the same coordinates.
///
///  - shared faces: B = ceil((N-1)/k) intervals a block; block j holds samples jB..(j+1)B, both
///    ends included, at coordinate 2(p - jB)/B - 1. N = 1: one local index, at coordinate 0.
///    Blocks that would begin at or behind the last sample hold nothing and own nothing, so the
///    last block that is used ends at or behind the last sample.
///  - paper: k = 2^m blocks by m halvings; before each halving, blocks of odd size get one sample
///    of padding at their low end. Block size b; with the reduction's scale s, sample i of a block
///    lies at coordinate 2 i s / (b s - 1) - 1, 0 where b s = 1.
///
/// Positions outside the data (fine samples behind the last coarse one) belong to the first or the
/// last block; their coordinate may lie outside [-1, 1]: the network extrapolates there.
class AxisPartition {
 public:
  /// @param scale       s, fine samples a coarse one in the reduction; used in paper mode only
  /// @param multiplier  of the local coordinates
  /// @throws ValueError  `samples`, `blocks` or `scale` is 0, `multiplier` is not positive;
  /// `blocks` is not a power of two in
  ///   paper mode or above 65536.
  AxisPartition(BlockMode mode, std::size_t samples, std::size_t blocks, std::size_t scale,
                double multiplier = 1.0);

  /// Samples N of the axis.
  [[nodiscard]] std::size_t samples() const { return samples_; }
  [[nodiscard]] std::size_t blocks() const { return first_.size(); }
  /// Number of local indices that training walks: B + 1, or b in paper mode.
  [[nodiscard]] std::size_t local_samples() const { return local_samples_; }
  /// Local coordinate at `local_index`, which may be fractional.
  [[nodiscard]] double coordinate(double local_index) const {
    return steps_ == 0.0 ? 0.0 : multiplier_ * (2.0 * (local_index * stretch_) / steps_ - 1.0);
  }
  /// The sample at local index i < local_samples() of a block; none where there is only padding or
  /// the data has ended.
  [[nodiscard]] std::optional<std::size_t> sample(std::size_t block, std::size_t i) const;
  /// The block that output at `position` comes from; a face belongs to the block above it, except
  /// the last. Positions within 1e-9 of a sample count as that sample.
  [[nodiscard]] std::size_t owner(double position) const;
  /// The fractional local index of `position` in a block, rounded to a whole one within 1e-9.
  [[nodiscard]] double local_index(double position, std::size_t block) const;
  /// The local coordinate of `position` in a block.
  [[nodiscard]] double local(double position, std::size_t block) const {
    return coordinate(local_index(position, block));
  }

 private:
  void cut_shared_faces(std::size_t blocks);
  void cut_paper(std::size_t blocks, std::size_t scale);

  BlockMode mode_;
  std::size_t samples_;
  std::size_t local_samples_ = 1;
  std::size_t used_blocks_ = 1;  // blocks that own output
  double stretch_ = 1.0;         // coordinate = 2 (index * stretch) / steps - 1
  double steps_ = 0.0;
  double multiplier_ = 1.0;
  std::vector<std::ptrdiff_t> first_;  // [block] sample at local index 0 if there were no padding
  std::vector<std::size_t> padding_;   // [block] local indices of padding at the low end
};

/// The blocks of one variable's coarse grid, one per head.
class Partition {
 public:
  /// @throws ValueError  a split is 0, above 65536 in product, or not a power of two in paper mode.
  Partition(const BlockConfig& config, const VariableInfo& info);

  [[nodiscard]] std::size_t heads() const { return blocks_of_head_.size(); }
  /// What multiplies the network time; see time_span().
  [[nodiscard]] double time_scale() const { return time_scale_; }
  /// Blocks along `axis` 0 (x), 1 (y), 2 (z).
  [[nodiscard]] const AxisPartition& axis(std::size_t axis) const { return axes_[axis]; }
  /// Local indices along x, y, z.
  [[nodiscard]] Dims local_dims() const;
  /// Rows of one time step: product of local_dims().
  [[nodiscard]] std::size_t rows_per_step() const { return local_dims().count(); }

  /// Head of the block (jx, jy, jz). Shared faces: (jx*ky + jy)*kz + jz. Paper: the halvings go
  /// round the axes x, y, z, x, ... (an axis drops out when it has all its blocks), the first being
  /// the slowest in the head's index, low half before high half.
  [[nodiscard]] std::size_t head(std::size_t jx, std::size_t jy, std::size_t jz) const {
    return head_term_[0][jx] + head_term_[1][jy] + head_term_[2][jz];
  }
  /// The block (jx, jy, jz) of a head.
  [[nodiscard]] const std::array<std::size_t, 3>& blocks(std::size_t head) const {
    return blocks_of_head_[head];
  }

 private:
  std::array<AxisPartition, 3> axes_;
  double time_scale_;
  std::array<std::vector<std::size_t>, 3> head_term_;
  std::vector<std::array<std::size_t, 3>> blocks_of_head_;
};

}  // namespace stsr

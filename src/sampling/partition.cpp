#include "stsr/sampling/partition.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "stsr/base/error.h"

namespace stsr {

namespace {

constexpr std::size_t max_heads = 65536;
constexpr double position_slack = 1e-9;  // of a coarse interval

/// The nearest whole number where that is within rounding, else the position itself.
double snap(double position) {
  const double nearest = std::round(position);
  return std::abs(position - nearest) <= position_slack ? nearest : position;
}

void check_split(const BlockConfig& config) {
  constexpr std::array<char, 3> name{'x', 'y', 'z'};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::size_t blocks = config.split[axis];
    if (blocks == 0 || blocks > max_heads)
      throw ValueError(fmt::format("blocks.split along {} must be from 1 to {}, got {}", name[axis],
                                   max_heads, blocks));
    if (config.mode == BlockMode::paper && !std::has_single_bit(blocks))
      throw ValueError(
          fmt::format("blocks.split along {} must be a power of two in 'paper' mode, got {}; use "
                      "'shared-faces' for other numbers",
                      name[axis], blocks));
  }
  if (config.heads() > max_heads)
    throw ValueError(fmt::format("blocks.split = [{}, {}, {}] makes {} heads, at most {} work",
                                 config.split[0], config.split[1], config.split[2], config.heads(),
                                 max_heads));
}

AxisPartition make_axis(const BlockConfig& config, const VariableInfo& info, std::size_t axis) {
  check_split(config);
  const std::size_t scale = info.reduction ? info.reduction->space[axis] : 1;
  return {config.mode, info.grid.dims[axis], config.split[axis], scale, config.space_scale[axis]};
}

/// Shared faces: x slowest, z fastest.
std::array<std::vector<std::size_t>, 3> shared_face_terms(const std::array<std::size_t, 3>& split) {
  const std::array<std::size_t, 3> stride{split[1] * split[2], split[2], 1};
  std::array<std::vector<std::size_t>, 3> terms;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (std::size_t j = 0; j < split[axis]; ++j) terms[axis].push_back(j * stride[axis]);
  return terms;
}

/// Paper: every halving is one bit of the head's index, the first halving the highest bit.
std::array<std::vector<std::size_t>, 3> paper_terms(const std::array<std::size_t, 3>& split) {
  std::array<std::vector<std::size_t>, 3> terms{{{0}, {0}, {0}}};
  std::size_t bit = split[0] * split[1] * split[2];
  while (bit > 1)
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (terms[axis].size() == split[axis]) continue;
      bit /= 2;
      std::vector<std::size_t> halved;
      for (const std::size_t term : terms[axis]) {
        halved.push_back(term);
        halved.push_back(term + bit);
      }
      terms[axis] = std::move(halved);
    }
  return terms;
}

}  // namespace

AxisPartition::AxisPartition(BlockMode mode, std::size_t samples, std::size_t blocks,
                             std::size_t scale, double multiplier)
    : mode_(mode), samples_(samples), multiplier_(multiplier) {
  if (samples == 0) throw ValueError("an axis must have at least 1 sample, got 0");
  if (blocks == 0 || blocks > max_heads)
    throw ValueError(
        fmt::format("the blocks of an axis must be from 1 to {}, got {}", max_heads, blocks));
  if (scale == 0) throw ValueError("the scale of a reduction must be at least 1, got 0");
  if (!(multiplier > 0.0) || !std::isfinite(multiplier))
    throw ValueError(fmt::format("blocks.space_scale must be positive, got {}", multiplier));
  if (mode == BlockMode::shared_faces) {
    cut_shared_faces(blocks);
  } else {
    cut_paper(blocks, scale);
  }
}

void AxisPartition::cut_shared_faces(std::size_t blocks) {
  const std::size_t intervals = ceil_divide(samples_ - 1, blocks);  // B
  local_samples_ = intervals + 1;
  steps_ = static_cast<double>(intervals);
  used_blocks_ = intervals == 0 ? 1 : ceil_divide(samples_ - 1, intervals);
  padding_.assign(blocks, 0);
  for (std::size_t j = 0; j < blocks; ++j)
    first_.push_back(static_cast<std::ptrdiff_t>(j < used_blocks_ ? j * intervals : samples_));
}

void AxisPartition::cut_paper(std::size_t blocks, std::size_t scale) {
  if (!std::has_single_bit(blocks))
    throw ValueError(fmt::format(
        "the blocks of an axis must be a power of two in 'paper' mode, got {}", blocks));
  // Each block is a run of samples behind its padding; halving keeps it so.
  struct Run {
    std::size_t first;    // first sample
    std::size_t padding;  // indices before it
  };
  std::vector<Run> runs{{0, 0}};
  local_samples_ = samples_;
  while (runs.size() < blocks) {
    const std::size_t odd = local_samples_ % 2;
    local_samples_ = (local_samples_ + odd) / 2;
    std::vector<Run> halved;
    for (const Run& run : runs) {
      const std::size_t padding = run.padding + odd;
      const std::size_t low_padding = std::min(padding, local_samples_);
      halved.push_back({run.first, low_padding});
      halved.push_back({run.first + (local_samples_ - low_padding), padding - low_padding});
    }
    runs = std::move(halved);
  }
  for (const Run& run : runs) {
    first_.push_back(static_cast<std::ptrdiff_t>(run.first) -
                     static_cast<std::ptrdiff_t>(run.padding));
    padding_.push_back(run.padding);
  }
  used_blocks_ = blocks;
  stretch_ = static_cast<double>(scale);
  steps_ = static_cast<double>(checked_product({local_samples_, scale}) - 1);
}

std::optional<std::size_t> AxisPartition::sample(std::size_t block, std::size_t i) const {
  if (i < padding_[block]) return std::nullopt;
  const auto index = static_cast<std::size_t>(first_[block] + static_cast<std::ptrdiff_t>(i));
  if (index >= samples_) return std::nullopt;
  return index;
}

std::size_t AxisPartition::owner(double position) const {
  const double last = static_cast<double>(samples_ - 1);
  const auto below = static_cast<std::size_t>(std::clamp(std::floor(snap(position)), 0.0, last));
  if (mode_ == BlockMode::shared_faces)
    return std::min(below / std::max<std::size_t>(local_samples_ - 1, 1), used_blocks_ - 1);
  // The last block whose first sample is not above `below`. Blocks of padding alone begin where the
  // next one does, so the search passes over them.
  std::size_t block = 0;
  for (std::size_t j = 0; j < first_.size(); ++j) {
    const auto start =
        static_cast<std::size_t>(first_[j] + static_cast<std::ptrdiff_t>(padding_[j]));
    if (padding_[j] < local_samples_ && start <= below) block = j;
  }
  return block;
}

double AxisPartition::local_index(double position, std::size_t block) const {
  return snap(position) - static_cast<double>(first_[block]);
}

Partition::Partition(const BlockConfig& config, const VariableInfo& info)
    : axes_{make_axis(config, info, 0), make_axis(config, info, 1), make_axis(config, info, 2)},
      time_scale_(config.time_scale),
      head_term_(config.mode == BlockMode::paper ? paper_terms(config.split)
                                                 : shared_face_terms(config.split)),
      blocks_of_head_(config.heads()) {
  if (!(time_scale_ > 0.0) || !std::isfinite(time_scale_))
    throw ValueError(fmt::format("blocks.time_scale must be positive, got {}", time_scale_));
  for (std::size_t jx = 0; jx < config.split[0]; ++jx)
    for (std::size_t jy = 0; jy < config.split[1]; ++jy)
      for (std::size_t jz = 0; jz < config.split[2]; ++jz)
        blocks_of_head_[head(jx, jy, jz)] = {jx, jy, jz};
}

Dims Partition::local_dims() const {
  return {axes_[0].local_samples(), axes_[1].local_samples(), axes_[2].local_samples()};
}

}  // namespace stsr

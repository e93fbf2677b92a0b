#include "stsr/sampling/row_layout.h"

#include <algorithm>

#include "stsr/sampling/time_span.h"

namespace stsr {

RowLayout::Axis RowLayout::make_axis(const AxisPartition& partition, std::ptrdiff_t stride) {
  Axis axis;
  axis.stride = stride;
  const auto count = static_cast<std::uint32_t>(partition.local_samples());
  axis.whole = {0, count};
  for (std::uint32_t i = 0; i < count; ++i)
    axis.coordinates.push_back(static_cast<float>(partition.coordinate(i)));
  for (std::size_t block = 0; block < partition.blocks(); ++block) {
    // The samples of a block are consecutive, so one of them tells where index 0 would be.
    Interval filled{count, count};
    std::ptrdiff_t origin = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto sample = partition.sample(block, i);
      if (!sample) continue;
      if (filled.begin == count) {
        filled.begin = i;
        origin = static_cast<std::ptrdiff_t>(*sample) - static_cast<std::ptrdiff_t>(i);
      }
      filled.end = i + 1;
    }
    axis.filled.push_back(filled);
    axis.origin.push_back(origin * stride);
    axis.whole.begin = std::max(axis.whole.begin, filled.begin);
    axis.whole.end = std::min(axis.whole.end, filled.end);
  }
  return axis;
}

RowLayout::RowLayout(const Partition& partition, const VariableInfo& info)
    : local_(partition.local_dims()),
      rows_per_step_(partition.rows_per_step()),
      step_(rows_per_step_),
      plane_(checked_product({local_.x, local_.y})),
      line_(local_.x) {
  const Dims& dims = info.grid.dims;
  const std::array<std::size_t, 3> stride{1, dims.x, dims.x * dims.y};
  for (std::size_t a = 0; a < 3; ++a)
    axes_[a] = make_axis(partition.axis(a), static_cast<std::ptrdiff_t>(stride[a]));
  for (std::size_t head = 0; head < partition.heads(); ++head) {
    const auto& block = partition.blocks(head);
    blocks_.push_back(block);
    origins_.push_back(axes_[0].origin[block[0]] + axes_[1].origin[block[1]] +
                       axes_[2].origin[block[2]]);
  }
  const auto span = time_span(info, partition.time_scale());
  for (const double time : info.times)
    times_.push_back(static_cast<float>(network_time(span, time)));
}

void RowLayout::locate(std::uint64_t row, Place& place) const {
  // The three quotients do not wait for one another.
  const std::uint64_t line = line_.quotient(row);
  const std::uint64_t plane = plane_.quotient(row);
  place.step = step_.quotient(row);
  place.local = {static_cast<std::uint32_t>(row - line * local_.x),
                 static_cast<std::uint32_t>(line - plane * local_.y),
                 static_cast<std::uint32_t>(plane - place.step * local_.z)};
  place.offset = 0;
  place.whole = true;
  for (std::size_t a = 0; a < 3; ++a) {
    place.offset += static_cast<std::ptrdiff_t>(place.local[a]) * axes_[a].stride;
    place.whole = place.whole && axes_[a].whole.contains(place.local[a]);
  }
}

std::vector<std::array<std::size_t, 2>> RowLayout::extents(std::uint64_t first, std::uint64_t last,
                                                           std::size_t step_size) const {
  constexpr std::size_t joined = 16384;  // values, 64 KiB
  Place from;
  Place to;
  locate(first, from);
  locate(last, to);
  // Rows rise through the samples of a block in the order of memory.
  std::vector<std::array<std::size_t, 2>> parts;
  const auto inside = [&](std::ptrdiff_t place) {
    return static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(place, 0, static_cast<std::ptrdiff_t>(step_size)));
  };
  for (const std::ptrdiff_t origin : origins_)
    parts.push_back({inside(origin + from.offset), inside(origin + to.offset + 1)});
  std::sort(parts.begin(), parts.end());
  std::size_t kept = 0;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i][0] <= parts[kept][1] + joined) {
      parts[kept][1] = std::max(parts[kept][1], parts[i][1]);
    } else {
      parts[++kept] = parts[i];
    }
  }
  parts.resize(kept + 1);
  return parts;
}

void RowLayout::write_coordinates(const Place& place, float* coordinates) const {
  coordinates[0] = times_[place.step];
  for (std::size_t a = 0; a < 3; ++a) coordinates[3 - a] = axes_[a].coordinates[place.local[a]];
}

bool RowLayout::has_sample(const Place& place, std::size_t head) const {
  for (std::size_t a = 0; a < 3; ++a)
    if (!axes_[a].filled[blocks_[head][a]].contains(place.local[a])) return false;
  return true;
}

}  // namespace stsr

#include "stsr/sampling/held_out.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "stsr/base/parallel.h"
#include "stsr/base/random.h"
#include "stsr/base/shape.h"

namespace stsr {

namespace {

constexpr std::size_t tile_edge = 12;
constexpr std::size_t margin = 2;  // samples on either side of a plane
constexpr std::size_t cube_edge = 16;
constexpr std::size_t smallest_cube_edge = 6;
constexpr double cube_share = 0.03;      // of all values
constexpr double max_cube_share = 0.06;  // where there are only two
constexpr std::size_t max_steps = 8;     // that choose a plane

struct Box {
  std::array<std::size_t, 3> low{};
  std::array<std::size_t, 3> high{};
};

/// The tiles along one axis: near-equal parts of about tile_edge samples.
std::vector<std::array<std::size_t, 2>> parts(std::size_t samples) {
  const std::size_t count = std::max<std::size_t>(1, samples / tile_edge);
  std::vector<std::array<std::size_t, 2>> parts;
  for (std::size_t i = 0; i < count; ++i)
    parts.push_back({i * samples / count, (i + 1) * samples / count});
  return parts;
}

/// Sum of squares of what interpolation across a plane misses.
double missed(const StoredSequence& sequence, std::size_t axis, const Box& plane) {
  const Dims& n = sequence.info.grid.dims;
  const std::size_t apart = stride(n, axis);
  const std::size_t steps = sequence.steps.size();
  const std::size_t read = std::min(steps, max_steps);
  double sum = 0.0;
  for (std::size_t k = 0; k < read; ++k) {
    const std::span<const float> values =
        sequence.steps[read == 1 ? 0 : k * (steps - 1) / (read - 1)].values;
    each_sample(n, plane, [&](std::size_t i) {
      const double error = values[i] - across([&](std::size_t j) { return values[j]; }, i, apart);
      if (std::isfinite(error)) sum += error * error;
    });
  }
  return sum;
}

/// The plane of a tile across an axis.
HeldOut::Plane plane_of(const StoredSequence& sequence, std::size_t axis, const Box& tile) {
  const std::size_t samples = sequence.info.grid.dims[axis];
  const std::size_t first = std::max(tile.low[axis], margin);
  const std::size_t end = std::min(tile.high[axis], samples - margin);
  const auto at = [&](std::size_t index) {
    Box plane = tile;
    plane.low[axis] = index;
    plane.high[axis] = index + 1;
    return plane;
  };
  std::vector<double> sums;
  double mean = 0.0;
  for (std::size_t i = first; i < end; ++i) {
    sums.push_back(missed(sequence, axis, at(i)));
    mean += sums.back() / static_cast<double>(end - first);
  }
  const auto nearest = std::min_element(sums.begin(), sums.end(), [&](double a, double b) {
    return std::abs(a - mean) < std::abs(b - mean);
  });
  const Box plane = at(first + static_cast<std::size_t>(nearest - sums.begin()));
  return {axis, plane.low, plane.high};
}

/// How many places of the grid before the reduction lie beyond the last sample of an axis, each
/// times the square of its distance in samples.
double places_beyond(const VariableInfo& info, std::size_t axis) {
  if (!info.reduction) return 0.0;
  const std::size_t scale = info.reduction->space[axis];
  const std::size_t last = (info.grid.dims[axis] - 1) * scale;
  double sum = 0.0;
  for (std::size_t place = last + 1; place < info.reduction->full_dims[axis]; ++place) {
    const double distance = static_cast<double>(place - last) / static_cast<double>(scale);
    sum += distance * distance;
  }
  return sum;
}

/// The last plane of a tile, where there are places beyond it that only extrapolation reaches.
std::optional<HeldOut::Plane> last_plane(const VariableInfo& info, std::size_t axis,
                                         const Box& tile) {
  const double beyond = places_beyond(info, axis);
  if (beyond == 0.0 || tile.high[axis] != info.grid.dims[axis]) return std::nullopt;
  HeldOut::Plane plane{axis, tile.low, tile.high};
  plane.low[axis] = plane.high[axis] - 1;
  // A plane in the middle of the tile stands for all places between its samples.
  const double between =
      static_cast<double>((tile.high[axis] - tile.low[axis]) * (info.reduction->space[axis] - 1));
  plane.share = beyond / between;
  return plane;
}

void choose_planes(const StoredSequence& sequence, std::vector<HeldOut::Plane>& planes) {
  const Dims& n = sequence.info.grid.dims;
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (n[axis] >= 2 * margin + 3) axes.push_back(axis);
  if (axes.empty()) return;
  const auto x_parts = parts(n.x);
  const auto y_parts = parts(n.y);
  const auto z_parts = parts(n.z);
  std::vector<std::pair<std::size_t, Box>> tiles;
  for (std::size_t k = 0; k < z_parts.size(); ++k)
    for (std::size_t j = 0; j < y_parts.size(); ++j)
      for (std::size_t i = 0; i < x_parts.size(); ++i)
        tiles.push_back({axes[(i + j + k) % axes.size()],
                         {{x_parts[i][0], y_parts[j][0], z_parts[k][0]},
                          {x_parts[i][1], y_parts[j][1], z_parts[k][1]}}});
  planes.resize(tiles.size());
  parallel_for("held-out samples", tiles.size(), [&](std::size_t i) {
    planes[i] = plane_of(sequence, tiles[i].first, tiles[i].second);
  });
  for (const auto& [axis, tile] : tiles)
    if (const auto last = last_plane(sequence.info, axis, tile)) planes.push_back(*last);
}

void choose_cubes(const VariableInfo& info, std::uint64_t seed, std::vector<HeldOut::Cube>& cubes) {
  const std::size_t steps = info.times.size();
  if (steps < 3) return;
  const Dims& n = info.grid.dims;
  std::array<std::size_t, 3> edge{};
  for (std::size_t axis = 0; axis < 3; ++axis) edge[axis] = std::min(n[axis], cube_edge);
  const auto size = [&] { return static_cast<double>(edge[0] * edge[1] * edge[2]); };
  const double all = static_cast<double>(n.count()) * static_cast<double>(steps);
  for (;;) {
    std::size_t& longest = *std::max_element(edge.begin(), edge.end());
    if (2.0 * size() <= max_cube_share * all || longest <= smallest_cube_edge) break;
    longest = std::max(smallest_cube_edge, (longest + 1) / 2);
  }
  const std::size_t count =
      std::max<std::size_t>(2, static_cast<std::size_t>(cube_share * all / size()));
  const RandomStream random{seed, RandomUse::held_out, 0};
  for (std::size_t i = 0; i < count; ++i) {
    const auto words = random.words(static_cast<std::uint32_t>(i));
    HeldOut::Cube cube{1 + i * (steps - 2) / count, {}, {}};
    for (std::size_t axis = 0; axis < 3; ++axis) {
      cube.low[axis] = words[axis] % (n[axis] - edge[axis] + 1);
      cube.high[axis] = cube.low[axis] + edge[axis];
    }
    cubes.push_back(cube);
  }
}

}  // namespace

MissingMap HeldOut::map(const VariableInfo& info) const {
  MissingMap map;
  if (planes.empty() && cubes.empty()) return map;
  const Dims& n = info.grid.dims;
  std::vector<std::uint8_t> bits(ceil_divide(n.count(), 8), 0);
  const auto mark = [&](std::vector<std::uint8_t>& step, const auto& box) {
    each_sample(n, box,
                [&](std::size_t i) { step[i / 8] |= static_cast<std::uint8_t>(1U << (i % 8)); });
  };
  for (const Plane& plane : planes) mark(bits, plane);
  map.steps.assign(cubes.empty() ? 1 : info.times.size(), bits);
  for (const Cube& cube : cubes) mark(map.steps[cube.step], cube);
  return map;
}

HeldOut hold_out(const StoredSequence& sequence, std::uint64_t seed) {
  HeldOut chosen;
  choose_planes(sequence, chosen.planes);
  choose_cubes(sequence.info, seed, chosen.cubes);
  return chosen;
}

}  // namespace stsr

#include "stsr/sampling/held_out.h"

#include <algorithm>
#include <cmath>
#include <numeric>
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
constexpr std::size_t max_cubes = 64;    // more would tell no more
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

/// A tile of the grid, and the planes across one of its axes that it may hold out.
class Tile {
 public:
  Tile(const Dims& dims, std::size_t axis, const Box& box)
      : dims_(dims), axis_(axis), box_(box), first_(std::max(box.low[axis], margin)) {
    missed_.resize(std::min(box.high[axis], dims[axis] - margin) - first_);
  }

  [[nodiscard]] std::size_t axis() const { return axis_; }
  [[nodiscard]] const Box& box() const { return box_; }

  /// Adds what interpolation across each plane misses of a time step.
  void add(std::span<const float> values) {
    const std::size_t apart = stride(dims_, axis_);
    for (std::size_t i = 0; i < missed_.size(); ++i)
      each_sample(dims_, plane(i), [&](std::size_t at) {
        const double error =
            values[at] - across([&](std::size_t j) { return values[j]; }, at, apart);
        if (std::isfinite(error)) missed_[i] += error * error;
      });
  }

  /// The plane that is missed by most nearly as much as their mean.
  [[nodiscard]] HeldOut::Plane typical_plane() const {
    const double mean =
        std::accumulate(missed_.begin(), missed_.end(), 0.0) / static_cast<double>(missed_.size());
    const auto nearest = std::min_element(missed_.begin(), missed_.end(), [&](double a, double b) {
      return std::abs(a - mean) < std::abs(b - mean);
    });
    const Box chosen = plane(static_cast<std::size_t>(nearest - missed_.begin()));
    return {axis_, chosen.low, chosen.high};
  }

 private:
  [[nodiscard]] Box plane(std::size_t i) const {
    Box plane = box_;
    plane.low[axis_] = first_ + i;
    plane.high[axis_] = first_ + i + 1;
    return plane;
  }

  Dims dims_;
  std::size_t axis_;
  Box box_;
  std::size_t first_;           // plane that can be interpolated across
  std::vector<double> missed_;  // [plane] sum of squares
};

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

/// Those along which samples were left out, if that is known; long enough for planes.
std::vector<std::size_t> axes_of_planes(const VariableInfo& info) {
  std::vector<std::size_t> reduced;
  std::vector<std::size_t> others;
  for (std::size_t axis = 0; axis < 3; ++axis)
    if (info.grid.dims[axis] >= 2 * margin + 3)
      (info.reduction && info.reduction->space[axis] == 1 ? others : reduced).push_back(axis);
  return reduced.empty() ? others : reduced;
}

void choose_planes(const StoredSequence& sequence, std::vector<HeldOut::Plane>& planes) {
  const Dims& n = sequence.info.grid.dims;
  const std::vector<std::size_t> axes = axes_of_planes(sequence.info);
  if (axes.empty()) return;
  const auto x_parts = parts(n.x);
  const auto y_parts = parts(n.y);
  const auto z_parts = parts(n.z);
  std::vector<Tile> tiles;
  for (std::size_t k = 0; k < z_parts.size(); ++k)
    for (std::size_t j = 0; j < y_parts.size(); ++j)
      for (std::size_t i = 0; i < x_parts.size(); ++i)
        tiles.emplace_back(n, axes[(i + j + k) % axes.size()],
                           Box{{x_parts[i][0], y_parts[j][0], z_parts[k][0]},
                               {x_parts[i][1], y_parts[j][1], z_parts[k][1]}});
  const std::size_t steps = sequence.steps.size();
  const std::size_t read = std::min(steps, max_steps);
  for (std::size_t k = 0; k < read; ++k) {
    const StoredStep& step = sequence.steps[spread_step(k, read, steps)];
    step.fetch();
    parallel_for("held-out samples", tiles.size(),
                 [&](std::size_t i) { tiles[i].add(step.values); });
    step.release();
  }
  for (const Tile& tile : tiles) planes.push_back(tile.typical_plane());
  for (const Tile& tile : tiles)
    if (const auto last = last_plane(sequence.info, tile.axis(), tile.box()))
      planes.push_back(*last);
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
      std::clamp<std::size_t>(static_cast<std::size_t>(cube_share * all / size()), 2, max_cubes);
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

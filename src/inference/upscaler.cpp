#include "stsr/inference/upscaler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/sampling/time_span.h"

namespace stsr {

namespace {

constexpr std::size_t most_rows = 65536;      // of a chunk
constexpr std::size_t most_values = 1048576;  // of a chunk: rows times heads
constexpr float missing_value = std::numeric_limits<float>::quiet_NaN();

std::vector<std::size_t> all_indices(std::size_t count) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

/// The coarse sample next to each position, upwards from the middle between two.
std::vector<std::size_t> nearest_samples(std::span<const double> positions, std::size_t samples) {
  std::vector<std::size_t> nearest;
  for (const double position : positions)
    nearest.push_back(static_cast<std::size_t>(
        std::clamp(std::floor(position + 0.5), 0.0, static_cast<double>(samples - 1))));
  return nearest;
}

std::vector<UpscaledVariable> checked(std::vector<UpscaledVariable> variables) {
  if (variables.empty()) throw ValueError("there is no variable to evaluate");
  const TrainedVariable& first = variables.front().trained;
  for (const auto& [other, head] : variables) {
    std::string what = sampling_difference(first.info, other.info);
    if (what.empty() && first.time_span != other.time_span) what = "their span of time";
    if (!what.empty())
      throw ValueError(fmt::format("'{}' and '{}' cannot be evaluated at once: they differ in {}",
                                   first.info.name, other.info.name, what));
  }
  return variables;
}

}  // namespace

struct Upscaler::Target {
  float time;                      // network time
  std::size_t kept;                // nearest kept time step
  std::vector<ValueRange> ranges;  // [variables] back to the data's unit
  std::span<const std::size_t> z;  // output planes
  std::span<const std::size_t> y;  // and rows of each
  float* out;                      // [variables][z.size()][y.size()][nx]
};

struct Upscaler::Block {
  const AxisFamily& x;
  const AxisFamily& y;
  const AxisFamily& z;
  std::vector<std::size_t> heads;  // [variables][z.blocks][y.blocks][x.blocks]
  [[nodiscard]] std::size_t rows() const {
    return x.coordinates.size() * y.coordinates.size() * z.coordinates.size();
  }
  /// Indices of a row's coordinates in x, y, z.
  [[nodiscard]] std::array<std::size_t, 3> place(std::size_t row) const {
    const std::size_t nx = x.coordinates.size();
    const std::size_t ny = y.coordinates.size();
    return {row % nx, row / nx % ny, row / nx / ny};
  }
};

Upscaler::Upscaler(const BlockConfig& blocks, const TrainedVariable& variable,
                   const Decoder& decoder, const OutputGrid& grid, Advanced advanced)
    : Upscaler(blocks, std::vector{UpscaledVariable{variable}}, decoder, grid,
               std::move(advanced)) {}

Upscaler::Upscaler(const BlockConfig& blocks, std::vector<UpscaledVariable> variables,
                   const Decoder& decoder, const OutputGrid& grid, Advanced advanced)
    : variables_(checked(std::move(variables))),
      partition_(blocks, info()),
      decoder_(decoder),
      grid_(grid),
      advanced_(std::move(advanced)) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto& positions = grid_.positions[axis];
    nearest_sample_[axis] = nearest_samples(positions, info().grid.dims[axis]);
  }
  const auto& x = grid_.positions[0];
  x_families_ = axis_families(partition_.axis(0), x, all_indices(x.size()));
}

std::size_t Upscaler::nearest_step(double time) const {
  const auto& times = info().times;
  const auto next = std::lower_bound(times.begin(), times.end(), time);
  if (next == times.begin()) return 0;
  const auto above = static_cast<std::size_t>(next - times.begin());
  if (next == times.end()) return above - 1;
  return time - times[above - 1] < *next - time ? above - 1 : above;
}

void Upscaler::step(double time, std::span<float> out) const {
  slab(time, 0, grid_.positions[2].size(), out);
}

void Upscaler::slab(double time, std::size_t z_begin, std::size_t z_end,
                    std::span<float> out) const {
  if (z_begin >= z_end || z_end > grid_.positions[2].size())
    throw ValueError(fmt::format("planes {} to {} of an output with {}", z_begin, z_end,
                                 grid_.positions[2].size()));
  Tile whole{std::vector<std::size_t>(z_end - z_begin), all_indices(grid_.positions[1].size())};
  std::iota(whole.z.begin(), whole.z.end(), z_begin);
  tile(time, whole, out);
}

void Upscaler::tile(double time, const Tile& tile, std::span<float> out) const {
  for (const auto& [axis, chosen] : {std::pair(1, &tile.y), std::pair(2, &tile.z)})
    for (const std::size_t index : *chosen)
      if (index >= grid_.positions[axis].size())
        throw ValueError(fmt::format("sample {} along {} of an output with {}", index, "xyz"[axis],
                                     grid_.positions[axis].size()));
  const std::size_t nx = grid_.positions[0].size();
  if (out.size() != checked_product({variables_.size(), nx, tile.y.size(), tile.z.size()}))
    throw ShapeError(fmt::format(
        "{} planes of {} rows of {} samples of {} variables do not fit into room for {}",
        tile.z.size(), tile.y.size(), nx, variables_.size(), out.size()));
  Target target{static_cast<float>(network_time(variables_.front().trained.time_span, time)),
                nearest_step(time),
                {},
                tile.z,
                tile.y,
                out.data()};
  for (const UpscaledVariable& variable : variables_)
    target.ranges.push_back(variable.trained.ranges.at(time));
  const auto y_families = axis_families(partition_.axis(1), grid_.positions[1], tile.y);
  for (const AxisFamily& fz : axis_families(partition_.axis(2), grid_.positions[2], tile.z))
    for (const AxisFamily& fy : y_families)
      for (const AxisFamily& fx : x_families_) {
        Block block{fx, fy, fz, {}};
        for (const UpscaledVariable& variable : variables_)
          for (const std::size_t jz : fz.blocks)
            for (const std::size_t jy : fy.blocks)
              for (const std::size_t jx : fx.blocks)
                block.heads.push_back(variable.first_head + partition_.head(jx, jy, jz));
        evaluate(block, target);
      }
}

void Upscaler::evaluate(const Block& block, const Target& target) const {
  const std::size_t heads = block.heads.size();
  const std::size_t chunk =
      std::min(block.rows(), std::clamp<std::size_t>(most_values / heads, 1, most_rows));
  std::vector<float> coordinates(chunk * 4);
  std::vector<float> values(chunk * heads);
  for (std::size_t first = 0; first < block.rows(); first += chunk) {
    const std::size_t rows = std::min(chunk, block.rows() - first);
    const std::span<float> inputs(coordinates.data(), rows * 4);
    const std::span<float> outputs(values.data(), rows * heads);
    fill(block, target, first, inputs);
    decoder_.evaluate(inputs, block.heads, outputs);
    scatter(block, target, first, outputs);
    if (advanced_) advanced_(outputs.size());
  }
}

void Upscaler::fill(const Block& block, const Target& target, std::size_t first_row,
                    std::span<float> coordinates) const {
  parallel_for("upscale coordinates", coordinates.size() / 4, [&](std::size_t row) {
    const auto [ix, iy, iz] = block.place(first_row + row);
    float* c = coordinates.data() + 4 * row;
    c[0] = target.time;
    c[1] = block.z.coordinates[iz];
    c[2] = block.y.coordinates[iy];
    c[3] = block.x.coordinates[ix];
  });
}

void Upscaler::scatter(const Block& block, const Target& target, std::size_t first_row,
                       std::span<const float> values) const {
  const std::size_t heads = block.heads.size();
  const std::size_t nx = grid_.positions[0].size();
  const std::size_t ny = target.y.size();
  const std::size_t samples = nx * ny * target.z.size();  // of a variable
  const auto write_row = [&](std::size_t row) {
    const auto [ix, iy, iz] = block.place(first_row + row);
    const float* value = values.data() + row * heads;
    for (std::size_t variable = 0; variable < variables_.size(); ++variable)
      for (std::size_t bz = 0; bz < block.z.blocks.size(); ++bz)
        for (std::size_t by = 0; by < block.y.blocks.size(); ++by)
          for (std::size_t bx = 0; bx < block.x.blocks.size(); ++bx) {
            const std::size_t x = block.x.outputs[ix * block.x.blocks.size() + bx];
            const std::size_t y = block.y.outputs[iy * block.y.blocks.size() + by];
            const std::size_t z = block.z.outputs[iz * block.z.blocks.size() + bz];
            write(target, variable, variable * samples + (z * ny + y) * nx + x, {x, y, z},
                  *value++);
          }
  };
  parallel_for("upscale scatter", values.size() / heads, write_row);
}

/// One value of the network, at `place` in the tile and at number `sample` of its output.
void Upscaler::write(const Target& target, std::size_t variable, std::size_t sample,
                     const std::array<std::size_t, 3>& place, float value) const {
  const TrainedVariable& trained = variables_[variable].trained;
  if (!std::isfinite(value))
    throw NumericError(
        fmt::format("the network of variable '{}' gives a value that is not finite; its training "
                    "diverged or the model is damaged: train it again",
                    trained.info.name));
  target.out[sample] = static_cast<float>(target.ranges[variable].denormalise(value));
  if (!trained.missing.any()) return;
  const Dims& coarse = trained.info.grid.dims;
  const auto [x, y, z] = place;
  const std::size_t nearest =
      (nearest_sample_[2][target.z[z]] * coarse.y + nearest_sample_[1][target.y[y]]) * coarse.x +
      nearest_sample_[0][x];
  if (trained.missing.missing(target.kept, nearest)) target.out[sample] = missing_value;
}

/// All samples along an axis in sets of at most `most`, more where one pass gives more.
std::vector<std::vector<std::size_t>> Upscaler::shared_sets(std::size_t axis,
                                                            std::size_t most) const {
  const auto& positions = grid_.positions[axis];
  const auto all = all_indices(positions.size());
  std::vector<std::vector<std::size_t>> sets;
  for (const AxisFamily& family : axis_families(partition_.axis(axis), positions, all)) {
    const std::size_t share = family.blocks.size();
    const std::size_t size = std::max<std::size_t>(most / share, 1) * share;
    for (std::size_t first = 0; first < family.outputs.size(); first += size) {
      const std::size_t last = std::min(first + size, family.outputs.size());
      sets.emplace_back(family.outputs.begin() + static_cast<std::ptrdiff_t>(first),
                        family.outputs.begin() + static_cast<std::ptrdiff_t>(last));
    }
  }
  return sets;
}

std::vector<Upscaler::Tile> Upscaler::tiles(std::size_t most) const {
  const std::size_t nx = grid_.positions[0].size();
  const std::size_t ny = grid_.positions[1].size();
  const std::size_t plane = checked_product({nx, ny});
  std::vector<Tile> tiles;
  for (std::vector<std::size_t>& z : shared_sets(2, most / plane)) {
    if (z.size() <= most / plane) {
      tiles.push_back({std::move(z), all_indices(ny)});
      continue;
    }
    for (std::vector<std::size_t>& y : shared_sets(1, most / z.size() / nx))
      tiles.push_back({z, std::move(y)});
  }
  return tiles;
}

}  // namespace stsr

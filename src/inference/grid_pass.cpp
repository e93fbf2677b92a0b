#include "grid_pass.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/sampling/time_span.h"

namespace stsr {

namespace {

constexpr std::size_t max_rows = 65536;      // of a chunk
constexpr std::size_t max_values = 1048576;  // of a chunk: rows times heads
constexpr float missing_value = std::numeric_limits<float>::quiet_NaN();

std::vector<const NetworkVariable*> checked(std::vector<const NetworkVariable*> variables) {
  if (variables.empty()) throw ValueError("there is no variable to evaluate");
  const TrainedVariable& first = variables.front()->trained;
  for (const NetworkVariable* other : variables) {
    std::string what = sampling_difference(first.info, other->trained.info);
    if (what.empty() && first.time_span != other->trained.time_span) what = "their span of time";
    if (what.empty() && other->decoder != variables.front()->decoder) what = "their network";
    if (!what.empty())
      throw ValueError(fmt::format("'{}' and '{}' cannot be evaluated at once: they differ in {}",
                                   first.info.name, other->trained.info.name, what));
  }
  return variables;
}

}  // namespace

struct GridPass::Target {
  float time;                      // network time
  std::size_t kept;                // nearest kept time step
  std::vector<ValueRange> ranges;  // [variables] back to the data's unit
  const GridSelection& part;
  std::array<std::vector<std::size_t>, 3> nearest;  // [axis][index in the part] coarse sample
  float* out;                                       // [variables][part.dims()]
};

struct GridPass::Block {
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

std::size_t nearest_sample(double position, std::size_t samples) {
  return static_cast<std::size_t>(
      std::clamp(std::floor(position + 0.5), 0.0, static_cast<double>(samples - 1)));
}

float in_data_unit(const TrainedVariable& trained, const ValueRange& range, float value) {
  if (!std::isfinite(value))
    throw NumericError(
        fmt::format("the network of variable '{}' gives a value that is not finite; its training "
                    "diverged or the model is damaged: train it again",
                    trained.info.name));
  return static_cast<float>(range.denormalise(value));
}

GridPass::GridPass(const BlockConfig& blocks, std::vector<const NetworkVariable*> variables,
                   const OutputGrid& grid, Advanced advanced)
    : variables_(checked(std::move(variables))),
      partition_(blocks, first().info),
      grid_(grid),
      advanced_(std::move(advanced)) {}

void GridPass::evaluate(double time, const GridSelection& part, std::span<float> out) const {
  part.check_inside(grid_.grid.dims);
  const Dims dims = part.dims();
  if (out.size() != checked_product({variables_.size(), dims.count()}))
    throw ShapeError(fmt::format("{} x {} x {} samples of {} variables do not fit into room for {}",
                                 dims.x, dims.y, dims.z, variables_.size(), out.size()));
  // What the whole part shares.
  Target target{static_cast<float>(network_time(first().time_span, time)),
                nearest_step(first().info.times, time),
                {},
                part,
                {},
                out.data()};
  for (const NetworkVariable* variable : variables_)
    target.ranges.push_back(variable->trained.ranges.at(time));
  std::array<std::vector<AxisFamily>, 3> families;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto& positions = grid_.positions[axis];
    families[axis] = axis_families(partition_.axis(axis), positions, part.indices[axis]);
    for (const std::size_t index : part.indices[axis])
      target.nearest[axis].push_back(
          nearest_sample(positions[index], first().info.grid.dims[axis]));
  }
  // One pass for each combination of families: the same blocks, the same local coordinates.
  for (const AxisFamily& fz : families[2])
    for (const AxisFamily& fy : families[1])
      for (const AxisFamily& fx : families[0]) {
        Block block{fx, fy, fz, {}};
        for (const NetworkVariable* variable : variables_)
          for (const std::size_t jz : fz.blocks)
            for (const std::size_t jy : fy.blocks)
              for (const std::size_t jx : fx.blocks)
                block.heads.push_back(variable->first_head + partition_.head(jx, jy, jz));
        evaluate(block, target);
      }
}

void GridPass::evaluate(const Block& block, const Target& target) const {
  const std::size_t heads = block.heads.size();
  const std::size_t chunk =
      std::min(block.rows(), std::clamp<std::size_t>(max_values / heads, 1, max_rows));
  std::vector<float> coordinates(chunk * 4);
  std::vector<float> values(chunk * heads);
  for (std::size_t first = 0; first < block.rows(); first += chunk) {
    const std::size_t rows = std::min(chunk, block.rows() - first);
    const std::span<float> inputs(coordinates.data(), rows * 4);
    const std::span<float> outputs(values.data(), rows * heads);
    fill(block, target, first, inputs);
    variables_.front()->decoder->evaluate(inputs, block.heads, outputs);
    scatter(block, target, first, outputs);
    if (advanced_) advanced_(outputs.size());
  }
}

void GridPass::fill(const Block& block, const Target& target, std::size_t first_row,
                    std::span<float> coordinates) const {
  parallel_for("grid coordinates", coordinates.size() / 4, [&](std::size_t row) {
    const auto [ix, iy, iz] = block.place(first_row + row);
    float* c = coordinates.data() + 4 * row;
    c[0] = target.time;
    c[1] = block.z.coordinates[iz];
    c[2] = block.y.coordinates[iy];
    c[3] = block.x.coordinates[ix];
  });
}

void GridPass::scatter(const Block& block, const Target& target, std::size_t first_row,
                       std::span<const float> values) const {
  const std::size_t heads = block.heads.size();
  const std::size_t nx = target.part.indices[0].size();
  const std::size_t ny = target.part.indices[1].size();
  const std::size_t samples = nx * ny * target.part.indices[2].size();  // of a variable
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
  parallel_for("grid scatter", values.size() / heads, write_row);
}

/// One value of the network, at `place` in the part and at number `sample` of its output.
void GridPass::write(const Target& target, std::size_t variable, std::size_t sample,
                     const std::array<std::size_t, 3>& place, float value) const {
  const TrainedVariable& trained = variables_[variable]->trained;
  target.out[sample] = in_data_unit(trained, target.ranges[variable], value);
  if (!trained.missing.any()) return;
  const Dims& coarse = trained.info.grid.dims;
  const auto [x, y, z] = place;
  const std::size_t nearest =
      (target.nearest[2][z] * coarse.y + target.nearest[1][y]) * coarse.x + target.nearest[0][x];
  if (trained.missing.missing(target.kept, nearest)) target.out[sample] = missing_value;
}

/// All samples along an axis in sets of at most `max_size`, more where one pass gives more.
std::vector<std::vector<std::size_t>> GridPass::shared_sets(std::size_t axis,
                                                            std::size_t max_size) const {
  const auto& positions = grid_.positions[axis];
  const auto all = GridSelection::all(grid_.grid.dims).indices[axis];
  std::vector<std::vector<std::size_t>> sets;
  for (const AxisFamily& family : axis_families(partition_.axis(axis), positions, all)) {
    const std::size_t share = family.blocks.size();
    const std::size_t size = std::max<std::size_t>(max_size / share, 1) * share;
    for (std::size_t first = 0; first < family.outputs.size(); first += size) {
      const std::size_t last = std::min(first + size, family.outputs.size());
      sets.emplace_back(family.outputs.begin() + static_cast<std::ptrdiff_t>(first),
                        family.outputs.begin() + static_cast<std::ptrdiff_t>(last));
    }
  }
  return sets;
}

std::vector<GridSelection> GridPass::pieces(std::size_t max_samples) const {
  const GridSelection all = GridSelection::all(grid_.grid.dims);
  const std::size_t nx = all.indices[0].size();
  const std::size_t plane = checked_product({nx, all.indices[1].size()});
  std::vector<GridSelection> pieces;
  for (std::vector<std::size_t>& z : shared_sets(2, max_samples / plane)) {
    if (z.size() <= max_samples / plane) {
      pieces.push_back({{all.indices[0], all.indices[1], std::move(z)}});
      continue;
    }
    for (std::vector<std::size_t>& y : shared_sets(1, max_samples / z.size() / nx))
      pieces.push_back({{all.indices[0], std::move(y), z}});
  }
  return pieces;
}

}  // namespace stsr

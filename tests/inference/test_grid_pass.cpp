#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "grid_pass.h"
#include "inference/fake_network.h"
#include "inference/grid_cases.h"
#include "inference/one_pass.h"
#include "parameter_name.h"
#include "stsr/base/error.h"
#include "stsr/sampling/training_set.h"

namespace stsr {
namespace {

/// The coarse position that a local coordinate of a block stands for, from the method's formulas:
/// shared faces p = jB + (c+1)B/2; paper p = first + (c+1)(b s - 1)/(2 s).
double global_position(const BlockConfig& config, const TrainedVariable& variable,
                       const AxisPartition& cut, std::size_t axis, std::size_t block, double c) {
  const std::size_t samples = variable.info.grid.dims[axis];
  if (config.mode == BlockMode::shared_faces) {
    const auto b = static_cast<double>(ceil_divide(samples - 1, config.split[axis]));
    return static_cast<double>(block) * b + (c + 1.0) * b / 2.0;
  }
  const auto s = static_cast<double>(variable.info.reduction->space[axis]);
  for (std::size_t i = 0; i < cut.local_samples(); ++i)
    if (const auto sample = cut.sample(block, i))
      return static_cast<double>(*sample) - static_cast<double>(i) +
             (c + 1.0) * (static_cast<double>(cut.local_samples()) * s - 1.0) / (2.0 * s);
  ADD_FAILURE() << "block " << block << " holds only padding";
  return 0.0;
}

/// The block that owns a position, from the method's words.
std::size_t owning_block(const BlockConfig& config, const TrainedVariable& variable,
                         const AxisPartition& cut, std::size_t axis, double p) {
  const std::size_t samples = variable.info.grid.dims[axis];
  const auto below = std::min(static_cast<std::size_t>(p + 1e-7), samples - 1);
  if (config.mode == BlockMode::shared_faces) {
    const std::size_t b = ceil_divide(samples - 1, config.split[axis]);
    if (b == 0) return 0;
    return std::min(below / b, ceil_divide(samples - 1, b) - 1);
  }
  for (std::size_t block = 0; block < config.split[axis]; ++block)
    for (std::size_t i = 0; i < cut.local_samples(); ++i)
      if (cut.sample(block, i) == below) return block;
  ADD_FAILURE() << "no block holds " << below;
  return 0;
}

class GridPassCase : public testing::TestWithParam<GridCase> {
 protected:
  const GridCase& with = GetParam();
  TrainedVariable variable = reduced_variable("v", with.full, with.scale, 2, 10.0, 30.0);
  OutputGrid grid = output_grid(variable.info, with.request);
  Partition partition{with.blocks, variable.info};

  [[nodiscard]] std::vector<float> step(const Decoder& decoder, double time) const {
    std::vector<float> out(grid.grid.dims.count());
    OnePass(with.blocks, variable, decoder, grid).step(time, out);
    return out;
  }
  template <class Check>
  void for_each_output(Check&& check) const {
    for (std::size_t z = 0, index = 0; z < grid.positions[2].size(); ++z)
      for (std::size_t y = 0; y < grid.positions[1].size(); ++y)
        for (std::size_t x = 0; x < grid.positions[0].size(); ++x, ++index)
          check(index,
                std::array{grid.positions[0][x], grid.positions[1][y], grid.positions[2][z]});
  }
};

/// A linear field of the coarse position (and of time), in [-1, 1].
double field(const Dims& n, const std::array<double, 3>& p, double t) {
  const double reach = static_cast<double>(n.x + n.y + n.z + 3);
  return (p[0] + 0.7 * p[1] + 0.4 * p[2]) / reach - 0.5 + 0.2 * t;
}

TEST_P(GridPassCase, EverySampleHasTheValueOfItsPosition) {
  const Dims n = variable.info.grid.dims;
  const FakeDecoder decoder([&](std::span<const float> c, std::size_t head) {
    std::array<double, 3> p{};
    for (std::size_t axis = 0; axis < 3; ++axis)
      p[axis] = n[axis] == 1 ? 0.0
                             : global_position(with.blocks, variable, partition.axis(axis), axis,
                                               partition.blocks(head)[axis], c[3 - axis]);
    return static_cast<float>(field(n, p, c[0]));
  });
  const std::vector<float> out = step(decoder, 0.75);  // network time 0.5
  for_each_output([&](std::size_t index, std::array<double, 3> p) {
    for (std::size_t axis = 0; axis < 3; ++axis)
      if (n[axis] == 1) p[axis] = 0.0;
    ASSERT_NEAR(out[index], 10.0 + 10.0 * (field(n, p, 0.5) + 1.0), 2e-4) << "index " << index;
  });
  EXPECT_EQ(decoder.evaluations, out.size());
}

TEST_P(GridPassCase, EverySampleComesFromTheBlockThatOwnsIt) {
  const auto heads = static_cast<double>(partition.heads());
  const FakeDecoder decoder([&](std::span<const float>, std::size_t head) {
    return static_cast<float>(static_cast<double>(head) / heads);
  });
  const std::vector<float> out = step(decoder, 0.0);
  for_each_output([&](std::size_t index, const std::array<double, 3>& p) {
    std::array<std::size_t, 3> block{};
    for (std::size_t axis = 0; axis < 3; ++axis)
      block[axis] = owning_block(with.blocks, variable, partition.axis(axis), axis, p[axis]);
    const double head = ((out[index] - 10.0) / 10.0 - 1.0) * heads;
    ASSERT_EQ(std::lround(head), static_cast<long>(partition.head(block[0], block[1], block[2])))
        << "index " << index;
  });
}

TEST_P(GridPassCase, PiecesEqualTheWholeStep) {
  const FakeDecoder decoder([](std::span<const float> c, std::size_t head) {
    return 0.3F * c[0] + 0.2F * std::sin(5.0F * c[1] + 3.0F * c[2] + c[3]) +
           0.001F * static_cast<float>(head);
  });
  const std::vector<float> whole = step(decoder, 0.25);
  const std::size_t whole_rows = decoder.rows.exchange(0);
  const OnePass pass(with.blocks, variable, decoder, grid);
  const Dims dims = grid.grid.dims;
  const std::size_t plane = dims.x * dims.y;
  std::vector<float> slabs(whole.size());
  for (std::size_t z = 0; z < dims.z; z += 3) {
    const std::size_t end = std::min(z + 3, dims.z);
    pass.part(0.25, GridSelection::extent({0, 0, z}, {dims.x, dims.y, end}),
              std::span(slabs).subspan(z * plane, (end - z) * plane));
  }
  EXPECT_EQ(slabs, whole);
  const std::size_t shared = with.blocks.split[1] * with.blocks.split[2] * dims.x;
  for (const std::size_t size : {whole.size(), 4 * plane, plane - 1, 3 * dims.x, std::size_t{1}}) {
    decoder.rows = 0;
    std::vector<float> pieces(whole.size());
    std::set<std::size_t> seen;
    for (const GridSelection& piece : pass.pieces(size)) {
      EXPECT_EQ(piece.dims().x, dims.x);
      std::vector<float> part(piece.dims().count());
      EXPECT_LE(part.size(), std::max({size, shared, with.blocks.split[2] * dims.x}));
      pass.part(0.25, piece, part);
      auto row = part.begin();
      for (const std::size_t z : piece.indices[2])
        for (const std::size_t y : piece.indices[1]) {
          EXPECT_TRUE(seen.insert(z * dims.y + y).second);
          std::copy_n(row, dims.x,
                      pieces.begin() + static_cast<std::ptrdiff_t>((z * dims.y + y) * dims.x));
          row += static_cast<std::ptrdiff_t>(dims.x);
        }
    }
    EXPECT_EQ(seen.size(), dims.z * dims.y);
    EXPECT_EQ(pieces, whole);
    EXPECT_EQ(decoder.rows, whole_rows) << "a piece of " << size << " pays for a pass twice";
  }
}

TEST_P(GridPassCase, SubExtentsAlongAllAxesHaveTheSameBits) {
  const FakeDecoder decoder([](std::span<const float> c, std::size_t head) {
    return 0.3F * c[0] + 0.2F * std::sin(5.0F * c[1] + 3.0F * c[2] + c[3]) +
           0.001F * static_cast<float>(head);
  });
  const std::vector<float> whole = step(decoder, 0.25);
  const OnePass pass(with.blocks, variable, decoder, grid);
  const Dims dims = grid.grid.dims;
  const std::array<std::size_t, 3> low{dims.x / 3, dims.y / 4, dims.z / 2};
  const std::array<std::size_t, 3> high{std::max(low[0] + 1, dims.x - 1), dims.y,
                                        std::max(low[2] + 1, dims.z - dims.z / 3)};
  std::vector<float> part((high[0] - low[0]) * (high[1] - low[1]) * (high[2] - low[2]));
  pass.part(0.25, GridSelection::extent(low, high), part);
  auto value = part.begin();
  for (std::size_t z = low[2]; z < high[2]; ++z)
    for (std::size_t y = low[1]; y < high[1]; ++y)
      for (std::size_t x = low[0]; x < high[0]; ++x)
        ASSERT_EQ(*value++, whole[(z * dims.y + y) * dims.x + x]) << x << ' ' << y << ' ' << z;
}

INSTANTIATE_TEST_SUITE_P(Grids, GridPassCase, testing::ValuesIn(grid_cases),
                         [](const auto& instance) { return parameter_name(instance.param.what); });

TEST(GridPass, IntegerScaleEvaluatesAllHeadsOfARowTogether) {
  const TrainedVariable variable = reduced_variable("v", {33, 33, 33}, {2, 2, 2});
  const OutputGrid grid = output_grid(variable.info, {});
  const FakeDecoder decoder([](std::span<const float>, std::size_t) { return 0.0F; });
  std::vector<float> out(grid.grid.dims.count());
  OnePass(shared_8, variable, decoder, grid).step(0.0, out);
  EXPECT_EQ(decoder.evaluations, 33U * 33 * 33);
  EXPECT_EQ(decoder.rows, 17U * 17 * 17);  // 16 shared coordinates an axis and the end
}

/// A value in [-1, 1] that changes with every bit of the coordinates and with the head.
float scrambled(std::span<const float> c, std::size_t head) {
  std::uint64_t hash = head + 1;
  for (const float value : c)
    hash = (hash ^ std::bit_cast<std::uint32_t>(value)) * 0x9E3779B97F4A7C15U;
  return static_cast<float>(hash >> 40) * 0x1p-23F - 1.0F;
}

TEST(GridPass, KeptSamplesHaveExactlyTheNetworksValueAtTheTrainingCoordinates) {
  for (const BlockConfig& blocks : {shared_8, shared_odd, paper_8, paper_64}) {
    const TrainedVariable variable = reduced_variable("v", {23, 14, 18}, {3, 2, 2}, 3);
    Sequence sequence{variable.info, {}};
    const Dims n = variable.info.grid.dims;
    for (std::size_t t = 0; t < 3; ++t) {
      sequence.steps.emplace_back(n.count());
      std::iota(sequence.steps.back().begin(), sequence.steps.back().end(),
                static_cast<float>(t * n.count()));
    }
    const TrainingSet set({sequence}, blocks, RangeMode::global);
    // Every value that the network is trained towards, by sample: one per block that holds it.
    std::vector<std::set<float>> expected(3 * n.count());
    for (std::uint64_t row = 0; row < set.rows(0); ++row) {
      std::array<float, 4> c{};
      std::vector<float> targets(set.heads());
      const TrainingRow number{0, row};
      set.gather(std::span(&number, 1), c.data(), targets.data());
      for (std::size_t head = 0; head < set.heads(); ++head)
        if (!std::isnan(targets[head]))
          expected[static_cast<std::size_t>(
                       std::lround(set.ranges(0).ranges[0].denormalise(targets[head])))]
              .insert(scrambled(c, head));
    }
    const FakeDecoder decoder(scrambled);
    const OutputGrid grid = output_grid(variable.info, {});
    const OnePass pass(blocks, variable, decoder, grid);
    std::vector<float> out(grid.grid.dims.count());
    for (std::size_t t = 0; t < 3; ++t) {
      pass.step(variable.info.times[t], out);
      for (std::size_t z = 0; z < n.z; ++z)
        for (std::size_t y = 0; y < n.y; ++y)
          for (std::size_t x = 0; x < n.x; ++x) {
            const float value = out[(2 * z * 14 + 2 * y) * 23 + 3 * x];
            EXPECT_TRUE(expected[((t * n.z + z) * n.y + y) * n.x + x].contains(value))
                << t << " " << z << " " << y << " " << x;
          }
    }
  }
}

TEST(GridPass, FirstAndLastSamplesSitAtTheEndsOfTheData) {
  // Full size 14 by 3: five coarse samples, the last fine one at 13/3.
  const TrainedVariable variable = reduced_variable("v", {14, 1, 1}, {3, 1, 1});
  for (const double scale : {1.0, 1.3, 2.0, 2.71828, 3.0, 7.0}) {
    const OutputGrid grid = output_grid(variable.info, space(scale, 1.0, 1.0));
    const BlockConfig blocks{BlockMode::shared_faces, {2, 1, 1}};  // B = 2
    const FakeDecoder decoder([](std::span<const float> c, std::size_t head) {
      return (static_cast<float>(head) * 2.0F + c[3] + 1.0F) / 5.0F;  // position / 5
    });
    std::vector<float> out(grid.grid.dims.count());
    OnePass(blocks, variable, decoder, grid).step(0.0, out);
    EXPECT_NEAR(out.front(), 0.0, 1e-6) << scale;
    EXPECT_NEAR(out.back(), 13.0 / 3.0 / 5.0, 1e-6) << scale;
  }
}

TEST(GridPass, SamplesNextToAMissingOneAreNaN) {
  TrainedVariable variable = reduced_variable("v", {9, 5, 1}, {2, 2, 1}, 3);
  variable.missing.steps.assign(3, std::vector<std::uint8_t>(2, 0));  // 5 x 3 x 1 samples
  variable.missing.steps[1][0] = 1U << 6U;                            // sample (1, 1) of step 1
  const OutputGrid grid = output_grid(variable.info, {});
  const FakeDecoder decoder([](std::span<const float>, std::size_t) { return 0.25F; });
  const OnePass pass({BlockMode::shared_faces, {2, 2, 1}}, variable, decoder, grid);
  std::vector<float> out(45);
  for (const double time : {0.4, 0.5, 1.0, 1.4, 1.5, 2.0, 9.0}) {
    pass.step(time, out);
    const bool near_step = time >= 0.5 && time < 1.5;
    for (std::size_t y = 0; y < 5; ++y)
      for (std::size_t x = 0; x < 9; ++x) {
        // Nearest to coarse 1: fine 1 (from the middle upwards) and 2.
        const bool near = near_step && (x == 1 || x == 2) && (y == 1 || y == 2);
        EXPECT_EQ(std::isnan(out[y * 9 + x]), near) << time << " " << x << " " << y;
        if (!near) {
          EXPECT_EQ(out[y * 9 + x], 0.25F);
        }
      }
  }
  // One map for all steps.
  variable.missing.steps = {variable.missing.steps[1]};
  OnePass({BlockMode::shared_faces, {2, 2, 1}}, variable, decoder, grid).step(0.0, out);
  EXPECT_EQ(std::count_if(out.begin(), out.end(), [](float v) { return std::isnan(v); }), 4);
}

TEST(GridPass, PartsKnowWhichRowsMissASample) {
  TrainedVariable variable = reduced_variable("v", {3, 2, 7}, {1, 1, 2});
  variable.missing.steps.assign(1, std::vector<std::uint8_t>(3, 0));  // 3 x 2 x 4 samples
  variable.missing.steps[0][1] = 1U << 6U;                            // sample (2, 0, 2)
  const OutputGrid grid = output_grid(variable.info, {});
  const FakeDecoder decoder([](std::span<const float>, std::size_t) { return 0.0F; });
  const OnePass pass({BlockMode::shared_faces, {1, 1, 2}}, variable, decoder, grid);
  std::vector<float> out(18);
  // The planes are nearest to coarse 2, 1, 2.
  pass.part(0.0, {{{{0, 1, 2}, {0, 1}, {4, 2, 3}}}}, out);
  for (std::size_t i = 0; i < 18; ++i) EXPECT_EQ(std::isnan(out[i]), i == 2 || i == 14) << i;
  pass.part(0.0, {{{{0, 1, 2}, {1, 0}, {4, 2, 3}}}}, out);
  for (std::size_t i = 0; i < 18; ++i) EXPECT_EQ(std::isnan(out[i]), i == 5 || i == 17) << i;
}

TEST(GridPass, PerStepRangesAreInterpolatedInTime) {
  TrainedVariable variable = reduced_variable("v", {4, 4, 4}, {1, 1, 1}, 3);
  variable.ranges = {RangeMode::per_step, {0.0, 1.0, 2.0}, {{0, 2}, {10, 20}, {0, 0}}};
  const OutputGrid grid = output_grid(variable.info, {});
  const FakeDecoder decoder([](std::span<const float>, std::size_t) { return 0.5F; });
  const OnePass pass(shared_8, variable, decoder, grid);
  std::vector<float> out(64);
  pass.step(0.5, out);
  EXPECT_THAT(out, testing::Each(testing::FloatEq(5.0F + 0.75F * 6.0F)));
  pass.step(2.0, out);
  EXPECT_THAT(out, testing::Each(0.0F));
}

TEST(GridPass, ManyChunksOfOneFamilyJoin) {
  const TrainedVariable variable = reduced_variable("v", {90, 70, 30}, {1, 1, 1});
  const OutputGrid grid = output_grid(variable.info, {});
  const FakeDecoder decoder([](std::span<const float> c, std::size_t) {
    return (c[1] * 30.0F + c[2] * 3.0F + c[3]) / 40.0F;
  });
  std::vector<float> out(grid.grid.dims.count());
  std::size_t advanced = 0;
  OnePass({BlockMode::shared_faces, {1, 1, 1}}, variable, decoder, grid, [&](std::size_t samples) {
    advanced += samples;
  }).step(0.0, out);
  EXPECT_EQ(advanced, out.size());
  for (std::size_t index = 0; index < out.size(); index += 997) {
    const auto x = static_cast<double>(index % 90);
    const auto y = static_cast<double>(index / 90 % 70);
    const auto z = static_cast<double>(index / 6300);
    EXPECT_NEAR(out[index], ((2 * z / 29 - 1) * 30 + (2 * y / 69 - 1) * 3 + 2 * x / 89 - 1) / 40.0,
                1e-5);
  }
}

TEST(GridPass, RefusesWrongSizesAndValuesThatAreNotFinite) {
  const TrainedVariable variable = reduced_variable("v", {4, 4, 4}, {1, 1, 1});
  const OutputGrid grid = output_grid(variable.info, {});
  const FakeDecoder decoder(
      [](std::span<const float>, std::size_t) { return std::numeric_limits<float>::quiet_NaN(); });
  const OnePass pass(shared_8, variable, decoder, grid);
  std::vector<float> out(63);
  EXPECT_THROW(pass.step(0.0, out), ShapeError);
  const auto refused = [&](const GridSelection& part, std::size_t count) {
    pass.part(0.0, part, std::span(out).first(count));
  };
  EXPECT_THROW(refused(GridSelection::extent({0, 0, 3}, {4, 4, 5}), 32), ValueError);
  EXPECT_THROW(refused({{{{0}, {4}, {0}}}}, 1), ValueError);
  EXPECT_THROW(refused({{{{4}, {0}, {0}}}}, 1), ValueError);
  EXPECT_THROW(refused({{{{0}, {0}, {0}}}}, 2), ShapeError);
  EXPECT_THROW((void)GridSelection::extent({0, 2, 0}, {4, 2, 4}), ValueError);
  out.resize(64);
  EXPECT_THROW(pass.step(0.0, out), NumericError);
}

TEST(GridPass, SeveralVariablesMustShareTheirSamples) {
  const TrainedVariable a = reduced_variable("a", {9, 9, 9}, {2, 2, 2});
  const TrainedVariable b = reduced_variable("b", {9, 9, 8}, {2, 2, 2});
  TrainedVariable later = a;
  later.time_span[1] += 1.0;
  const FakeDecoder decoder([](std::span<const float>, std::size_t) { return 0.0F; });
  const OutputGrid grid = output_grid(a.info, {});
  const BlockConfig one{BlockMode::shared_faces, {1, 1, 1}};
  const std::shared_ptr<const Decoder> shared(std::shared_ptr<const void>(), &decoder);
  const NetworkVariable first{a, shared, 0};
  const NetworkVariable second{b, shared, 1};
  const NetworkVariable third{later, shared, 1};
  const NetworkVariable same{a, shared, 1};
  const NetworkVariable elsewhere{a, nullptr, 1};
  const auto pass = [&](std::vector<const NetworkVariable*> variables) {
    return GridPass(one, std::move(variables), grid);
  };
  EXPECT_THROW((void)pass({}), ValueError);
  EXPECT_THROW((void)pass({&first, &second}), ValueError);
  EXPECT_THROW((void)pass({&first, &third}), ValueError);
  EXPECT_THROW((void)pass({&first, &elsewhere}), ValueError);
  std::vector<float> values(729);
  EXPECT_THROW(pass({&first, &same}).evaluate(0.0, GridSelection::all({9, 9, 9}), values),
               ShapeError);
}

}  // namespace
}  // namespace stsr

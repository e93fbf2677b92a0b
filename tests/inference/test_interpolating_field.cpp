#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <tuple>
#include <utility>

#include "inference/fake_network.h"
#include "stsr/base/error.h"
#include "stsr/inference/interpolated_field.h"
#include "stsr/inference/interpolating_field.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

/// Not smooth, so that a wrong place shows.
float network(std::span<const float> c, std::size_t head) {
  return std::sin(40.0F * c[3] + 31.0F * c[2] - 23.0F * c[1]) * (1.0F + c[0]) +
         0.1F * static_cast<float>(head);
}

class InterpolatingFieldTest : public testing::Test {
 protected:
  /// Four kept steps 0, 2, 4, 6 of a 9 x 7 x 5 grid that was reduced by 2, and one that only its
  /// extrapolation reaches.
  InterpolatingFieldTest() {
    VariableInfo fine;
    fine.name = "v";
    fine.grid = {{9, 7, 5}, {0.5, 0.25, 2.0}, {10.0, -1.0, 3.0}};
    for (int t = 0; t < 8; ++t) fine.times.push_back(t);
    trained_.info = reduce_info(fine, {2, 2, 2}, 1);
    trained_.ranges = {RangeMode::global, {}, {{-3.0, 5.0}}};
    trained_.time_span = time_span(trained_.info);
    grid_ = output_grid(trained_.info, {});
    samples_.resize(4);
    for (std::size_t step = 0; step < 4; ++step)
      for (std::size_t i = 0; i < coarse_count(); ++i)
        samples_[step].push_back(
            std::cos(1.7F * static_cast<float>(i * i) + static_cast<float>(step)));
  }

  [[nodiscard]] std::size_t coarse_count() const { return trained_.info.grid.dims.count(); }

  [[nodiscard]] std::shared_ptr<const Field> alone() const {
    return fake_field(
        {BlockMode::shared_faces, {2, 1, 1}}, {trained_}, {0.0F},
        [](std::span<const float>) { return std::make_shared<FakeDecoder>(network); });
  }
  [[nodiscard]] std::shared_ptr<const Field> interpolating() const {
    return std::make_shared<const InterpolatingField>(
        alone(), std::vector<StepReader>{[this](std::size_t step) { return samples_[step]; }}, "");
  }

  [[nodiscard]] static std::vector<std::vector<float>> steps_of(const Field& field,
                                                                const OutputGrid& grid) {
    std::vector<std::vector<float>> steps;
    for (const double time : grid.times)
      field.step(0, time, grid, steps.emplace_back(grid.grid.dims.count()));
    return steps;
  }

  TrainedVariable trained_;
  OutputGrid grid_;
  std::vector<std::vector<float>> samples_;
};

TEST_F(InterpolatingFieldTest, InterpolatesTheSamples) {
  const auto steps = steps_of(*interpolating(), grid_);
  const Dims& n = trained_.info.grid.dims;
  ASSERT_EQ(steps.size(), 8U);
  for (std::size_t step = 0; step < 4; ++step)
    for (std::size_t z = 0; z < n.z; ++z)
      for (std::size_t y = 0; y < n.y; ++y)
        for (std::size_t x = 0; x < n.x; ++x)
          EXPECT_NEAR(steps[2 * step][(2 * z * 7 + 2 * y) * 9 + 2 * x],
                      samples_[step][(z * n.y + y) * n.x + x], 2e-6)
              << step << ' ' << x << ' ' << y << ' ' << z;
}

TEST_F(InterpolatingFieldTest, AResidualThatIsConstantInSpaceIsAddedLinearlyInTimeAndHeldOutside) {
  samples_ = steps_of(*alone(), coarse_samples(trained_.info));
  const std::array<float, 4> residual{0.25F, -1.5F, 0.75F, 1.0F};
  for (std::size_t step = 0; step < 4; ++step)
    for (float& sample : samples_[step]) sample += residual[step];
  const std::array<float, 8> expected{0.25F, -0.625F, -1.5F, -0.375F, 0.75F, 0.875F, 1.0F, 1.0F};
  const auto without = steps_of(*alone(), grid_);
  const auto with = steps_of(*interpolating(), grid_);
  for (std::size_t step = 0; step < 8; ++step)
    for (std::size_t i = 0; i < with[step].size(); ++i)
      EXPECT_NEAR(with[step][i], without[step][i] + expected[step], 2e-6) << step << ' ' << i;
}

TEST_F(InterpolatingFieldTest, WhereSamplesAreMissingTheFieldStays) {
  for (auto& step : samples_) step[0] = nan_value;
  const auto without = steps_of(*alone(), grid_);
  const auto with = steps_of(*interpolating(), grid_);
  for (std::size_t step = 0; step < 6; ++step) {
    EXPECT_EQ(with[step][0], without[step][0]);
    for (const float value : with[step]) EXPECT_TRUE(std::isfinite(value));
  }
  EXPECT_NE(with[0].back(), without[0].back());
}

TEST_F(InterpolatingFieldTest, MissingInTheModelStaysMissing) {
  trained_.missing.steps.assign(4, std::vector<std::uint8_t>(coarse_count(), 0));
  for (std::size_t step = 0; step < 4; ++step) {
    trained_.missing.steps[step][0] = 1;
    samples_[step][0] = nan_value;
  }
  const auto with = steps_of(*interpolating(), grid_);
  EXPECT_TRUE(std::isnan(with[0][0]));
  EXPECT_TRUE(std::isfinite(with[0][1]));
}

TEST_F(InterpolatingFieldTest, PointsHaveTheValuesOfTheGrid) {
  samples_[1][7] = nan_value;
  const auto field = interpolating();
  for (const double time : {0.0, 1.3, 4.0, 4.8, 6.5}) {
    std::vector<float> volume(grid_.grid.dims.count());
    field->step(0, time, grid_, volume);
    std::vector<Point> points;
    for (std::size_t z = 0; z < 5; ++z)
      for (std::size_t y = 0; y < 7; ++y)
        for (std::size_t x = 0; x < 9; ++x)
          points.push_back({time, grid_.grid.position(2, static_cast<double>(z)),
                            grid_.grid.position(1, static_cast<double>(y)),
                            grid_.grid.position(0, static_cast<double>(x))});
    std::vector<float> values(points.size());
    field->evaluate(points, 0, values);
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(values[i], volume[i], 5e-6) << time << ' ' << i;
  }
}

TEST_F(InterpolatingFieldTest, PiecesHaveTheBitsOfTheWhole) {
  const auto field = interpolating();
  std::vector<float> whole(grid_.grid.dims.count());
  field->step(0, 1.3, grid_, whole);
  for (const GridSelection& piece : field->pieces(0, grid_, 20)) {
    std::vector<float> part(piece.dims().count());
    field->step(0, 1.3, grid_, piece, part);
    auto value = part.begin();
    for (const std::size_t z : piece.indices[2])
      for (const std::size_t y : piece.indices[1])
        for (const std::size_t x : piece.indices[0])
          ASSERT_EQ(*value++, whole[(z * 7 + y) * 9 + x]);
  }
}

TEST_F(InterpolatingFieldTest, CanBeMoved) {
  InterpolatingField first(
      alone(), std::vector<StepReader>{[this](std::size_t step) { return samples_[step]; }}, "");
  const InterpolatingField moved = std::move(first);
  EXPECT_EQ(steps_of(moved, grid_), steps_of(*interpolating(), grid_));
}

TEST_F(InterpolatingFieldTest, AVariableWithoutSamplesStaysAsItIs) {
  const InterpolatingField field(alone(), {StepReader{}}, "");
  EXPECT_EQ(steps_of(field, grid_), steps_of(*alone(), grid_));
}

TEST_F(InterpolatingFieldTest, TellsItsSamplesFromOthers) {
  const auto of = [&](const std::string& samples) {
    return InterpolatingField(alone(), {StepReader{}}, samples).fingerprint();
  };
  EXPECT_EQ(of("a"), of("a"));
  EXPECT_NE(of("a"), of("b"));
  EXPECT_NE(of("a"), alone()->fingerprint());
}

TEST_F(InterpolatingFieldTest, NeedsTheSamplesOfEveryVariable) {
  EXPECT_THROW(InterpolatingField(alone(), {}, ""), ShapeError);
  samples_[1].pop_back();
  EXPECT_THROW((void)steps_of(*interpolating(), grid_), ShapeError);
}

/// What Correction promises, from whole volumes: TL of the samples, and what the network says
/// beyond the interpolation of its own values, in space and in time.
TEST_F(InterpolatingFieldTest, ACorrectionCountsSpaceAndTimeApart) {
  const std::shared_ptr<const Field> f = alone();
  std::vector<std::vector<float>> own(4);
  for (std::size_t step = 0; step < 4; ++step) {
    own[step].resize(coarse_count());
    f->step(0, trained_.info.times[step], coarse_samples(trained_.info), own[step]);
  }
  const auto tl = [&](const std::vector<std::vector<float>>& samples) {
    return InterpolatedField({trained_.info}, {}, {[&](std::size_t step) { return samples[step]; }},
                             "");
  };
  const InterpolatedField of_samples = tl(samples_);
  const InterpolatedField of_own = tl(own);
  const auto volume = [&](const Field& field, double time) {
    std::vector<float> values(grid_.grid.dims.count());
    field.step(0, time, grid_, values);
    return values;
  };
  for (const auto& [space, time] :
       {std::pair{0.3, 0.8}, std::pair{1.0, 0.0}, std::pair{0.0, 1.0}, std::pair{0.6, 0.6}}) {
    Correction correction;
    correction.space = space;
    correction.time = time;
    correction.first = 0.5 * time;
    correction.last = 0.25 * time;
    const InterpolatingField field(f, {[this](std::size_t step) { return samples_[step]; }}, "",
                                   {correction});
    // At a kept step, between the first two, in the middle, between the last two, and after the
    // last.
    for (const auto& [moment, before, after, share, u] :
         {std::tuple{2.0, 2.0, 2.0, 0.0, time}, std::tuple{0.5, 0.0, 2.0, 0.25, 0.5 * time},
          std::tuple{2.5, 2.0, 4.0, 0.25, time}, std::tuple{5.0, 4.0, 6.0, 0.5, 0.25 * time},
          std::tuple{7.0, 6.0, 6.0, 0.0, 0.25 * time}}) {
      const auto base = volume(of_samples, moment);
      const auto first = volume(*f, before);
      const auto second = volume(*f, after);
      const auto own_tl = volume(of_own, moment);
      const auto now = volume(*f, moment);
      const auto values = volume(field, moment);
      std::vector<Point> points;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double linear = (1.0 - share) * first[i] + share * second[i];
        const double expected = base[i] + space * (linear - own_tl[i]) + u * (now[i] - linear);
        EXPECT_NEAR(values[i], expected, 2e-5) << space << ' ' << time << " at " << moment;
        const std::size_t x = i % 9;
        const std::size_t y = i / 9 % 7;
        const std::size_t z = i / 63;
        points.push_back({moment, 3.0 + 2.0 * static_cast<double>(z),
                          -1.0 + 0.25 * static_cast<double>(y),
                          10.0 + 0.5 * static_cast<double>(x)});
      }
      std::vector<float> at_points(points.size());
      field.evaluate(points, 0, at_points);
      for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(at_points[i], values[i], 3e-5);
    }
  }
}

TEST_F(InterpolatingFieldTest, ACorrectionCountsWhatIsBeyondTheSamplesApart) {
  // A tenth plane of samples along x that the reduction left out, half a coarse spacing beyond.
  trained_.info.reduction->full_dims.x = 10;
  const OutputGrid grid = output_grid(trained_.info, {});
  ASSERT_EQ(grid.grid.dims, (Dims{10, 7, 5}));
  const std::shared_ptr<const Field> f = alone();
  const auto corrected = [&](double beyond) {
    return InterpolatingField(f, {[this](std::size_t step) { return samples_[step]; }}, "",
                              {Correction{0.3, 0.8, beyond, 0.8, 0.8}});
  };
  const InterpolatingField none = corrected(0.0);
  const InterpolatingField some = corrected(0.6);
  for (const double time : {2.0, 2.5}) {
    const auto volume = [&](const Field& field) {
      std::vector<float> values(grid.grid.dims.count());
      field.step(0, time, grid, values);
      return values;
    };
    const auto own = volume(*f);
    const auto held = volume(none);
    const auto values = volume(some);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool beyond = i % 10 == 9;
      const std::size_t inside = beyond ? i - 1 : i;  // the last sample's place
      EXPECT_NEAR(held[i], held[inside], 1e-6) << i;
      EXPECT_NEAR(values[i], held[i] + 0.6 * (own[i] - own[inside]), 1e-5) << i;
      const Point point{time, grid.grid.position(2, static_cast<double>(i / 70)),
                        grid.grid.position(1, static_cast<double>(i / 10 % 7)),
                        grid.grid.position(0, static_cast<double>(i % 10))};
      float at_point = 0.0F;
      some.evaluate({&point, 1}, 0, {&at_point, 1});
      EXPECT_NEAR(at_point, values[i], 3e-5) << i;
    }
  }
}

TEST_F(InterpolatingFieldTest, ANetworkThatDoesNotCountLeavesInterpolation) {
  const InterpolatingField field(alone(), {[this](std::size_t step) { return samples_[step]; }}, "",
                                 {Correction{0.0, 0.0, 0.0, 0.0, 0.0}});
  const InterpolatedField tl({trained_.info}, {},
                             {[this](std::size_t step) { return samples_[step]; }}, "");
  EXPECT_EQ(steps_of(field, grid_), steps_of(tl, grid_));
}

TEST_F(InterpolatingFieldTest, WeightsCountInTheFingerprintAndOnePerVariable) {
  const auto with = [this](std::vector<Correction> corrections) {
    return InterpolatingField(alone(), {[this](std::size_t step) { return samples_[step]; }}, "",
                              std::move(corrections));
  };
  EXPECT_NE(with({Correction{.space = 0.5}}).fingerprint(), with({}).fingerprint());
  EXPECT_EQ(with({Correction{.kept_gain = 3.0, .between_gain = 4.0}}).fingerprint(),
            with({}).fingerprint());
  EXPECT_THROW(with({Correction{}, Correction{}}), ShapeError);
}

}  // namespace
}  // namespace stsr

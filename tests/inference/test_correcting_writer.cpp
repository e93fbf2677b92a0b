#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>

#include "inference/fake_network.h"
#include "stsr/base/error.h"
#include "stsr/inference/correcting_writer.h"
#include "stsr/inference/upscaler.h"

namespace stsr {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

/// Keeps what it is given; its room lies in files where `mapped`.
class KeepingWriter final : public DatasetWriter {
 public:
  KeepingWriter(std::size_t count, bool mapped) : count_(count), mapped_(mapped) {}
  [[nodiscard]] bool found(std::size_t, std::size_t step) const override { return step == 99; }
  [[nodiscard]] StepValues make_values(std::size_t) const override {
    return mapped_ ? StepValues(std::filesystem::temp_directory_path(), count_, 0)
                   : StepValues(std::filesystem::temp_directory_path(), count_);
  }
  using DatasetWriter::write;
  void write(std::size_t, std::size_t step, StepValues values) override {
    const std::span<const float> all = values.values();
    steps.resize(std::max(steps.size(), step + 1));
    steps[step].assign(all.begin(), all.end());
  }
  void close() override { closed = true; }

  std::vector<std::vector<float>> steps;
  bool closed = false;

 private:
  std::size_t count_;
  bool mapped_;
};

/// Not smooth, so that a wrong place shows.
float network(std::span<const float> c, std::size_t head) {
  return std::sin(40.0F * c[3] + 31.0F * c[2] - 23.0F * c[1]) * (1.0F + c[0]) +
         0.1F * static_cast<float>(head);
}

class CorrectingWriterTest : public testing::Test {
 protected:
  /// Three kept steps 0, 2, 4 of a 9 x 7 x 5 grid that was reduced by 2, and one that only its
  /// extrapolation reaches.
  CorrectingWriterTest() {
    VariableInfo fine;
    fine.name = "v";
    fine.grid.dims = {9, 7, 5};
    for (int t = 0; t < 6; ++t) fine.times.push_back(t);
    output_.trained.info = reduce_info(fine, {2, 2, 2}, 1);
    output_.trained.ranges = {RangeMode::global, {}, {{-3.0, 5.0}}};
    output_.trained.time_span = time_span(output_.trained.info);
    output_.latent = {0.0F};
    output_.grid = output_grid(output_.trained.info, {});
    samples_.resize(3);
    for (std::size_t step = 0; step < 3; ++step)
      for (std::size_t i = 0; i < coarse_count(); ++i)
        samples_[step].push_back(
            std::cos(1.7F * static_cast<float>(i * i) + static_cast<float>(step)));
  }

  [[nodiscard]] std::size_t coarse_count() const { return output_.trained.info.grid.dims.count(); }

  /// What the network gives on these samples.
  [[nodiscard]] std::vector<std::vector<float>> uncorrected(const OutputGrid& grid) const {
    const FakeDecoder decoder(network);
    const Upscaler upscaler(blocks_, output_.trained, decoder, grid);
    std::vector<std::vector<float>> steps;
    for (const double time : grid.times)
      upscaler.step(time, steps.emplace_back(grid.grid.dims.count()));
    return steps;
  }

  [[nodiscard]] std::vector<std::vector<float>> corrected(bool mapped = false) const {
    KeepingWriter kept(output_.grid.grid.dims.count(), mapped);
    const DecoderFactory decoders{[](std::span<const float>) -> std::unique_ptr<Decoder> {
                                    return std::make_unique<FakeDecoder>(network);
                                  },
                                  1};
    const std::vector outputs{output_};
    CorrectingWriter writer(kept, blocks_, outputs, decoders,
                            {[this](std::size_t step) { return samples_[step]; }});
    EXPECT_TRUE(writer.found(0, 99));
    write_outputs(blocks_, outputs, decoders, writer, Progress::silent());
    EXPECT_FALSE(kept.closed);
    writer.close();
    EXPECT_TRUE(kept.closed);
    return kept.steps;
  }

  BlockConfig blocks_{BlockMode::shared_faces, {2, 1, 1}};
  OutputVariable output_;
  std::vector<std::vector<float>> samples_;
};

TEST_F(CorrectingWriterTest, PassesThroughTheSamples) {
  const auto steps = corrected();
  const Dims& n = output_.trained.info.grid.dims;
  ASSERT_EQ(steps.size(), 6U);
  for (std::size_t step = 0; step < 3; ++step)
    for (std::size_t z = 0; z < n.z; ++z)
      for (std::size_t y = 0; y < n.y; ++y)
        for (std::size_t x = 0; x < n.x; ++x)
          EXPECT_NEAR(steps[2 * step][(2 * z * 7 + 2 * y) * 9 + 2 * x],
                      samples_[step][(z * n.y + y) * n.x + x], 2e-6)
              << step << ' ' << x << ' ' << y << ' ' << z;
}

TEST_F(CorrectingWriterTest, ARestThatIsConstantInSpaceIsAddedLinearlyInTimeAndHeldOutside) {
  samples_ = uncorrected(coarse_samples(output_.trained.info));
  const std::array<float, 3> rest{0.25F, -1.5F, 0.75F};
  for (std::size_t step = 0; step < 3; ++step)
    for (float& sample : samples_[step]) sample += rest[step];
  const std::array<float, 6> expected{0.25F, -0.625F, -1.5F, -0.375F, 0.75F, 0.75F};
  const auto without = uncorrected(output_.grid);
  const auto with = corrected();
  for (std::size_t step = 0; step < 6; ++step)
    for (std::size_t i = 0; i < with[step].size(); ++i)
      EXPECT_NEAR(with[step][i], without[step][i] + expected[step], 2e-6) << step << ' ' << i;
}

TEST_F(CorrectingWriterTest, WhereSamplesAreMissingTheNetworkStays) {
  for (auto& step : samples_) step[0] = nan_value;
  const auto without = uncorrected(output_.grid);
  const auto with = corrected();
  for (std::size_t step = 0; step < 6; ++step) {
    EXPECT_EQ(with[step][0], without[step][0]);
    for (const float value : with[step]) EXPECT_TRUE(std::isfinite(value));
  }
  EXPECT_NE(with[0].back(), without[0].back());
}

TEST_F(CorrectingWriterTest, MissingInTheModelStaysMissing) {
  output_.trained.missing.steps.assign(3, std::vector<std::uint8_t>(coarse_count(), 0));
  for (std::size_t step = 0; step < 3; ++step) {
    output_.trained.missing.steps[step][0] = 1;
    samples_[step][0] = nan_value;
  }
  const auto with = corrected();
  EXPECT_TRUE(std::isnan(with[0][0]));
  EXPECT_TRUE(std::isfinite(with[0][1]));
}

TEST_F(CorrectingWriterTest, VolumesInFilesGetTheSameBits) {
  EXPECT_EQ(corrected(true), corrected(false));
}

TEST_F(CorrectingWriterTest, NeedsTheSamplesOfEveryOutput) {
  KeepingWriter kept(1, false);
  const std::vector outputs{output_};
  const DecoderFactory decoders;
  EXPECT_THROW(CorrectingWriter(kept, blocks_, outputs, decoders, {}), ShapeError);
  samples_[1].pop_back();
  EXPECT_THROW((void)corrected(), ShapeError);
}

}  // namespace
}  // namespace stsr

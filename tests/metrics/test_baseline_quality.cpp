// The baseline on real simulation output, against numbers that scipy's splines gave on it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "stsr/interpolation/interpolator.h"
#include "stsr/metrics/evaluation.h"

namespace stsr {
namespace {

/// Raw float32 files NAME_0000.raw, ... of one folder.
class RawFiles final : public Dataset {
 public:
  RawFiles(std::string prefix, const Dims& dims, std::size_t steps) : prefix_(std::move(prefix)) {
    VariableInfo info{"v", "", {dims, {1, 1, 1}, {0, 0, 0}}, {}, {}};
    for (std::size_t t = 0; t < steps; ++t) info.times.push_back(static_cast<double>(t));
    infos_.push_back(info);
  }
  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return infos_; }
  [[nodiscard]] std::vector<float> read(std::size_t, std::size_t step) const override {
    std::ifstream file(fmt::format("{}_{:04}.raw", prefix_, step), std::ios::binary);
    std::vector<float> values(infos_.front().grid.dims.count());
    file.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(float)));
    EXPECT_TRUE(file) << prefix_ << " " << step;
    return values;
  }

 private:
  std::string prefix_;
  std::vector<VariableInfo> infos_;
};

/// Every step of `fine`, reduced by u_s = 2, u_t = 3 and interpolated back.
class Interpolated final : public Dataset {
 public:
  Interpolated(const Dataset& fine, const InterpolationConfig& config)
      : fine_(fine),
        coarse_(reduce_info(fine.variables()[0], {2, 2, 2}, 3)),
        interpolator_(coarse_, output_grid(coarse_, {}), config,
                      [this](std::size_t step) {
                        const Volume volume{fine_.variables()[0].grid, fine_.read(0, 4 * step)};
                        return reduce_volume(volume, {2, 2, 2}).values;
                      }),
        infos_{interpolator_.info()} {}
  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return infos_; }
  [[nodiscard]] std::vector<float> read(std::size_t, std::size_t step) const override {
    return interpolator_.step(step);
  }
  [[nodiscard]] const VariableInfo& coarse() const { return coarse_; }

 private:
  const Dataset& fine_;
  VariableInfo coarse_;
  mutable Interpolator interpolator_;
  std::vector<VariableInfo> infos_;
};

/// Names the kept steps.
class Described final : public Dataset {
 public:
  explicit Described(VariableInfo info) : infos_{std::move(info)} {}
  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return infos_; }
  [[nodiscard]] std::vector<float> read(std::size_t, std::size_t) const override { return {}; }

 private:
  std::vector<VariableInfo> infos_;
};

GroupMeans score(const RawFiles& fine, const InterpolationConfig& config) {
  const Interpolated result(fine, config);
  const Described kept(result.coarse());
  return evaluate(fine, result, {.kept_from = &kept}).means[Metric::psnr];
}

struct Case {
  const char* files;
  Dims dims;
  std::size_t steps;
  double spline, kept, between, linear;
};

TEST(BaselineQuality, ReproducesSplinesOnSimulationOutput) {
  const std::filesystem::path data = STSR_TEST_DATA;
  if (data.empty() || !std::filesystem::exists(data))
    GTEST_SKIP() << "needs -DSTSR_TEST_DATA=<folder with the simulation output>";
  for (const Case& c :
       {Case{"half-cylinder/160/vlm", {128, 48, 16}, 61, 33.53, 38.90, 31.62, 32.39},
        Case{"half-cylinder/640/vlm", {128, 48, 16}, 61, 32.36, 38.09, 30.33, 31.43},
        Case{"viscous-fingers/density", {64, 64, 64}, 25, 33.65, 40.21, 31.11, 32.95}}) {
    SCOPED_TRACE(c.files);
    const RawFiles fine((data / c.files).string(), c.dims, c.steps);
    const GroupMeans spline = score(fine, {});
    EXPECT_NEAR(spline.all, c.spline, 0.005);
    EXPECT_NEAR(spline.kept, c.kept, 0.005);
    EXPECT_NEAR(spline.between, c.between, 0.005);
    EXPECT_NEAR(score(fine, {Registration::aligned, InterpolationKernel::linear}).all, c.linear,
                0.005);
    const GroupMeans catmull_rom =
        score(fine, {Registration::aligned, InterpolationKernel::catmull_rom});
    EXPECT_LT(catmull_rom.all, spline.all) << "the default should be the better kernel";
    EXPECT_LT(score(fine, {Registration::half_pixel, InterpolationKernel::b_spline}).kept,
              spline.kept - 1.0);
    RecordProperty(std::string(c.files) + " catmull-rom", std::to_string(catmull_rom.all));
  }
}

}  // namespace
}  // namespace stsr

// The same data look the same in other units, and with the origin of their coordinates elsewhere.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "io/test_folder.h"
#include "stsr/rendering/compose.h"
#include "stsr/rendering/renderer.h"

namespace stsr {
namespace {

using testing::HasSubstr;

constexpr Dims dims{20, 12, 9};
constexpr std::array<double, 3> anisotropic{1.0, 1.5, 2.0};

/// A blob off the centre, its values about 1 times `unit`.
std::vector<float> blob(double unit) {
  std::vector<float> values;
  for (std::size_t z = 0; z < dims.z; ++z)
    for (std::size_t y = 0; y < dims.y; ++y)
      for (std::size_t x = 0; x < dims.x; ++x) {
        const double a = (static_cast<double>(x) - 8.0) / 7.0;
        const double b = (static_cast<double>(y) - 7.0) / 4.0;
        const double c = (static_cast<double>(z) - 4.0) / 3.0;
        values.push_back(static_cast<float>(unit * std::exp(-a * a - b * b - c * c)));
      }
  return values;
}

Grid grid_of(double unit, double origin) {
  Grid grid{dims, {}, {origin, -origin, 2.0 * origin}};
  for (std::size_t axis = 0; axis < 3; ++axis) grid.spacing[axis] = unit * anisotropic[axis];
  return grid;
}

/// Pixels that differ, and by how much the worst does.
void expect_alike(const Image& image, const Image& reference, const std::string& what) {
  ASSERT_EQ(image.width, reference.width) << what;
  ASSERT_EQ(image.height, reference.height) << what;
  std::size_t different = 0;
  int worst = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const int difference = std::abs(image.pixels[i] - reference.pixels[i]);
    different += difference > 0 ? 1 : 0;
    worst = std::max(worst, difference);
  }
  EXPECT_LE(different, image.pixels.size() / 500) << what << ", worst " << worst;
  EXPECT_LE(worst, 3) << what;
}

class Units : public testing::Test {
 protected:
  Units() {
    view_.size = {150, 120};
    view_.camera = {30.0, 25.0, 10.0, 1.0, Projection::perspective, 30.0};
    view_.outline = true;
  }
  Image volume(const Grid& grid, double unit) {
    const auto transfer = transfer_function_preset("vortex").scaled_to(0.0, unit);
    return renderer_.volume(grid, blob(unit), transfer, view_);
  }
  Image surface(const Grid& grid, double unit) {
    return renderer_.isosurface(grid, blob(unit), 0.5 * unit, {70, 130, 180}, view_);
  }

  View view_;
  Renderer renderer_;
};

TEST_F(Units, LengthsAndPlaces) {
  const Image volume_of_1 = volume(grid_of(1.0, 0.0), 1.0);
  const Image surface_of_1 = surface(grid_of(1.0, 0.0), 1.0);
  EXPECT_NE(volume_of_1, surface_of_1);
  for (const double unit : {1e-300, 1e-30, 1e-2, 1.0, 1e18, 1e30, 1e306})
    for (const double origin : {0.0, 4.5e6, -1e9}) {
      const std::string what = fmt::format("spacing {}, origin {}", unit, origin);
      expect_alike(volume(grid_of(unit, origin), 1.0), volume_of_1, "volume, " + what);
      expect_alike(surface(grid_of(unit, origin), 1.0), surface_of_1, "surface, " + what);
    }
}

TEST_F(Units, Values) {
  const Grid grid = grid_of(1.0, 0.0);
  const Image volume_of_1 = volume(grid, 1.0);
  const Image surface_of_1 = surface(grid, 1.0);
  for (const double unit : {1e-30, 1e-25, 1e25, 1e37}) {
    expect_alike(volume(grid, unit), volume_of_1, fmt::format("volume of {}", unit));
    expect_alike(surface(grid, unit), surface_of_1, fmt::format("surface of {}", unit));
  }
}

TEST_F(Units, MissingValuesAndStraightCameras) {
  auto values = blob(1.0);
  auto small = blob(1e-25);
  for (std::size_t i = 0; i < values.size(); i += 7) values[i] = small[i] = NAN;
  const auto transfer = transfer_function_preset("viridis");
  for (const double elevation : {-90.0, 0.0, 90.0}) {
    view_.camera.elevation = elevation;
    const Image reference =
        renderer_.volume(grid_of(1.0, 0.0), values, transfer.scaled_to(0.0, 1.0), view_);
    expect_alike(
        renderer_.volume(grid_of(1e-2, 4.5e6), small, transfer.scaled_to(0.0, 1e-25), view_),
        reference, "volume");
    expect_alike(renderer_.isosurface(grid_of(1e18, -1e9), small, 4e-26, {70, 130, 180}, view_),
                 renderer_.isosurface(grid_of(1.0, 0.0), values, 0.4, {70, 130, 180}, view_),
                 "surface");
  }
}

/// Where nothing is drawn, a value of another order changes nothing of the rest.
TEST_F(Units, OutliersLeaveTheLightOnSurfaces) {
  const Grid grid = grid_of(1.0, 0.0);
  auto values = blob(1.0);
  values[0] = -1e30F;
  expect_alike(renderer_.isosurface(grid, values, 0.5, {70, 130, 180}, view_), surface(grid, 1.0),
               "surface");
}

TEST_F(Units, ColoursOfTheLegend) {
  const auto bar = [](double unit) {
    StripLayout layout;
    layout.rows = {{{Image{60, 80, std::vector<std::uint8_t>(60 * 80 * 3)}, ""}}};
    const std::size_t pictures = strip(layout).width;
    layout.legend = ColourLegend{transfer_function_preset("vortex").scaled_to(-unit, unit), ""};
    const Image image = strip(layout);
    return cropped(image, {pictures, 0, 25, image.height});  // up to where the numbers begin
  };
  for (const double unit : {1e-300, 1e-25, 1e25, 1e300})
    expect_alike(bar(unit), bar(1.0), fmt::format("legend over {}", unit));
}

TEST_F(Units, ConstantAndMissingVolumesAreDrawn) {
  const Grid grid = grid_of(1e-2, 4.5e6);
  const auto transfer = transfer_function_preset("grey").scaled_to(0.0, 1e25);
  const std::vector<float> constant(dims.count(), 1e25F);
  const std::vector<float> missing(dims.count(), NAN);
  view_.outline = false;
  EXPECT_NE(renderer_.volume(grid, constant, transfer, view_).at(75, 60), (Rgb{255, 255, 255}));
  const Image nothing = renderer_.volume(grid, missing, transfer, view_);
  EXPECT_EQ(std::count(nothing.pixels.begin(), nothing.pixels.end(), 255),
            std::ptrdiff_t{150 * 120 * 3});
  EXPECT_EQ(renderer_.isosurface(grid, constant, 1e25, {1, 2, 3}, view_), nothing);
}

TEST_F(Units, RefusesBoxesThatAreNone) {
  const auto refused = [&](double spacing) {
    Grid grid = grid_of(1.0, 0.0);
    grid.spacing[1] = spacing;
    return message_of<ValueError>([&] { (void)surface(grid, 1.0); });
  };
  EXPECT_THAT(refused(0.0), HasSubstr("not 0"));
  EXPECT_THAT(refused(NAN), HasSubstr("finite"));
  EXPECT_THAT(refused(1e-7), HasSubstr("another unit along an axis"));
  EXPECT_THAT(refused(1e300), HasSubstr("another unit along an axis"));
}

}  // namespace
}  // namespace stsr

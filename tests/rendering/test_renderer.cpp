#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/test_folder.h"
#include "stsr/rendering/renderer.h"

namespace stsr {
namespace {

using testing::HasSubstr;

constexpr Rgb white{255, 255, 255};

/// Pictures must not need a display, and must not use one that is there.
class RendererTest : public testing::Test {
 protected:
  RendererTest() {
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    view_.size = {120, 120};
    view_.lighting.on = false;
  }

  View view_;
};

Grid cube(std::size_t samples) {
  const double spacing = 2.0 / static_cast<double>(samples - 1);
  return {{samples, samples, samples}, {spacing, spacing, spacing}, {-1.0, -1.0, -1.0}};
}

/// f(x, y, z) at every sample.
template <class F>
std::vector<float> sampled(const Grid& grid, const F& f) {
  std::vector<float> values;
  for (std::size_t k = 0; k < grid.dims.z; ++k)
    for (std::size_t j = 0; j < grid.dims.y; ++j)
      for (std::size_t i = 0; i < grid.dims.x; ++i)
        values.push_back(static_cast<float>(f(grid.position(0, static_cast<double>(i)),
                                              grid.position(1, static_cast<double>(j)),
                                              grid.position(2, static_cast<double>(k)))));
  return values;
}

std::vector<float> blob(const Grid& grid, double x0, double y0, double z0) {
  return sampled(grid, [&](double x, double y, double z) {
    const double d = std::hypot(x - x0, y - y0, z - z0);
    return std::exp(-8.0 * d * d);
  });
}

std::vector<float> ball(const Grid& grid) {
  return sampled(grid, [](double x, double y, double z) { return 1.0 - std::hypot(x, y, z); });
}

struct Centre {
  double x = 0.0;
  double y = 0.0;
  double weight = 0.0;
};

/// The centre of what is not white, in [-1, 1], y upwards.
Centre centre_of(const Image& image) {
  Centre centre;
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) {
      const Rgb colour = image.at(x, y);
      const double weight = 765.0 - colour[0] - colour[1] - colour[2];
      centre.x +=
          weight * (2.0 * (static_cast<double>(x) + 0.5) / static_cast<double>(image.width) - 1.0);
      centre.y +=
          weight * (1.0 - 2.0 * (static_cast<double>(y) + 0.5) / static_cast<double>(image.height));
      centre.weight += weight;
    }
  centre.x /= centre.weight;
  centre.y /= centre.weight;
  return centre;
}

TransferFunction constant(Rgb colour) {
  return {"",
          ColourSpace::rgb,
          TransferDomain::values,
          {{0.0, {colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0}}},
          {{0.0, 1.0}}};
}

TEST_F(RendererTest, ABlobLandsInItsQuadrant) {
  Renderer renderer;
  const Grid grid = cube(24);
  const auto values = blob(grid, 0.5, 0.3, 0.4);
  const auto transfer = transfer_function_preset("viridis").scaled_to(0.0, 1.0);
  const auto look = [&](double azimuth, double elevation, double roll) {
    view_.camera = {azimuth, elevation, roll, 1.0, Projection::parallel, 30.0};
    const Centre drawn = centre_of(renderer.volume(grid, values, transfer, view_));
    const Centre surface = centre_of(renderer.isosurface(grid, values, 0.5, {70, 130, 180}, view_));
    EXPECT_NEAR(drawn.x, surface.x, 0.02);
    EXPECT_NEAR(drawn.y, surface.y, 0.02);
    return drawn;
  };
  const double unit = 1.0 / 1.06;
  const auto expect = [&](const Centre& centre, double x, double y) {
    EXPECT_NEAR(centre.x, x * unit, 0.02);
    EXPECT_NEAR(centre.y, y * unit, 0.02);
  };
  expect(look(0, 0, 0), 0.5, 0.3);    // x right, y up
  expect(look(90, 0, 0), -0.4, 0.3);  // from +x: z points to the left
  expect(look(0, 90, 0), 0.5, -0.4);  // from above: z points down
  expect(look(0, 0, 90), -0.3, 0.5);  // turned anticlockwise
  expect(look(180, 0, 0), -0.5, 0.3);
}

TEST_F(RendererTest, WhatIsNearHidesWhatIsFar) {
  Renderer renderer;
  const Grid grid = cube(16);
  const auto values = sampled(grid, [](double, double, double z) { return z; });
  const TransferFunction transfer{"",
                                  ColourSpace::rgb,
                                  TransferDomain::values,
                                  {{0.0, {1.0, 0.0, 0.0}}, {0.0, {0.0, 0.0, 1.0}}},
                                  {{-1.0, 1.0}, {1.0, 1.0}}};
  const Rgb front = renderer.volume(grid, values, transfer, view_).at(60, 60);
  EXPECT_EQ(front, (Rgb{0, 0, 255}));
  view_.camera.azimuth = 180;
  EXPECT_EQ(renderer.volume(grid, values, transfer, view_).at(60, 60), (Rgb{255, 0, 0}));
}

TEST_F(RendererTest, AnOpaqueVolumeHasItsColour) {
  Renderer renderer;
  const Grid grid = cube(8);
  const std::vector<float> values(grid.dims.count(), 0.5F);
  const Rgb colour{200, 100, 50};
  const Rgb drawn = renderer.volume(grid, values, constant(colour), view_).at(60, 60);
  const Rgb surface = renderer.isosurface(grid, ball(grid), 0.4, colour, view_).at(60, 60);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(drawn[c], colour[c], 1);
    EXPECT_NEAR(surface[c], colour[c], 1);
  }
}

TEST_F(RendererTest, AmbientLightHasTheColourOfWhatItFallsOn) {
  Renderer renderer;
  const Grid grid = cube(16);
  view_.lighting = {true, {1.0, 0.2, 0.1}, 0.5, 0.0, 0.0, 20.0};
  const Rgb colour{200, 100, 50};
  const Rgb drawn = renderer.volume(grid, ball(grid), constant(colour), view_).at(60, 60);
  const Rgb surface = renderer.isosurface(grid, ball(grid), 0.4, colour, view_).at(60, 60);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(drawn[c], colour[c] / 2, 1);
    EXPECT_NEAR(surface[c], colour[c] / 2, 1);
  }
}

TEST_F(RendererTest, TheBrightestPointOfABallFacesTheLight) {
  Renderer renderer;
  const Grid grid = cube(32);
  view_.lighting.on = true;
  view_.lighting.specular = 0.0;
  view_.camera.azimuth = 40;  // the light goes with the viewer
  view_.camera.projection = Projection::parallel;
  const TransferFunction solid{"",
                               ColourSpace::rgb,
                               TransferDomain::values,
                               {{0.0, {0.8, 0.8, 0.8}}},
                               {{0.39, 0.0}, {0.41, 1.0}}};
  for (const auto& [x, y] : {std::pair{1.0, 0.0}, {-1.0, 0.0}, {0.0, 1.0}, {0.0, -1.0}}) {
    view_.lighting.towards_light = {x, y, 0.3};
    for (const Image& image : {renderer.isosurface(grid, ball(grid), 0.4, {200, 200, 200}, view_),
                               renderer.volume(grid, ball(grid), solid, view_)}) {
      const auto at = [&](double side) {
        const double radius = 60.0 / 1.06 / std::sqrt(3.0) * 0.6;
        return image.at(static_cast<std::size_t>(60.0 + side * x * radius),
                        static_cast<std::size_t>(60.0 - side * y * radius))[0];
      };
      EXPECT_GT(at(1.0), at(-1.0) + 30) << x << ", " << y;
    }
  }
}

TEST_F(RendererTest, TheOutlineStaysInsideFromEverywhere) {
  Renderer renderer;
  const Grid grid{{20, 6, 11}, {0.5, 1.0, 0.25}, {3.0, -2.0, 7.0}};
  const std::vector<float> values(grid.dims.count(), 0.0F);
  view_.outline = true;
  for (const PictureSize size : {PictureSize{180, 120}, PictureSize{120, 180}})
    for (const Projection projection : {Projection::parallel, Projection::perspective})
      for (double azimuth = 0; azimuth < 360; azimuth += 75)
        for (double elevation = -90; elevation <= 90; elevation += 45) {
          view_.size = size;
          view_.camera = {azimuth, elevation, 17.0, 1.0, projection, 30.0};
          const Image image = renderer.isosurface(grid, values, 1.0, {0, 0, 0}, view_);
          EXPECT_GT(centre_of(image).weight, 1000.0);
          bool inside = true;
          for (std::size_t x = 0; x < size.width; ++x)
            inside = inside && image.at(x, 0) == white && image.at(x, size.height - 1) == white;
          for (std::size_t y = 0; y < size.height; ++y)
            inside = inside && image.at(0, y) == white && image.at(size.width - 1, y) == white;
          EXPECT_TRUE(inside) << size.width << " wide, " << enum_name(projection) << ", " << azimuth
                              << ", " << elevation;
        }
}

TEST_F(RendererTest, MissingValuesAreTransparent) {
  Renderer renderer;
  const Grid grid = cube(24);
  auto values = sampled(grid, [](double x, double, double) { return x > 0.0 ? NAN : 0.5; });
  view_.camera.projection = Projection::parallel;
  const Image volume = renderer.volume(grid, values, constant({10, 20, 30}), view_);
  EXPECT_NEAR(volume.at(30, 60)[0], 10, 1);
  EXPECT_EQ(volume.at(66, 60), white);
  EXPECT_EQ(volume.at(90, 60), white);

  values = ball(grid);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (i % 24 >= 12) values[i] = NAN;
  const Image half = renderer.isosurface(grid, values, 0.4, {10, 20, 30}, view_);
  EXPECT_EQ(half.at(50, 60), (Rgb{10, 20, 30}));
  EXPECT_EQ(half.at(64, 60), white);
  const std::vector<float> none(grid.dims.count(), NAN);
  EXPECT_DOUBLE_EQ(std::isnan(centre_of(renderer.isosurface(grid, none, 0.4, {}, view_)).x), true);
}

TEST_F(RendererTest, NoSurfaceGivesTheBackground) {
  Renderer renderer;
  const Grid grid = cube(8);
  view_.background = {12, 34, 56};
  const Image image = renderer.isosurface(grid, ball(grid), 5.0, {255, 0, 0}, view_);
  for (std::size_t y = 0; y < image.height; ++y)
    for (std::size_t x = 0; x < image.width; ++x) ASSERT_EQ(image.at(x, y), view_.background);
}

TEST_F(RendererTest, TheSameInputGivesTheSameBits) {
  const Grid grid = cube(20);
  view_.outline = true;
  view_.lighting.on = true;
  const auto transfer = transfer_function_preset("vortex").scaled_to(0.0, 1.0);
  Renderer first;
  const Image volume = first.volume(grid, blob(grid, 0.1, 0.2, 0.3), transfer, view_);
  const Image surface = first.isosurface(grid, ball(grid), 0.3, {9, 99, 199}, view_);
  Renderer second;  // both live, and take turns
  EXPECT_EQ(second.isosurface(grid, ball(grid), 0.3, {9, 99, 199}, view_), surface);
  EXPECT_EQ(first.volume(grid, blob(grid, 0.1, 0.2, 0.3), transfer, view_), volume);
  EXPECT_EQ(second.volume(grid, blob(grid, 0.1, 0.2, 0.3), transfer, view_), volume);
}

TEST_F(RendererTest, AgreesWithAnIndependentRayCaster) {
  const auto golden =
      nlohmann::json::parse(std::ifstream(std::string(STSR_GOLDEN_DIR) + "/volume_rendering.json"));
  const auto dims = golden["dims"].get<std::vector<std::size_t>>();
  const Grid grid{{dims[0], dims[1], dims[2]}, {1.0, 1.0, 1.0}, {0.0, 0.0, 0.0}};
  TransferFunction transfer{"", ColourSpace::rgb, TransferDomain::values, {}, {}};
  for (const auto& p : golden["colours"])
    transfer.colours.push_back(
        {p[0], {p[1].get<double>(), p[2].get<double>(), p[3].get<double>()}});
  for (const auto& p : golden["opacities"]) transfer.opacities.push_back({p[0], p[1]});
  const std::size_t size = golden["size"];
  view_.size = {size, size};
  view_.camera.projection = Projection::parallel;
  Renderer renderer;
  const Image image = renderer.volume(grid, golden["values"].get<std::vector<float>>(), transfer,
                                      view_, {golden["opacity_length"].get<double>(), 0.1});
  const auto expected = golden["picture"].get<std::vector<int>>();
  ASSERT_EQ(image.pixels.size(), expected.size());
  // The silhouette goes through these rows and columns, of which VTK draws a part.
  const auto on_edge = [](std::size_t x, std::size_t y) {
    return x == 1 || x == 58 || y == 6 || y == 53;
  };
  double sum = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (on_edge(i / 3 % size, i / 3 / size)) continue;
    const int difference = std::abs(image.pixels[i] - expected[i]);
    ASSERT_LE(difference, 3) << "x " << i / 3 % size << ", y " << i / 3 / size;
    sum += difference;
  }
  EXPECT_LT(sum / static_cast<double>(expected.size()), 0.6);
}

TEST_F(RendererTest, RefusesBadInput) {
  Renderer renderer;
  const Grid grid = cube(4);
  const std::vector<float> values(64, 1.0F);
  const auto transfer = constant(white);
  const auto volume = [&](const Grid& on, const TransferFunction& with, const View& view,
                          const VolumeStyle& style) {
    return message_of<ValueError>([&] { (void)renderer.volume(on, values, with, view, style); });
  };
  EXPECT_THAT(volume(cube(5), transfer, view_, {}), HasSubstr("125 values, got 64"));
  EXPECT_THAT(volume({{8, 8, 1}, {1, 1, 1}, {}}, transfer, view_, {}), HasSubstr("8 x 8 x 1"));
  EXPECT_THAT(volume(grid, transfer_function_preset("grey"), view_, {}), HasSubstr("over values"));
  EXPECT_THAT(volume(grid, transfer, view_, {0.0, 0.5}), HasSubstr("above 0"));
  EXPECT_THAT(
      message_of<ValueError>([&] { (void)renderer.isosurface(grid, values, NAN, white, view_); }),
      HasSubstr("finite"));
  const auto refused = [&](auto&& change) {
    View bad = view_;
    change(bad);
    return volume(grid, transfer, bad, {});
  };
  EXPECT_THAT(refused([](View& v) { v.size.width = 0; }), HasSubstr("1 to 8192"));
  EXPECT_THAT(refused([](View& v) { v.size.height = 100000; }), HasSubstr("1 to 8192"));
  EXPECT_THAT(refused([](View& v) { v.camera.zoom = 0.0; }), HasSubstr("zoom"));
  EXPECT_THAT(refused([](View& v) { v.camera.azimuth = INFINITY; }), HasSubstr("angles"));
  EXPECT_THAT(refused([](View& v) { v.lighting.ambient = 2.0; }), HasSubstr("[0, 1]"));
  EXPECT_THAT(refused([](View& v) { v.lighting.towards_light = {}; }), HasSubstr("light"));
}

}  // namespace
}  // namespace stsr

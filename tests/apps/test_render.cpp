// Pictures through the command line, from the example data, without a display.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include "program.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/rendering/png.h"

namespace stsr {
namespace {

using testing::HasSubstr;

class RenderTest : public testing::Test {
 protected:
  RenderTest() { unsetenv("DISPLAY"); }

  Outcome render(const std::string& words) const {
    return folder_.stsr("render " + std::string(STSR_SOURCE_DIR) + "/examples/data/half-cylinder " +
                        words);
  }
  void done(const std::string& words) const {
    const Outcome outcome = render(words);
    EXPECT_EQ(outcome.code, 0) << words << "\n" << outcome.err;
  }
  std::string refused(const std::string& words) const {
    const Outcome outcome = render(words + " -o out.png");
    EXPECT_NE(outcome.code, 0) << words;
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out.png")) << words;
    return outcome.err;
  }

  TestFolder folder_;
};

TEST_F(RenderTest, DrawsVolumesAndSurfaces) {
  if (!vtk_available()) GTEST_SKIP() << "built without VTK";
  done("--variable speed_640 --step 3 --size 90x60 -o volume.png");
  done("--variable speed_640 --step 3 --size 90x60 --volume -o again.png");
  const Image volume = read_png(folder_ / "volume.png");
  EXPECT_EQ(volume.width, 90U);
  EXPECT_EQ(volume.height, 60U);
  EXPECT_EQ(read_png(folder_ / "again.png"), volume);

  // Each of these changes what is seen.
  for (const char* look :
       {"--transfer-function viridis", "--range 0,1", "--background #203040", "--outline",
        "--no-lighting", "--camera 30,20", "--zoom 2", "--projection parallel", "--legend",
        "--opacity-length 0.1", "--sample-distance 2", "--isovalue 0.9"}) {
    done(std::string("--variable speed_640 --step 3 --size 90x60 -o other.png ") + look);
    EXPECT_NE(read_png(folder_ / "other.png"), volume) << look;
  }
  done("--variable speed_640 --step 3 --size 90x60 --isovalue 0.9 -o surface.png");
  done("--variable speed_640 --step 3 --size 90x60 --isovalue 0.9 --colour #ff0000 -o red.png");
  EXPECT_NE(read_png(folder_ / "surface.png"), read_png(folder_ / "red.png"));
}

TEST_F(RenderTest, NumbersThePicturesOfSeveralSteps) {
  if (!vtk_available()) GTEST_SKIP() << "built without VTK";
  done("--variable speed_160 --steps 2:6:2 --size 40x30 --isovalue 0.8 -o film.png");
  for (const char* name : {"film_0002.png", "film_0004.png", "film_0006.png"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / name)) << name;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "film_0003.png"));
  done("--variable speed_160 --step 4 --size 40x30 --isovalue 0.8 -o one.png");
  EXPECT_EQ(read_png(folder_ / "one.png"), read_png(folder_ / "film_0004.png"));
}

/// A raw data set of 6 x 5 x 4 samples and three steps, the values of step t from 0 to t + 1, times
/// `unit`; `change` is applied to each of them.
void write_ramps(const std::filesystem::path& folder, const std::string& grid, double unit,
                 const std::function<float(float)>& change = {}) {
  std::filesystem::create_directories(folder);
  write_text(folder / "dataset.toml",
             "stsr_dataset = 1\nformat = 'raw'\ntype = 'float32'\nbyte_order = 'little'\n" + grid +
                 "times = [0.0, 1.0, 2.0]\n[[variable]]\nname = 'p'\nfiles = 'p_%d.raw'\n");
  for (int step = 0; step < 3; ++step) {
    std::string bytes;
    for (int i = 0; i < 120; ++i) {
      auto value = static_cast<float>(unit * (i * 7 % 120) / 119.0 * (step + 1));
      if (change) value = change(value);
      bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    write_text(folder / ("p_" + std::to_string(step) + ".raw"), bytes);
  }
}

constexpr const char* plain_grid =
    "dims = [6, 5, 4]\nspacing = [1.0, 1.0, 2.0]\norigin = [0.0, 0.0, 0.0]\n";

TEST_F(RenderTest, UnitsDoNotShow) {
  if (!vtk_available()) GTEST_SKIP() << "built without VTK";
  write_ramps(folder_ / "here", plain_grid, 1.0);
  write_ramps(folder_ / "there",
              "dims = [6, 5, 4]\nspacing = [1e18, 1e18, 2e18]\norigin = [4.5e20, -1e27, 3.0]\n",
              1e-25);
  for (const auto& [name, unit] : {std::pair{"here", ""}, {"there", "e-25"}}) {
    const std::string draw = std::string("render ") + name + " --step 1 --size 90x80 ";
    EXPECT_EQ(folder_.stsr(draw + "--camera 30,90 --outline -o v-" + name + ".png").code, 0);
    EXPECT_EQ(folder_.stsr(draw + "--isovalue 0.7" + unit + " -o s-" + name + ".png").code, 0);
  }
  for (const char* kind : {"v", "s"}) {
    const Image here = read_png(folder_ / (std::string(kind) + "-here.png"));
    const Image there = read_png(folder_ / (std::string(kind) + "-there.png"));
    std::size_t different = 0;
    for (std::size_t i = 0; i < here.pixels.size(); ++i)
      different += here.pixels[i] != there.pixels[i] ? 1 : 0;
    EXPECT_LE(different, here.pixels.size() / 500) << kind;
  }
}

TEST_F(RenderTest, WarnsOnceWhereNothingIsToBeSeen) {
  if (!vtk_available()) GTEST_SKIP() << "built without VTK";
  write_ramps(folder_ / "d", plain_grid, 1.0);
  const auto warning = [&](const std::string& words) {
    const Outcome outcome = folder_.stsr("render d --size 40x40 -o x.png -q " + words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_LE(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    return outcome.err;
  };
  EXPECT_EQ(warning("--step 0 --isovalue 0.5"), "");
  EXPECT_EQ(warning("--steps 0:2"), "");
  EXPECT_EQ(warning("--step 1 --isovalue 99"),
            "stsr: warning: nothing is to be seen of 'p' in step 1: there is no surface at 99, and "
            "its values there go from 0 to 2\n");
  EXPECT_EQ(warning("--steps 0:2 --isovalue 99"),
            "stsr: warning: nothing is to be seen of 'p' in 3 of 3 pictures (first: step 0): there "
            "is no surface at 99, and its values there go from 0 to 3\n");
  EXPECT_EQ(warning("--steps 0:2 --isovalue 1.5"),
            "stsr: warning: nothing is to be seen of 'p' in 1 of 3 pictures (first: step 0): there "
            "is no surface at 1.5, and its values there go from 0 to 1\n");
  EXPECT_THAT(warning("--step 0 --range 50,60"),
              HasSubstr("makes all transparent, and its values"));

  const auto nowhere = [](float) { return std::numeric_limits<float>::quiet_NaN(); };
  write_ramps(folder_ / "d", plain_grid, 1.0, nowhere);
  EXPECT_THAT(warning("--step 0 --isovalue 0.5"), HasSubstr("step 0: all values are missing\n"));
  EXPECT_THAT(warning("--step 0 --range 0,1"), HasSubstr("step 0: all values are missing\n"));
}

TEST_F(RenderTest, RefusesWhatIsNoVolumeInOneLine) {
  const auto refusal = [&](const std::string& words) {
    const Outcome outcome = folder_.stsr("render d --step 0 -o x.png -q " + words);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
    return outcome.err;
  };
  for (const char* dims : {"30, 4, 1", "30, 1, 4", "1, 30, 4", "120, 1, 1"}) {
    write_ramps(
        folder_ / "d",
        std::string("spacing = [1.0, 1.0, 1.0]\norigin = [0.0, 0.0, 0.0]\ndims = [") + dims + "]\n",
        1.0);
    EXPECT_THAT(refusal(""), HasSubstr("'p' has "));
    EXPECT_THAT(refusal("--isovalue 0.5"), HasSubstr("2 or more along each axis"));
  }
  if (!vtk_available()) return;
  write_ramps(folder_ / "d", plain_grid, 1.0, [](float) { return 5.0F; });
  EXPECT_THAT(refusal(""), HasSubstr("all values of 'p' are 5"));
  write_ramps(folder_ / "d", plain_grid, 1.0, [](float) { return NAN; });
  EXPECT_THAT(refusal(""), HasSubstr("missing"));
}

TEST_F(RenderTest, RefusesDamagedColourMapsInOneLine) {
  const std::string map =
      R"([{"ColorSpace": "Lab", "Name": "m", "RGBPoints": [0, 0, 0, 1, 1, 1, 0, 0]}])";
  for (std::size_t length = 0; length < map.size(); length += 7) {
    write_text(folder_ / "m.json", map.substr(0, length));
    const std::string message = refused("--variable speed_640 --step 0 --transfer-function m.json");
    EXPECT_THAT(message, HasSubstr("stsr: error: m.json: is not JSON"));
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 1) << message;
  }
}

TEST_F(RenderTest, RefusesBadOptionsInOneLine) {
  const std::string one = "--variable speed_640 --step 0 ";
  EXPECT_THAT(refused("--step 0"), HasSubstr("--variable is required"));
  EXPECT_THAT(refused("--variable speed_64 --step 0"), HasSubstr("speed_640"));
  EXPECT_THAT(refused("--variable speed_640"), HasSubstr("--step and --steps"));
  EXPECT_THAT(refused(one + "--steps 0:1"), HasSubstr("only one"));
  EXPECT_THAT(refused("--variable speed_640 --step 25"), HasSubstr("no step 25"));
  EXPECT_THAT(refused("--variable speed_640 --steps 3:1"), HasSubstr("must not end"));
  EXPECT_THAT(refused(one + "--transfer-function virdis"), HasSubstr("'viridis'"));
  EXPECT_THAT(refused(one + "--transfer-function none.toml"), HasSubstr("none.toml"));
  EXPECT_THAT(refused(one + "--volume --isovalue 1"), HasSubstr("exclude"));
  EXPECT_THAT(refused(one + "--isovalue 1 --legend"), HasSubstr("--legend is for volumes"));
  EXPECT_THAT(refused(one + "--isovalue nan"), HasSubstr("finite"));
  EXPECT_THAT(refused(one + "--colour #ff0000"), HasSubstr("--isovalue"));
  EXPECT_THAT(refused(one + "--background red"), HasSubstr("#4682b4"));
  EXPECT_THAT(refused(one + "--camera 1"), HasSubstr("AZIMUTH"));
  EXPECT_THAT(refused(one + "--range 2,1"), HasSubstr("LO < HI"));
  EXPECT_THAT(refused(one + "--size 100"), HasSubstr("800x600"));
  EXPECT_THAT(refused(one + "--projection flat"), HasSubstr("perspective"));
  if (!vtk_available()) return;
  EXPECT_THAT(refused(one + "--zoom 0"), HasSubstr("zoom"));
  EXPECT_THAT(refused(one + "--size 9000x10"), HasSubstr("8192"));
  EXPECT_THAT(refused(one + "--opacity-length 0"), HasSubstr("above 0"));
}

}  // namespace
}  // namespace stsr

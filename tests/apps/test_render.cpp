// Pictures through the command line, from the example data, without a display.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

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

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "io/test_folder.h"
#include "stsr/rendering/png.h"

namespace stsr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Image sample() {
  Image image{5, 3, {}};
  for (std::size_t i = 0; i < 45; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 5));
  return image;
}

TEST(Png, GivesBackWhatWasWritten) {
  const TestFolder folder;
  write_png(folder / "a.png", sample());
  EXPECT_EQ(read_png(folder / "a.png"), sample());
  EXPECT_THAT(folder.names(), ElementsAre("a.png"));
  const auto bytes = png_bytes(sample());
  EXPECT_EQ(read_all(folder / "a.png"), std::string(bytes.begin(), bytes.end()));
  EXPECT_EQ(std::string(bytes.begin() + 1, bytes.begin() + 4), "PNG");
}

TEST(Png, RefusesOtherFilesAndEmptyPictures) {
  const TestFolder folder;
  EXPECT_THAT(message_of([&] { (void)read_png(folder / "none.png"); }), HasSubstr("missing"));
  EXPECT_THAT(message_of([&] { (void)read_png(folder.write("text.png", "no picture")); }),
              HasSubstr("is no PNG file"));
  EXPECT_THAT(message_of([&] { write_png(folder / "nowhere/a.png", sample()); }),
              HasSubstr("nowhere"));
  EXPECT_THAT(message_of<ShapeError>([] { (void)png_bytes({}); }), HasSubstr("0 x 0"));
}

TEST(ForOtherReaders, Picture) {
  const char* place = std::getenv("STSR_TEST_OUTPUT");
  if (place == nullptr) GTEST_SKIP() << "STSR_TEST_OUTPUT names no folder";
  write_png(std::filesystem::path(place) / "picture.png", sample());
}

}  // namespace
}  // namespace stsr

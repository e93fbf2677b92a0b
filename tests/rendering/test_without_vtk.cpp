#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/test_folder.h"
#include "stsr/rendering/compose.h"
#include "stsr/rendering/png.h"
#include "stsr/rendering/renderer.h"

namespace stsr {
namespace {

TEST(WithoutVtk, PicturesSayHowToGetIt) {
  const auto hint = testing::HasSubstr("STSR_WITH_VTK=ON");
  const Image pixel{1, 1, {0, 0, 0}};
  EXPECT_THAT(message_of<ValueError>([] { Renderer renderer; }), hint);
  EXPECT_THAT(message_of<ValueError>([&] { (void)png_bytes(pixel); }), hint);
  EXPECT_THAT(message_of<ValueError>([&] { write_png("a.png", pixel); }), hint);
  EXPECT_THAT(message_of<ValueError>([] { (void)read_png("a.png"); }), hint);
  EXPECT_THAT(message_of<ValueError>([] { (void)strip({}); }), hint);
}

}  // namespace
}  // namespace stsr

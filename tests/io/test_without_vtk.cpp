#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::HasSubstr;

TEST(WithoutVtk, SaysHowToGetIt) {
  const TestFolder folder;
  EXPECT_FALSE(vtk_available());
  for (const char* name : {"a.vti", "a.pvd"}) {
    const auto path = folder.write(name, "");
    EXPECT_THAT(message_of([&] { (void)open_dataset(path); }), HasSubstr("STSR_WITH_VTK=ON"));
  }
  const VariableInfo info{"v", "", {{1, 1, 1}, {1, 1, 1}, {0, 0, 0}}, {0.0}, std::nullopt};
  EXPECT_THAT(message_of<ValueError>(
                  [&] { (void)create_dataset(folder / "out", {info}, format_named("vti")); }),
              HasSubstr("STSR_WITH_VTK=ON"));
}

}  // namespace
}  // namespace stsr

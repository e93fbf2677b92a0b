#include <gtest/gtest.h>

#include <numeric>

#include "io/test_folder.h"
#include "stsr/base/error.h"
#include "stsr/io/step_values.h"

namespace stsr {
namespace {

TEST(StepValues, MappedValuesSurviveReleaseAndMoves) {
  const TestFolder folder;
  for (const bool mapped : {false, true}) {
    StepValues values(folder.path(), 100'003, mapped ? 0 : 1'000'000);
    ASSERT_EQ(values.mapped(), mapped);
    ASSERT_EQ(values.values().size(), 100'003U);
    EXPECT_EQ(values.values()[99'999], 0.0F);
    std::iota(values.values().begin(), values.values().end(), 1.0F);
    values.release_memory();
    StepValues moved = std::move(values);
    EXPECT_EQ(moved.values().front(), 1.0F);
    EXPECT_EQ(moved.values()[99'999], 100'000.0F);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the file has no name";
  }
}

TEST(StepValues, SmallStepsStayInMemory) {
  const TestFolder folder;
  EXPECT_FALSE(StepValues(folder.path(), 1000).mapped());
}

TEST(StepValues, AFullDiskOrAMissingFolderIsAnError) {
  const TestFolder folder;
  // Larger than any disk: 2^59 values are 2^61 bytes.
  EXPECT_THROW(StepValues(folder.path(), std::size_t{1} << 59U), FileError);
  EXPECT_THROW(StepValues(folder / "none", 10, 0), FileError);
  EXPECT_THROW(StepValues(folder.path(), ~std::size_t{0}), ShapeError);
}

}  // namespace
}  // namespace stsr

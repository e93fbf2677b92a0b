// Images that are written in pieces, through VTK's reader and ours.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vtkDataArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkXMLImageDataReader.h>

#include <cmath>

#include "io/test_folder.h"
#include "io/vtk/image_pieces.h"
#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"

namespace stsr {
namespace {

using testing::ElementsAre;

std::size_t largest_piece(const Dims& dims, const std::array<std::size_t, 2>& counts) {
  const std::size_t y = ceil_divide(dims.y - 1, counts[0]) + 1;
  const std::size_t z = ceil_divide(dims.z - 1, counts[1]) + 1;
  return dims.x * y * z;
}

TEST(ImagePieces, AreAsFewAndAsCubicAsTheirSizeAllows) {
  EXPECT_THAT(piece_counts({10, 10, 10}, 1000), ElementsAre(1, 1));
  EXPECT_THAT(piece_counts({10, 10, 10}, 999), ElementsAre(1, 2));
  EXPECT_THAT(piece_counts({800, 800, 800}, std::size_t{1} << 24U), ElementsAre(6, 6));
  EXPECT_THAT(piece_counts({100, 10000, 1}, 100'000), ElementsAre(11, 1));
  for (const Dims dims : {Dims{100, 70, 3}, Dims{1, 1, 5000}, Dims{64, 1000, 1000}, Dims{7, 2, 2}})
    for (const std::size_t most : {std::size_t{400}, std::size_t{5000}, std::size_t{1} << 22U})
      EXPECT_LE(largest_piece(dims, piece_counts(dims, most)), std::max(most, 4 * dims.x));
  // Rows are whole: a piece has at least two in each direction.
  EXPECT_THAT(piece_counts({1000, 5, 4}, 10), ElementsAre(4, 3));
}

float value_at(std::size_t variable, std::size_t i) {
  return i % 1001 == 3 ? std::nanf("") : static_cast<float>(variable * 7 + i % 65'521) / 3.0F;
}

TEST(ImagePieces, HoldTheWholeImage) {
  const TestFolder folder;
  const Grid grid{{33, 41, 57}, {0.5, 0.25, 2.0}, {-1.0, 3.0, 1e3}};
  const std::size_t count = grid.dims.count();
  constexpr std::size_t variables = 3;
  constexpr std::size_t most = 3 * 20'000;
  ASSERT_THAT(piece_counts(grid.dims, most / variables), ElementsAre(2, 3));
  std::vector<StepValues> values;
  std::vector<NamedValues> arrays;
  for (std::size_t v = 0; v < variables; ++v) {
    values.emplace_back(folder.path(), count, 0);
    for (std::size_t i = 0; i < count; ++i) values[v].values()[i] = value_at(v, i);
  }
  for (std::size_t v = 0; v < variables; ++v)
    arrays.push_back({"<a> " + std::to_string(v), &values[v]});
  write_image(folder / "a.vti", folder / "a.vti", grid, arrays, most);

  EXPECT_EQ(read_image_info(folder / "a.vti").grid, grid);
  const vtkNew<vtkXMLImageDataReader> reader;
  reader->SetFileName((folder / "a.vti").c_str());
  reader->Update();
  ASSERT_EQ(reader->GetErrorCode(), 0U);
  for (std::size_t v = 0; v < variables; ++v) {
    const auto ours =
        read_image_array(folder / "a.vti", {"<a> " + std::to_string(v), 1}, 0, {}, grid);
    vtkDataArray* theirs =
        reader->GetOutput()->GetPointData()->GetArray(("<a> " + std::to_string(v)).c_str());
    ASSERT_NE(theirs, nullptr);
    for (std::size_t i = 0; i < count; ++i) {
      const float expected = value_at(v, i);
      const auto read = static_cast<float>(theirs->GetComponent(static_cast<vtkIdType>(i), 0));
      ASSERT_TRUE(std::isnan(expected) ? std::isnan(ours[i]) && std::isnan(read)
                                       : ours[i] == expected && read == expected)
          << v << " " << i;
    }
  }
}

TEST(ImagePieces, AFullDiskIsAnError) {
  const TestFolder folder;
  const Grid grid{{64, 64, 64}, {1, 1, 1}, {0, 0, 0}};
  StepValues values(folder.path(), grid.dims.count(), 0);
  for (std::size_t i = 0; i < grid.dims.count(); ++i)
    values.values()[i] = static_cast<float>((i * 2654435761U) % 1000003U);
  const std::vector<NamedValues> arrays{{"v", &values}};
  const SmallFiles limit(300'000);
  testing::internal::CaptureStderr();
  EXPECT_THAT(
      message_of([&] { write_image(folder / "p", folder / "a.vti", grid, arrays, 100'000); }),
      testing::HasSubstr("a.vti: writing failed: "));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace stsr

// What VTK hides has no value, its marks are no variables, and cells are samples where asked for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "stsr/io/dataset.h"
#include "vtk_files.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names_of(const Dataset& data) {
  std::vector<std::string> names;
  for (const VariableInfo& info : data.variables()) names.push_back(info.name);
  return names;
}

/// 0 to 11 with these missing.
void expect_missing(const std::vector<float>& values, const std::vector<std::size_t>& missing) {
  ASSERT_EQ(values.size(), 12U);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool hidden = std::find(missing.begin(), missing.end(), i) != missing.end();
    EXPECT_TRUE(hidden ? std::isnan(values[i]) : values[i] == static_cast<float>(i)) << i;
  }
}

vtkSmartPointer<vtkDataArray> mark(int type, const char* name, const std::vector<int>& values) {
  auto array = numbers<int>(type, name, 1, static_cast<int>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    array->SetComponent(static_cast<vtkIdType>(i), 0, values[i]);
  return array;
}

TEST(VtkMarks, HiddenAndInvalidPointsAreMissingInAllVariables) {
  const TestFolder folder;
  const auto data = image();
  const auto p = numbers<float>(VTK_FLOAT, "p");
  p->SetComponent(3, 0, std::numeric_limits<double>::infinity());  // hidden: no matter
  data->GetPointData()->AddArray(p);
  data->GetPointData()->AddArray(numbers<int>(VTK_INT, "n"));
  data->GetPointData()->AddArray(numbers<double>(VTK_DOUBLE, "u", 3));
  // DUPLICATEPOINT is 1, HIDDENPOINT 2.
  data->GetPointData()->AddArray(
      mark(VTK_UNSIGNED_CHAR, "vtkGhostType", {0, 1, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0}));
  data->GetPointData()->AddArray(
      mark(VTK_CHAR, "vtkValidPointMask", {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}));
  data->GetPointData()->AddArray(numbers<int>(VTK_ID_TYPE, "vtkOriginalPointIds"));
  for (const Mode mode : {Mode::ascii, Mode::appended_raw}) {
    const auto opened = open_dataset(write(folder, data, {mode}));
    EXPECT_THAT(names_of(*opened), ElementsAre("p", "n", "u_x", "u_y", "u_z"));
    for (const std::size_t variable : {0U, 1U, 2U})
      expect_missing(opened->read(variable, 0), {3, 6, 11});
  }
}

TEST(VtkMarks, HideAtTheirOwnTimeStep) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  write(folder, data, {}, "0.vti");
  data->GetPointData()->AddArray(
      mark(VTK_UNSIGNED_CHAR, "vtkGhostType", {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
  write(folder, data, {}, "1.vti");
  const auto opened = open_dataset(folder.path());
  expect_missing(opened->read(0, 0), {});
  expect_missing(opened->read(0, 1), {0});
}

TEST(VtkMarks, NumbersOfPointsAreNoVariables) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  data->GetPointData()->SetGlobalIds(numbers<int>(VTK_ID_TYPE, "id"));
  data->GetPointData()->SetPedigreeIds(numbers<int>(VTK_ID_TYPE, "old"));
  EXPECT_THAT(names_of(*open_dataset(write(folder, data))), ElementsAre("p"));
  data->GetPointData()->RemoveArray("p");
  EXPECT_THAT(message_of([&] { (void)open_dataset(write(folder, data)); }),
              HasSubstr("holds no quantities"));
}

TEST(VtkMarks, HideInEachPiece) {
  const TestFolder folder;
  VtiText vti;
  const std::string ghost = R"(type="UInt8" Name="vtkGhostType")";
  vti.image = R"(WholeExtent="0 2 0 0 0 0")";
  vti.extent = "0 1 0 0 0 0";
  vti.arrays = data_array("1 2") + data_array("2 0", "", ghost);
  vti.more = VtiText::piece("1 2 0 0 0 0", data_array("2 3") + data_array("0 2", "", ghost));
  const auto values = open_dataset(folder.write("a.vti", vti.text()))->read(0, 0);
  EXPECT_TRUE(std::isnan(values[0]) && values[1] == 2.0F && std::isnan(values[2]));
}

/// 3 x 2 x 1 cells of the image's spacing, or one layer of points with 3 x 2 cells.
vtkSmartPointer<vtkImageData> cell_image(bool flat) {
  const auto data = image();
  data->SetExtent(2, 5, 1, 3, 0, flat ? 0 : 1);
  data->GetCellData()->AddArray(numbers<float>(VTK_FLOAT, "c", 1, 6));
  return data;
}

class VtkCells : public testing::Test {
 protected:
  std::unique_ptr<Dataset> open(const std::string& keys) const {
    return open_dataset(folder_.write("d.toml", "stsr_dataset = 1\nformat = \"vti\"\n" + keys));
  }

  TestFolder folder_;
  const std::string cells_ =
      "association = \"cells\"\n[[variable]]\nname = \"c\"\nfiles = \"a.vti\"\n";
};

TEST_F(VtkCells, AreSamplesAtTheirCentres) {
  const auto data = cell_image(false);
  for (const Mode mode : {Mode::ascii, Mode::binary, Mode::appended_raw}) {
    write(folder_, data, {mode, Compression::zlib});
    const auto opened = open(cells_);
    // The first cell lies between the points at (11, 20.25, 30) and (11.5, 20.5, 32).
    EXPECT_EQ(opened->variables()[0].grid, (Grid{{3, 2, 1}, {0.5, 0.25, 2}, {11.25, 20.375, 31}}));
    EXPECT_THAT(opened->read(0, 0), ElementsAre(0, 1, 2, 3, 4, 5));
  }
  // In a plane of points, the cells lie in the plane.
  write(folder_, cell_image(true));
  EXPECT_EQ(open(cells_)->variables()[0].grid,
            (Grid{{3, 2, 1}, {0.5, 0.25, 2}, {11.25, 20.375, 30}}));
}

TEST_F(VtkCells, HiddenOnesAreMissing) {
  const auto data = cell_image(false);
  // DUPLICATECELL is 1, HIDDENCELL 32; 2 means hidden for points alone.
  data->GetCellData()->AddArray(mark(VTK_UNSIGNED_CHAR, "vtkGhostType", {0, 1, 2, 32, 33, 0}));
  write(folder_, data);
  const auto values = open(cells_)->read(0, 0);
  EXPECT_EQ(std::vector<float>(values.begin(), values.begin() + 3), (std::vector<float>{0, 1, 2}));
  EXPECT_TRUE(std::isnan(values[3]) && std::isnan(values[4]));
  EXPECT_EQ(values[5], 5.0F);
}

TEST_F(VtkCells, OfSeveralPiecesDoNotOverlap) {
  const auto piece = [](const char* extent, const std::string& values) {
    return "<Piece Extent=\"" + std::string(extent) + "\"><CellData>" +
           data_array(values, "", R"(type="Int16" Name="c")") + "</CellData></Piece>";
  };
  folder_.write("a.vti", "<VTKFile type=\"ImageData\"><ImageData WholeExtent=\"0 4 0 2 0 0\">" +
                             piece("0 1 0 2 0 0", "1 5") + piece("1 4 0 2 0 0", "2 3 4 6 7 8") +
                             "</ImageData></VTKFile>");
  EXPECT_THAT(open(cells_)->read(0, 0), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  folder_.write("a.vti", "<VTKFile type=\"ImageData\"><ImageData WholeExtent=\"0 4 0 2 0 0\">" +
                             piece("0 1 0 2 0 0", "1 5") + "</ImageData></VTKFile>");
  EXPECT_THAT(message_of([&] { (void)open(cells_); }), HasSubstr("6 of the 8 samples"));
}

TEST_F(VtkCells, StandBesidePointsOfTheSameFiles) {
  const auto data = cell_image(false);
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p", 1, 24));
  write(folder_, data);
  folder_.write("s.pvd",
                "<VTKFile type=\"Collection\"><Collection><DataSet timestep=\"3\" "
                "file=\"a.vti\"/></Collection></VTKFile>");
  const auto opened = open(
      "pvd = \"s.pvd\"\n[[variable]]\nname = \"p\"\n[[variable]]\nname = \"q\"\n"
      "array = \"c\"\nassociation = \"cells\"\n");
  EXPECT_EQ(opened->variables()[0].grid.dims, (Dims{4, 3, 2}));
  EXPECT_EQ(opened->variables()[1].grid.dims, (Dims{3, 2, 1}));
  EXPECT_THAT(opened->variables()[1].times, ElementsAre(3));
  EXPECT_EQ(opened->read(0, 0)[23], 23.0F);
  EXPECT_EQ(opened->read(1, 0)[5], 5.0F);
  // By itself, the file is its points.
  EXPECT_THAT(names_of(*open_dataset(folder_ / "a.vti")), ElementsAre("p"));
}

TEST_F(VtkCells, MistakesSayWhatThereIs) {
  const auto points = image();
  points->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  write(folder_, points);
  EXPECT_THAT(message_of([&] { (void)open(cells_); }),
              AllOf(HasSubstr("point data ('p') but no cell data"), HasSubstr("'association'")));
  write(folder_, cell_image(false));
  EXPECT_THAT(message_of([&] { (void)open(cells_ + "array = \"d\"\n"); }),
              AllOf(HasSubstr("no cell array 'd'"), HasSubstr("'c'")));
  EXPECT_THAT(
      message_of([&] {
        (void)open("[[variable]]\nname = \"c\"\nfiles = \"a.vti\"\nassociation = \"edges\"\n");
      }),
      AllOf(HasSubstr("d.toml:6: "), HasSubstr("'points' or 'cells', got 'edges'")));
  EXPECT_THAT(message_of([&] {
                (void)open_dataset(
                    folder_.write("r.toml",
                                  "stsr_dataset = 1\ndims = [1, 1, 1]\n[[variable]]\nname = \"v\"\n"
                                  "files = \"v.raw\"\nassociation = \"cells\"\n"));
              }),
              HasSubstr("'association' needs format = \"vti\""));
}

}  // namespace
}  // namespace stsr

// Files that VTK itself writes, in every encoding and type, through our reader.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vtkFloatArray.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "stsr/io/dataset.h"
#include "test_folder.h"
#include "vtk_files.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(VtkImage, EveryEncodingCompressionAndByteOrder) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  for (const Mode mode : {Mode::ascii, Mode::binary, Mode::appended_raw, Mode::appended_base64})
    for (const Compression compression :
         {Compression::none, Compression::zlib, Compression::lz4, Compression::lzma})
      for (const auto& [big, words64] : {std::pair(false, false), std::pair(true, true)}) {
        SCOPED_TRACE(fmt::format("mode {} compression {} big {}", static_cast<int>(mode),
                                 static_cast<int>(compression), big));
        const auto opened = open_dataset(write(folder, data, {mode, compression, big, words64}));
        ASSERT_EQ(opened->variables().size(), 1U);
        const VariableInfo& info = opened->variables()[0];
        EXPECT_EQ(info.name, "p");
        EXPECT_EQ(info.grid, (Grid{{3, 2, 2}, {0.5, 0.25, 2.0}, {11.0, 20.25, 30.0}}));
        EXPECT_THAT(info.times, ElementsAre(0.0));
        EXPECT_EQ(opened->read(0, 0), count_to_12());
      }
}

TEST(VtkImage, EveryNumericType) {
  const TestFolder folder;
  for (const int type : {VTK_CHAR, VTK_SIGNED_CHAR, VTK_UNSIGNED_CHAR, VTK_SHORT,
                         VTK_UNSIGNED_SHORT, VTK_INT, VTK_UNSIGNED_INT, VTK_LONG_LONG,
                         VTK_UNSIGNED_LONG_LONG, VTK_FLOAT, VTK_DOUBLE, VTK_ID_TYPE}) {
    const auto data = image();
    data->GetPointData()->AddArray(numbers<double>(type, "p"));
    EXPECT_EQ(open_dataset(write(folder, data))->read(0, 0), count_to_12()) << type;
  }
}

TEST(VtkImage, ArraysAndComponentsAreVariables) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  data->GetPointData()->AddArray(numbers<double>(VTK_DOUBLE, "u", 3));
  data->GetPointData()->AddArray(numbers<double>(VTK_INT, "s", 4));
  const vtkNew<vtkFloatArray> cell;  // left out
  cell->SetName("cell");
  cell->SetNumberOfTuples(2);
  data->GetCellData()->AddArray(cell);
  const auto opened = open_dataset(write(folder, data));
  std::vector<std::string> names;
  for (const VariableInfo& info : opened->variables()) names.push_back(info.name);
  EXPECT_THAT(names, ElementsAre("p", "u_x", "u_y", "u_z", "s_0", "s_1", "s_2", "s_3"));
  EXPECT_EQ(opened->read(0, 0), count_to_12());
  EXPECT_EQ(opened->read(3, 0), count_to_12(40.0F));
  EXPECT_EQ(opened->read(5, 0), count_to_12(20.0F));
}

TEST(VtkImage, ADataSetFileNamesArrayComponentAndFill) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<double>(VTK_DOUBLE, "u", 3));
  write(folder, data, {Mode::binary, Compression::zlib}, "u_0.vti");
  write(folder, data, {Mode::ascii}, "u_1.vti");
  const std::string begin =
      "stsr_dataset = 1\nformat = \"vti\"\nfiles = \"u_%d.vti\"\n[[variable]]\nname = \"w\"\n";
  const auto open = [&](const std::string& keys) {
    return open_dataset(folder.write("d.toml", begin + keys));
  };
  const auto opened = open("array = \"u\"\ncomponent = 1\nmissing = 22\ntimes = [3, 5]\n");
  EXPECT_THAT(opened->variables()[0].times, ElementsAre(3, 5));
  const auto values = opened->read(0, 1);
  EXPECT_EQ(values[1], 21.0F);
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_THAT(message_of([&] { (void)open(""); }),
              AllOf(HasSubstr("d.toml:4: "), HasSubstr("no point array 'w'")));
  EXPECT_THAT(message_of([&] { (void)open("array = \"u\"\n"); }), HasSubstr("3 components"));
  EXPECT_THAT(message_of([&] { (void)open("array = \"u\"\ncomponent = 0\ndims = [3, 3, 3]\n"); }),
              HasSubstr("d.toml:8: 'dims', 'spacing' or 'origin' differ"));
  EXPECT_THAT(message_of([&] { (void)open("type = \"int8\"\n"); }),
              HasSubstr("d.toml:6: 'type' needs format"));
  EXPECT_THAT(message_of([&] { (void)open("array = \"u\"\ncomponent = 3\n"); }),
              AllOf(HasSubstr("d.toml:7: "), HasSubstr("3 components")));
}

TEST(VtkImage, RefusesWhatItCannotUse) {
  const TestFolder folder;
  const auto cells = image();
  const vtkNew<vtkFloatArray> cell;
  cell->SetName("c");
  cell->SetNumberOfTuples(2);
  cells->GetCellData()->AddArray(cell);
  EXPECT_THAT(message_of([&] { (void)open_dataset(write(folder, cells)); }),
              AllOf(HasSubstr("cell data ('c', 2 x 1 x 1 cells)"),
                    HasSubstr("association = \"cells\""), HasSubstr("Cell Data to Point Data")));
  EXPECT_THAT(message_of([&] { (void)open_dataset(write(folder, image())); }),
              HasSubstr("no numeric point array"));
  const auto rotated = image();
  rotated->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  rotated->SetDirectionMatrix(0, 1, 0, -1, 0, 0, 0, 0, 1);
  EXPECT_THAT(message_of([&] { (void)open_dataset(write(folder, rotated)); }),
              HasSubstr("rotated grid"));
  const auto flat = image();
  flat->SetSpacing(1.0, -1.0, 1.0);
  flat->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  EXPECT_THAT(message_of([&] { (void)open_dataset(write(folder, flat)); }), HasSubstr("'spacing'"));
  const auto infinite = image();
  infinite->GetPointData()->AddArray(numbers<double>(VTK_DOUBLE, "p"));
  infinite->GetPointData()->GetArray(0)->SetComponent(7, 0, 1e300);
  const auto opened = open_dataset(write(folder, infinite));
  EXPECT_THAT(message_of([&] { (void)opened->read(0, 0); }), HasSubstr("index 7"));
}

TEST(VtkImage, ThreadsReadWholeAndDamagedFilesSideBySide) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  const auto whole = write(folder, data, {Mode::appended_raw, Compression::zlib});
  const std::string bytes = read_all(whole);
  const auto cut = folder.write("cut.vti", bytes.substr(0, bytes.size() - 60));
  std::atomic<std::size_t> read{0};
  std::atomic<std::size_t> refused{0};
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (std::size_t round = 0; round < 50; ++round) try {
          (void)open_dataset(i % 2 == 0 ? whole : cut)->read(0, 0);
          ++read;
        } catch (const FileError&) {
          ++refused;
        }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(read, 100U);
  EXPECT_EQ(refused, 100U);
}

}  // namespace
}  // namespace stsr

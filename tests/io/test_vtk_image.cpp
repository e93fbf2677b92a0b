// Files that VTK itself writes, in every encoding and type, through our reader.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vtkCellData.h>
#include <vtkDoubleArray.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkXMLImageDataWriter.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "stsr/io/dataset.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// 3 x 2 x 2 samples from the extent (2, 1, 0) on, values 0, 1, 2, ... of type T.
template <class T>
vtkSmartPointer<vtkDataArray> numbers(int vtk_type, const char* name, int components = 1) {
  const auto array = vtkSmartPointer<vtkDataArray>::Take(vtkDataArray::CreateDataArray(vtk_type));
  array->SetName(name);
  array->SetNumberOfComponents(components);
  array->SetNumberOfTuples(12);
  for (int i = 0; i < 12; ++i)
    for (int c = 0; c < components; ++c) array->SetComponent(i, c, static_cast<T>(i + 20 * c));
  return array;
}

vtkSmartPointer<vtkImageData> image() {
  const auto data = vtkSmartPointer<vtkImageData>::New();
  data->SetExtent(2, 4, 1, 2, 0, 1);
  data->SetSpacing(0.5, 0.25, 2.0);
  data->SetOrigin(10.0, 20.0, 30.0);
  return data;
}

enum class Mode { ascii, binary, appended_raw, appended_base64 };
enum class Compression { none, zlib, lz4, lzma };

std::filesystem::path write(const TestFolder& folder, vtkImageData* data,
                            Mode mode = Mode::appended_raw,
                            Compression compression = Compression::none, bool big = false,
                            const std::string& name = "a.vti") {
  const vtkNew<vtkXMLImageDataWriter> writer;
  const auto path = folder / name;
  writer->SetFileName(path.c_str());
  writer->SetInputData(data);
  if (mode == Mode::ascii) writer->SetDataModeToAscii();
  if (mode == Mode::binary) writer->SetDataModeToBinary();
  if (mode == Mode::appended_raw || mode == Mode::appended_base64) writer->SetDataModeToAppended();
  writer->SetEncodeAppendedData(mode == Mode::appended_base64 ? 1 : 0);
  writer->SetCompressorType(static_cast<int>(compression));
  if (big) writer->SetByteOrderToBigEndian();
  EXPECT_EQ(writer->Write(), 1);
  return path;
}

std::vector<float> count_to_12(float from = 0.0F) {
  std::vector<float> values(12);
  for (std::size_t i = 0; i < 12; ++i) values[i] = from + static_cast<float>(i);
  return values;
}

TEST(VtkImage, EveryEncodingCompressionAndByteOrder) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  for (const Mode mode : {Mode::ascii, Mode::binary, Mode::appended_raw, Mode::appended_base64})
    for (const Compression compression :
         {Compression::none, Compression::zlib, Compression::lz4, Compression::lzma})
      for (const bool big : {false, true}) {
        SCOPED_TRACE(fmt::format("mode {} compression {} big {}", static_cast<int>(mode),
                                 static_cast<int>(compression), big));
        const auto opened = open_dataset(write(folder, data, mode, compression, big));
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
  write(folder, data, Mode::binary, Compression::zlib, false, "u_0.vti");
  write(folder, data, Mode::ascii, Compression::none, false, "u_1.vti");
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
              AllOf(HasSubstr("cell data ('c')"), HasSubstr("Cell Data to Point Data")));
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

TEST(VtkImage, DamagedFilesGiveOneLineAndPrintNothing) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  for (const auto& [mode, compression] :
       {std::pair(Mode::ascii, Compression::none), std::pair(Mode::binary, Compression::none),
        std::pair(Mode::binary, Compression::zlib),
        std::pair(Mode::appended_raw, Compression::none),
        std::pair(Mode::appended_raw, Compression::lz4),
        std::pair(Mode::appended_base64, Compression::zlib)}) {
    const std::string whole = read_all(write(folder, data, mode, compression));
    for (std::size_t length = 0; length + 1 < whole.size(); length += 17) {
      SCOPED_TRACE(
          fmt::format("mode {} cut at {} of {}", static_cast<int>(mode), length, whole.size()));
      const auto path = folder.write("cut.vti", whole.substr(0, length));
      testing::internal::CaptureStderr();
      testing::internal::CaptureStdout();
      const std::string message = message_of([&] { (void)open_dataset(path)->read(0, 0); });
      EXPECT_EQ(testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout(),
                "");
      EXPECT_THAT(message, StartsWith(path.string() + ": ")) << length;
    }
  }
  const std::string header =
      "<VTKFile type=\"ImageData\" version=\"0.1\"><ImageData WholeExtent=\"";
  const std::string rest =
      "\" Origin=\"0 0 0\" Spacing=\"1 1 1\"><Piece Extent=\"0 1 0 1 0 1\"><PointData>"
      "<DataArray type=\"Float32\" Name=\"p\" format=\"ascii\">0 0 0 0 0 0 0 0</DataArray>"
      "</PointData></Piece></ImageData></VTKFile>";
  for (const char* extent : {"0 2147483647 0 2147483647 0 2147483647", "0 100000 0 100000 0 100000",
                             "5 1 0 1 0 1", "0 1", "a b c"}) {
    const auto path = folder.write("h.vti", header + extent + rest);
    EXPECT_THROW((void)open_dataset(path)->read(0, 0), FileError) << extent;
  }
  EXPECT_NO_THROW(
      (void)open_dataset(folder.write("g.vti", header + "0 1 0 1 0 1" + rest))->read(0, 0));
}

TEST(VtkImage, ThreadsReadWholeAndDamagedFilesSideBySide) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  const auto whole = write(folder, data, Mode::appended_raw, Compression::zlib);
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

std::string series(const std::string& entries) {
  return "<VTKFile type=\"Collection\" version=\"0.1\"><Collection>" + entries +
         "</Collection></VTKFile>";
}

TEST(VtkSeries, SortsByTimeAndFindsFilesBesideIt) {
  const TestFolder folder;
  const auto first = image();
  first->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  std::filesystem::create_directory(folder / "sub");
  write(folder, first, Mode::ascii, Compression::none, false, "sub/late.vti");
  const auto second = image();
  second->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p", 1));
  second->GetPointData()->GetArray(0)->SetComponent(0, 0, 99.0);
  write(folder, second, Mode::ascii, Compression::none, false, "sub/early.vti");
  const auto path = folder.write(
      "s.pvd", series("<DataSet timestep=\"2.5\" group=\"\" part=\"0\" file=\"sub/late.vti\"/>"
                      "<DataSet timestep=\"-1e-3\" file=\"sub/early.vti\"/>"));
  for (const auto& place : {path, folder.path()}) {
    const auto opened = open_dataset(place);
    EXPECT_THAT(opened->variables()[0].times, ElementsAre(-1e-3, 2.5));
    EXPECT_EQ(opened->read(0, 0)[0], 99.0F);
    EXPECT_EQ(opened->read(0, 1)[0], 0.0F);
  }
  folder.write("t.pvd", "");
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder.path()); }), HasSubstr("several .pvd"));
}

TEST(VtkSeries, RefusesMistakes) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  write(folder, data);
  const auto failure = [&](const std::string& text) {
    const auto path = folder.write("s.pvd", text);
    testing::internal::CaptureStderr();
    const std::string message = message_of([&] { (void)open_dataset(path); });
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    return message;
  };
  const std::string good = "<DataSet timestep=\"0\" part=\"0\" file=\"a.vti\"/>";
  EXPECT_THAT(failure(series(good + "<DataSet timestep=\"1\" part=\"1\" file=\"a.vti\"/>")),
              HasSubstr("several parts"));
  EXPECT_THAT(failure(series(good + good)), HasSubstr("two files at time 0"));
  EXPECT_THAT(failure(series("")), HasSubstr("names no file"));
  EXPECT_THAT(failure(series("<DataSet file=\"a.vti\"/>")), HasSubstr("no attribute timestep"));
  EXPECT_THAT(failure(series("<DataSet timestep=\"1x\" file=\"a.vti\"/>")), HasSubstr("\"1x\""));
  EXPECT_THAT(failure(series("<DataSet timestep=\"nan\" file=\"a.vti\"/>")), HasSubstr("\"nan\""));
  EXPECT_THAT(failure(series("<DataSet timestep=\"1\"/>")), HasSubstr("no attribute file"));
  EXPECT_THAT(failure(series("<DataSet timestep=\"1\" file=\"a.vtu\"/>")), HasSubstr("a.vtu"));
  EXPECT_THAT(failure(series("<DataSet timestep=\"1\" file=\"none.vti\"/>")),
              AllOf(HasSubstr("none.vti"), HasSubstr("No such file")));
  EXPECT_THAT(failure("<VTKFile><Collection>"), HasSubstr("not well-formed"));
  EXPECT_THAT(failure(""), HasSubstr("not well-formed"));
  EXPECT_THAT(failure("<svg/>"), HasSubstr("not a VTK time series"));
}

TEST(VtkSeries, AStepOnAnotherGridIsRefusedWhenRead) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  write(folder, data);
  data->SetOrigin(0.0, 0.0, 0.0);
  write(folder, data, Mode::ascii, Compression::none, false, "b.vti");
  const auto opened =
      open_dataset(folder.write("s.pvd", series("<DataSet timestep=\"0\" file=\"a.vti\"/>"
                                                "<DataSet timestep=\"1\" file=\"b.vti\"/>")));
  EXPECT_NO_THROW((void)opened->read(0, 0));
  EXPECT_THAT(message_of([&] { (void)opened->read(0, 1); }), HasSubstr("b.vti: has a grid"));
}

}  // namespace
}  // namespace stsr

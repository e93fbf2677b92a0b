// Time series as VTK, ParaView and other programs write them, and folders of files.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "stsr/io/dataset.h"
#include "vtk_files.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string series(const std::string& entries) {
  return "<VTKFile type=\"Collection\" version=\"0.1\"><Collection>" + entries +
         "</Collection></VTKFile>";
}

TEST(VtkSeries, SortsByTimeAndFindsFilesBesideIt) {
  const TestFolder folder;
  const auto first = image();
  first->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  std::filesystem::create_directory(folder / "sub");
  write(folder, first, {Mode::ascii}, "sub/late.vti");
  const auto second = image();
  second->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p", 1));
  second->GetPointData()->GetArray(0)->SetComponent(0, 0, 99.0);
  write(folder, second, {Mode::ascii}, "sub/early.vti");
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

class VtkSeriesFiles : public testing::Test {
 protected:
  VtkSeriesFiles() {
    for (int i = 0; i < 3; ++i) {
      const auto data = image();
      data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
      data->GetPointData()->GetArray(0)->SetComponent(0, 0, i);
      write(folder_, data, {}, "s_" + std::to_string(i) + ".vti");
    }
  }
  /// The times of the steps, each with the first value of its file.
  std::vector<std::pair<double, float>> steps(const std::string& text,
                                              const std::string& name = "s.pvd") const {
    const auto data = open_dataset(folder_.write(name, text));
    std::vector<std::pair<double, float>> all;
    for (std::size_t step = 0; step < data->variables()[0].times.size(); ++step)
      all.emplace_back(data->variables()[0].times[step], data->read(0, step)[0]);
    return all;
  }
  std::string failure(const std::string& text, const std::string& name = "s.pvd") const {
    const auto path = folder_.write(name, text);
    testing::internal::CaptureStderr();
    const std::string message = message_of([&] { (void)open_dataset(path); });
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    return message;
  }
  /// An entry of s_<file>.vti.
  static std::string entry(int file, const std::string& attributes) {
    return "<DataSet " + attributes + " file=\"s_" + std::to_string(file) + ".vti\"/>";
  }
  static std::string named(const std::string& file, const std::string& time = "0") {
    return "<DataSet timestep=\"" + time + "\" file=\"" + file + "\"/>";
  }

  TestFolder folder_;
  const std::vector<std::pair<double, float>> three_{{0.0, 0.0F}, {1.0, 1.0F}, {2.0, 2.0F}};
};

TEST_F(VtkSeriesFiles, TimesAsOtherProgramsWriteThem) {
  for (const auto& texts :
       {std::array{"  0.0", "1.0 ", "\t2"}, std::array{"+0", "+1.0", "+2e0"},
        std::array{"0.0000D+00", "0.1000D+01", "0.2d1"}, std::array{"0", "1", "2"}})
    EXPECT_EQ(steps(series(entry(0, fmt::format("timestep=\"{}\"", texts[0])) +
                           entry(2, fmt::format("timestep=\"{}\"", texts[2])) +
                           entry(1, fmt::format("timestep=\"{}\"", texts[1])))),
              three_);
  // Without any, they are numbered as they stand; twice the same counts once.
  EXPECT_EQ(steps(series(entry(0, "") + entry(1, "part=\"0\"") + entry(1, "") + entry(2, ""))),
            three_);
  EXPECT_EQ(steps(series(entry(2, "part=\"0\""))), (std::vector<std::pair<double, float>>{{0, 2}}));
}

TEST_F(VtkSeriesFiles, OneFileAStepWhateverItsPart) {
  EXPECT_EQ(
      steps(series(entry(0, "timestep=\"0\" part=\"1\"") + entry(1, "timestep=\"1\" part=\"1\"") +
                   entry(2, "timestep=\"2\" part=\"7\" group=\"g\""))),
      three_);
  const std::string all =
      entry(0, "timestep=\"0\"") + entry(1, "timestep=\"1\"") + entry(2, "timestep=\"2\"");
  EXPECT_EQ(steps(series(all + all)), three_);
  EXPECT_EQ(steps(series(all + entry(1, "timestep=\"1.0\" part=\"0\""))), three_);
}

TEST_F(VtkSeriesFiles, NamesAsOtherProgramsWriteThem) {
  const std::vector<std::pair<double, float>> second{{0.0, 1.0F}};
  std::filesystem::create_directories(folder_ / "run/sub");
  std::filesystem::copy_file(folder_ / "s_1.vti", folder_ / "run/sub/t.vti");
  std::filesystem::copy_file(folder_ / "s_1.vti", folder_ / "CAPITALS.VTI");
  for (const std::string& name :
       {std::string(" s_1.vti "), (folder_ / "s_1.vti").string(), std::string(R"(.\s_1.vti)"),
        std::string(R"(run\sub\t.vti)"), std::string("run/sub/t.vti"), std::string("CAPITALS.VTI"),
        // Where the folder lay on another machine.
        std::string(R"(C:\Users\me\run\sub\t.vti)"), std::string(R"(D:\s_1.vti)"),
        std::string("/scratch/me/run/sub/t.vti"), std::string("/nowhere//s_1.vti")})
    EXPECT_EQ(steps(series(named(name))), second) << name;
  // A file that is there under its own name goes first.
  std::filesystem::copy_file(folder_ / "s_2.vti", folder_ / R"(run\sub\t.vti)");
  EXPECT_EQ(steps(series(named(R"(run\sub\t.vti)")))[0].second, 2.0F);
  EXPECT_THAT(failure(series(named("/scratch/me/none.vti"))),
              AllOf(HasSubstr("/scratch/me/none.vti"), HasSubstr("No such file")));
  EXPECT_THAT(failure(series(named("none.vti"))),
              AllOf(HasSubstr("none.vti"), HasSubstr("No such file")));
  EXPECT_EQ(steps(series(named("s_1.vti")), "S.PVD"), second);
}

TEST_F(VtkSeriesFiles, SeriesOfParaViewInJson) {
  const std::string begin = R"({ "file-series-version": "1.0", "files": [)";
  const auto item = [](int file, const std::string& time) {
    return fmt::format(R"({{ "name": "s_{}.vti"{} }})", file, time);
  };
  EXPECT_EQ(steps(begin + item(0, R"(, "time": 0)") + "," + item(2, R"(, "time": 2.0)") + "," +
                      item(1, R"(, "time": 1e0)") + "]}",
                  "s.vti.series"),
            three_);
  EXPECT_EQ(steps(begin + item(0, "") + "," + item(1, "") + "," + item(2, "") + "]}", "a.dat"),
            three_);
  const auto refused = [&](const std::string& text) { return failure(text, "s.vti.series"); };
  EXPECT_THAT(refused(begin + "]}"), HasSubstr("names no file"));
  EXPECT_THAT(refused(begin), HasSubstr("not well-formed JSON"));
  EXPECT_THAT(refused(R"({"file-series-version": "1.0"})"), HasSubstr("\"files\""));
  EXPECT_THAT(refused(begin + "{}]}"), HasSubstr("entry 0"));
  EXPECT_THAT(refused(begin + item(0, R"(, "time": "0")") + "]}"), HasSubstr("\"time\""));
  EXPECT_THAT(refused(begin + item(0, R"(, "time": 0)") + "," + item(1, R"(, "time": 0)") + "]}"),
              HasSubstr("two files at time 0 ('s_0.vti', 's_1.vti')"));
  EXPECT_THAT(refused(begin + R"({"name": "a.vtu", "time": 0}]})"), HasSubstr("a.vtu"));
}

TEST_F(VtkSeriesFiles, RefusesMistakes) {
  EXPECT_THAT(failure(series(entry(0, "timestep=\"1\" part=\"0\"") +
                             entry(1, "timestep=\"1\" part=\"1\""))),
              HasSubstr("several parts per time step ('s_0.vti', 's_1.vti' at time 1)"));
  EXPECT_THAT(failure(series(entry(0, "part=\"0\"") + entry(1, "part=\"1\""))),
              AllOf(HasSubstr("several parts"), HasSubstr("no times")));
  EXPECT_THAT(failure(series(entry(0, "timestep=\"0\"") + entry(1, "timestep=\"0.0\""))),
              HasSubstr("two files at time 0 ('s_0.vti', 's_1.vti')"));
  EXPECT_THAT(failure(series(entry(0, "timestep=\"0\"") + entry(1, ""))),
              HasSubstr("times for 1 of its 2 files"));
  EXPECT_THAT(failure(series("")), HasSubstr("names no file"));
  for (const char* text : {"1x", "nan", "inf", "", "1,5", "1.0-100"})
    EXPECT_THAT(failure(series(entry(0, fmt::format("timestep=\"{}\"", text)))),
                HasSubstr(fmt::format("timestep=\"{}\" is not a number", text)));
  EXPECT_THAT(failure(series("<DataSet timestep=\"1\"/>")), HasSubstr("no attribute file"));
  EXPECT_THAT(failure(series(named("a.vtu"))), HasSubstr("a.vtu"));
  EXPECT_THAT(failure(series(named("a.pvti"))), HasSubstr("an image in several files"));
  EXPECT_THAT(failure("<VTKFile><Collection>"), HasSubstr("not well-formed"));
  EXPECT_THAT(failure(""), HasSubstr("not well-formed"));
  EXPECT_THAT(failure("<svg/>"), HasSubstr("not a VTK time series"));
}

TEST_F(VtkSeriesFiles, AFolderOfNumberedFilesIsASeries) {
  EXPECT_THAT(open_dataset(folder_.path())->variables()[0].times, ElementsAre(0, 1, 2));
  std::filesystem::copy_file(folder_ / "s_2.vti", folder_ / "s_10.vti");
  folder_.write("notes.txt", "");
  const auto data = open_dataset(folder_.path());
  EXPECT_EQ(data->variables()[0].times.size(), 4U);
  EXPECT_EQ(data->read(0, 1)[0], 1.0F);
  EXPECT_EQ(data->files().size(), 4U);
  std::filesystem::copy_file(folder_ / "s_2.vti", folder_ / "t_0.vti");
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder_.path()); }),
              AllOf(HasSubstr("differ by more than one number ('s_0.vti', 't_0.vti')"),
                    HasSubstr("dataset.toml")));
  folder_.write("s.pvd", series(entry(1, "timestep=\"5\"")));  // an index goes first
  EXPECT_THAT(open_dataset(folder_.path())->variables()[0].times, ElementsAre(5));
}

TEST_F(VtkSeriesFiles, NamesOfAFolderThatAreOneSeriesOrNone) {
  const auto opens = [&](const std::vector<std::string>& names) {
    const TestFolder other;
    for (const std::string& name : names)
      std::filesystem::copy_file(folder_ / "s_1.vti", other / name);
    try {
      return open_dataset(other.path())->variables()[0].times.size();
    } catch (const FileError& error) {
      EXPECT_THAT(error.what(), HasSubstr(".vti"));
      return std::size_t{0};
    }
  };
  EXPECT_EQ(opens({"only.vti"}), 1U);
  EXPECT_EQ(opens({"a9.vti", "a10.vti", "a100.vti"}), 3U);
  EXPECT_EQ(opens({"10.vti", "100.vti", "1000.vti"}), 3U);
  EXPECT_EQ(opens({"t0.5_a.vti", "t1.25_a.vti"}), 2U);
  EXPECT_EQ(opens({"v2_01.vti", "v2_02.vti"}), 2U);
  EXPECT_EQ(opens({"A1.VTI", "A2.VTI"}), 2U);
  EXPECT_EQ(opens({"a1_b1.vti", "a2_b2.vti"}), 0U);
  EXPECT_EQ(opens({"a.vti", "a1.vti"}), 0U);
  EXPECT_EQ(opens({"p_1.vti", "q_1.vti"}), 0U);
  EXPECT_EQ(opens({"notes.txt"}), 0U);
}

TEST(VtkSeries, AStepOnAnotherGridIsRefusedWhenRead) {
  const TestFolder folder;
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  write(folder, data);
  data->SetOrigin(0.0, 0.0, 0.0);
  write(folder, data, {Mode::ascii}, "b.vti");
  const auto opened =
      open_dataset(folder.write("s.pvd", series("<DataSet timestep=\"0\" file=\"a.vti\"/>"
                                                "<DataSet timestep=\"1\" file=\"b.vti\"/>")));
  EXPECT_NO_THROW((void)opened->read(0, 0));
  EXPECT_THAT(message_of([&] { (void)opened->read(0, 1); }), HasSubstr("b.vti: has a grid"));
}

}  // namespace
}  // namespace stsr

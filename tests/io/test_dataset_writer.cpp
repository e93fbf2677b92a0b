#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "test_folder.h"

namespace stsr {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

/// Two variables of one grid, one of another, with names that no file could have.
std::vector<VariableInfo> example() {
  const Grid fine{{4, 3, 2}, {0.1, 1.0 / 3.0, 2.0}, {-0.46875, 1e-3, 1e6 / 7.0}};
  const Grid coarse{{2, 2, 1}, {0.2, 2.0 / 3.0, 1.0}, {0.0, 0.0, 0.0}};
  const std::vector<double> times{4.0, 4.08, 4.16, 1.0 / 3.0 + 5.0};
  const Reduction reduction{{2, 2, 2}, 1, {3, 4, 2}, {0.1, 0.2, 0.3, 0.4}};
  return {{"speed", "m/s", fine, times, std::nullopt},
          {"../a/b <\"&'µ> c", "kg m^-3 \"q\" \\", fine, times, std::nullopt},
          {"SPEED", "", coarse, {0.1, 0.3}, reduction}};
}

std::vector<float> values_of(const VariableInfo& info, std::size_t variable, std::size_t step) {
  std::vector<float> values(info.grid.dims.count());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(variable) * 100.0F + static_cast<float>(step) * 10.0F +
                0.1F * static_cast<float>(i);
  values[1] = nan_value;
  return values;
}

void write_all(DatasetWriter& writer, const std::vector<VariableInfo>& infos) {
  for (std::size_t v = infos.size(); v-- > 0;)
    for (std::size_t t = infos[v].times.size(); t-- > 0;)
      writer.write(v, t, values_of(infos[v], v, t));
}

void expect_same(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_TRUE(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) << i;
}

void expect_values(const Dataset& data, const std::vector<VariableInfo>& infos) {
  for (std::size_t v = 0; v < infos.size(); ++v)
    for (std::size_t t = 0; t < infos[v].times.size(); ++t)
      expect_same(data.read(v, t), values_of(infos[v], v, t));
}

class EveryFormat : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "vti" && !vtk_available()) GTEST_SKIP() << "this build has no VTK";
  }
  TestFolder folder_;
};

TEST_P(EveryFormat, RoundTripsNamesGridsTimesReductionAndMissingValues) {
  const auto infos = example();
  {
    const auto writer = create_dataset(folder_ / "new/out", infos, format_named(GetParam()));
    write_all(*writer, infos);
    EXPECT_FALSE(fs::exists(folder_ / "new/out/dataset.toml"));
    EXPECT_FALSE(fs::exists(folder_ / "new/out/volumes.pvd"));
    writer->close();
  }
  const auto data = open_dataset(folder_ / "new/out");
  EXPECT_EQ(data->variables(), infos);  // every bit of grid and times
  expect_values(*data, infos);
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
    EXPECT_THAT(entry.path().extension().string(),
                Not(testing::AnyOf(".stsr-partial", ".stsr-lock")));
}

TEST_P(EveryFormat, IsIncompleteUntilClosedAndRemovedIfNeverClosed) {
  const auto infos = example();
  {
    const auto writer = create_dataset(folder_ / "out", infos, format_named(GetParam()));
    write_all(*writer, infos);
  }
  EXPECT_THAT(folder_.names(), IsEmpty());
  folder_.write("out/notes.txt", "mine");
  { write_all(*create_dataset(folder_ / "out", infos, format_named(GetParam())), infos); }
  EXPECT_EQ(read_all(folder_ / "out/notes.txt"), "mine");
  EXPECT_THROW((void)open_dataset(folder_ / "out"), FileError);
}

TEST_P(EveryFormat, RefusesToCloseWithAStepMissing) {
  const auto infos = example();
  const auto writer = create_dataset(folder_ / "out", infos, format_named(GetParam()));
  writer->write(0, 0, values_of(infos[0], 0, 0));
  EXPECT_THAT(message_of<ValueError>([&] { writer->close(); }),
              HasSubstr("step 1 of variable 'speed'"));
  EXPECT_FALSE(fs::exists(folder_ / "out/dataset.toml"));
}

TEST_P(EveryFormat, RefusesWrongCalls) {
  const auto infos = example();
  const auto writer = create_dataset(folder_ / "out", infos, format_named(GetParam()));
  const auto values = values_of(infos[0], 0, 0);
  writer->write(0, 0, values);
  EXPECT_THROW(writer->write(0, 0, values), ValueError);
  EXPECT_THROW(writer->write(3, 0, values), ValueError);
  EXPECT_THROW(writer->write(0, 4, values), ValueError);
  EXPECT_THROW(writer->write(0, 1, std::span(values).first(5)), ShapeError);
  auto infinite = values;
  infinite[3] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(writer->write(0, 1, infinite), NumericError);
}

TEST_P(EveryFormat, ASecondWriterIsRefused) {
  const auto infos = example();
  const auto writer = create_dataset(folder_ / "out", infos, format_named(GetParam()));
  EXPECT_THAT(message_of([&] {
                (void)create_dataset(folder_ / "./out/", infos, format_named(GetParam()));
              }),
              HasSubstr("in use by another run (process "));
  write_all(*writer, infos);
  writer->close();
}

TEST_P(EveryFormat, ReplacesItsOwnDataSetWithoutAMomentOfMixture) {
  const auto infos = example();
  auto shorter = infos;
  shorter.pop_back();
  shorter[0].times.pop_back();
  shorter[1].times.pop_back();
  for (const auto& variables : {infos, shorter}) {
    const auto writer = create_dataset(folder_ / "out", variables, format_named(GetParam()));
    EXPECT_THROW((void)open_dataset(folder_ / "out"), FileError);
    write_all(*writer, variables);
    EXPECT_THROW((void)open_dataset(folder_ / "out"), FileError);
    writer->close();
  }
  const auto data = open_dataset(folder_ / "out");
  EXPECT_EQ(data->variables(), shorter);
  expect_values(*data, shorter);
}

TEST_P(EveryFormat, DoesNotReplaceWhatIsBeingRead) {
  const auto infos = example();
  {
    const auto writer = create_dataset(folder_ / "out", infos, format_named(GetParam()));
    write_all(*writer, infos);
    writer->close();
  }
  const auto data = open_dataset(folder_ / "out");
  EXPECT_THAT(
      message_of([&] { (void)create_dataset(folder_ / "out", infos, format_named(GetParam())); }),
      HasSubstr("is being read"));
  expect_values(*data, infos);
}

TEST_P(EveryFormat, NeverReplacesOtherFiles) {
  const auto infos = example();
  const std::string step = GetParam() == "raw" ? "speed_0001.raw" : "volumes_0001.vti";
  folder_.write("a/" + step, "mine");
  EXPECT_THAT(
      message_of([&] { (void)create_dataset(folder_ / "a", infos, format_named(GetParam())); }),
      AllOf(StartsWith((folder_ / "a" / step).string()), HasSubstr("remove it or choose")));
  EXPECT_EQ(read_all(folder_ / "a" / step), "mine");
  folder_.write("b/dataset.toml", "stsr_dataset = 1 # mine");
  EXPECT_THAT(
      message_of([&] { (void)create_dataset(folder_ / "b", infos, format_named(GetParam())); }),
      HasSubstr("was not written by STSR"));
  EXPECT_EQ(read_all(folder_ / "b/dataset.toml"), "stsr_dataset = 1 # mine");
  if (GetParam() == "raw") return;
  folder_.write("c/volumes.pvd", "<VTKFile/>");
  EXPECT_THROW((void)create_dataset(folder_ / "c", infos, format_named(GetParam())), FileError);
  EXPECT_EQ(read_all(folder_ / "c/volumes.pvd"), "<VTKFile/>");
}

TEST_P(EveryFormat, LeavesNothingWhenTheDiskIsFull) {
  const VariableInfo info{"v", "", {{64, 64, 8}, {1, 1, 1}, {0, 0, 0}}, {0.0}, std::nullopt};
  std::vector<float> noise(info.grid.dims.count());
  for (std::size_t i = 0; i < noise.size(); ++i)
    noise[i] = static_cast<float>((i * 2654435761U) % 1000003U);
  {
    const auto writer = create_dataset(folder_ / "out", {info}, format_named(GetParam()));
    const SmallFiles limit(20000);
    EXPECT_THAT(message_of([&] { writer->write(0, 0, noise); }),
                AllOf(StartsWith((folder_ / "out").string()), HasSubstr("writing failed: "),
                      testing::AnyOf(HasSubstr("No space left"), HasSubstr("File too large"))));
  }
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_P(EveryFormat, RefusesPlacesThatCannotHoldIt) {
  folder_.write("file", "");
  EXPECT_THAT(message_of([&] {
                (void)create_dataset(folder_ / "file", example(), format_named(GetParam()));
              }),
              HasSubstr("cannot be made a folder"));
  EXPECT_THAT(message_of([&] {
                (void)create_dataset(folder_ / "file/x", example(), format_named(GetParam()));
              }),
              HasSubstr("Not a directory"));
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::Values("raw", "vti"),
                         [](const auto& format) { return format.param; });

TEST(DatasetWriter, NamesFilesSafely) {
  const TestFolder folder;
  const auto writer = create_dataset(folder / "out", example(), format_named("raw"));
  write_all(*writer, example());
  writer->close();
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
    names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, Contains("speed_0000.raw"));
  EXPECT_THAT(names, Contains("_.._a_b_________c_0003.raw"));
  EXPECT_THAT(names, Contains("SPEED-2_0001.raw"));  // unlike 'speed' where case is folded
}

TEST(DatasetWriter, RefusesDescriptionsThatNobodyCouldRead) {
  const TestFolder folder;
  const auto refused = [&](auto change, const char* message) {
    auto infos = example();
    change(infos);
    EXPECT_THAT(message_of<ValueError>(
                    [&] { (void)create_dataset(folder / "out", infos, format_named("raw")); }),
                HasSubstr(message));
  };
  refused([](auto& v) { v.clear(); }, "at least one variable");
  refused([](auto& v) { v[1].name = "speed"; }, "'speed' is there twice");
  refused([](auto& v) { v[0].name = "a\nb"; }, "control characters");
  refused([](auto& v) { v[0].name = "\xFF"; }, "UTF-8");
  refused([](auto& v) { v[0].grid.dims.y = 0; }, "'dims'");
  refused([](auto& v) { v[0].grid.spacing[2] = -1.0; }, "'spacing'");
  refused([](auto& v) { v[0].times = {1.0, 1.0}; }, "'times' must increase");
  refused([](auto& v) { v[0].times.clear(); }, "'times'");
  refused([](auto& v) { v[2].reduction->space[0] = 0; }, "'reduction'");
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(DatasetWriter, AStepThatFailedLeavesNoWholeDataSet) {
  const TestFolder folder;
  auto infos = example();
  infos.resize(1);
  const auto writer = create_dataset(folder / "out", infos, format_named("raw"));
  const std::vector<float> values(infos[0].grid.dims.count(), 1.0F);
  {
    const SmallFiles limit(1);
    EXPECT_THROW(writer->write(0, 0, values), FileError);
  }
  for (std::size_t step = 1; step < infos[0].times.size(); ++step) writer->write(0, step, values);
  EXPECT_THROW(writer->close(), FileError);
  EXPECT_FALSE(std::filesystem::exists(folder / "out/dataset.toml"));
}

TEST(DatasetWriter, AUnitOfAnyCharactersIsReadBack) {
  const TestFolder folder;
  auto infos = example();
  infos.resize(1);
  infos[0].unit = "\"m\\[\u00b5]";
  const auto writer = create_dataset(folder / "out", infos, format_named("raw"));
  for (std::size_t step = 0; step < infos[0].times.size(); ++step)
    writer->write(0, step, std::vector<float>(infos[0].grid.dims.count()));
  writer->close();
  EXPECT_EQ(open_dataset(folder / "out")->variables()[0].unit, infos[0].unit);
}

/// The script check_outputs.py reads this series with VTK's own readers.
TEST(ForOtherReaders, Series) {
  if (!vtk_available()) GTEST_SKIP() << "this build has no VTK";
  const TestFolder folder;
  const char* place = std::getenv("STSR_TEST_OUTPUT");
  const fs::path out = (place != nullptr ? fs::path(place) : folder.path()) / "series";
  const auto writer = create_dataset(out, example(), format_named("vti"));
  write_all(*writer, example());
  writer->close();
  EXPECT_TRUE(fs::exists(out / "volumes.pvd"));
  EXPECT_TRUE(fs::exists(out / "SPEED.pvd"));
}

}  // namespace
}  // namespace stsr

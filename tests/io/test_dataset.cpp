#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stsr/io/dataset.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

const std::string head = "stsr_dataset = 1\ndims = [2, 1, 2]\n";

/// A variable of four values per step.
std::string variable(const std::string& keys) {
  return head + "[[variable]]\nname = \"v\"\n" + keys;
}

std::unique_ptr<Dataset> open_text(const TestFolder& folder, const std::string& text) {
  return open_dataset(folder.write("data.toml", text));
}

std::string failure(const TestFolder& folder, const std::string& text) {
  return message_of([&] { (void)open_text(folder, text); });
}

template <class T>
void check_type(const char* type, const std::vector<T>& values) {
  const TestFolder folder;
  std::vector<float> expected(values.begin(), values.end());
  for (const bool big : {false, true})
    for (const std::size_t header : {0U, 5U}) {
      SCOPED_TRACE(fmt::format("{} big {} header {}", type, big, header));
      const bool reversed = big != (std::endian::native == std::endian::big);
      folder.write_values("v.raw", values, reversed, header);
      const auto data = open_text(
          folder, variable(fmt::format(
                      "files = \"v.raw\"\ntype = \"{}\"\nbyte_order = \"{}\"\nheader_bytes = {}\n",
                      type, big ? "big" : "little", header)));
      EXPECT_EQ(data->read(0, 0), expected);
    }
}

TEST(RawFiles, EveryTypeInEitherByteOrderAfterAHeader) {
  check_type<float>("float32", {1.5F, -2.25F, 1e30F, -1e-38F});
  check_type<double>("float64", {1.5, -2.25, 1e30, 0.1});
  check_type<std::int8_t>("int8", {-128, -1, 0, 127});
  check_type<std::uint8_t>("uint8", {0, 1, 128, 255});
  check_type<std::int16_t>("int16", {-32768, -2, 3, 32767});
  check_type<std::uint16_t>("uint16", {0, 258, 32768, 65535});
  check_type<std::int32_t>("int32", {-2147483647 - 1, -3, 66051, 2147483647});
  check_type<std::uint32_t>("uint32", {0, 66051, 2147483648U, 4294967295U});
}

TEST(RawFiles, NanAndTheDeclaredFillAreMissing) {
  const TestFolder folder;
  // 1e20 is not a float32: the fill value in the file is the nearest one.
  folder.write_values<float>("v.raw", {1.0F, 1e20F, nan_value, -4.0F});
  const auto data = open_text(folder, variable("files = \"v.raw\"\nmissing = 1e20\n"));
  const auto values = data->read(0, 0);
  EXPECT_EQ(values[0], 1.0F);
  EXPECT_TRUE(std::isnan(values[1]));
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_EQ(values[3], -4.0F);
  folder.write_values<std::int16_t>("i.raw", {1, -999, 3, 4});
  const auto whole =
      open_text(folder, variable("files = \"i.raw\"\ntype = \"int16\"\nmissing = -999\n"));
  EXPECT_TRUE(std::isnan(whole->read(0, 0)[1]));
}

TEST(RawFiles, InfinityIsRefusedUnlessDeclared) {
  const TestFolder folder;
  const float infinity = std::numeric_limits<float>::infinity();
  folder.write_values<float>("v.raw", {1.0F, 2.0F, infinity, -infinity});
  const auto data = open_text(folder, variable("files = \"v.raw\"\n"));
  EXPECT_THAT(message_of([&] { (void)data->read(0, 0); }),
              AllOf(StartsWith((folder / "v.raw").string()), HasSubstr("index 2")));
  folder.write_values<double>("d.raw", {1.0, 1e300, 2.0, 3.0});
  const auto wide = open_text(folder, variable("files = \"d.raw\"\ntype = \"float64\"\n"));
  EXPECT_THAT(message_of([&] { (void)wide->read(0, 0); }), HasSubstr("index 1"));
  folder.write_values<float>("w.raw", {1.0F, 2.0F, infinity, 3.0F});
  const auto declared = open_text(folder, variable("files = \"w.raw\"\nmissing = inf\n"));
  EXPECT_TRUE(std::isnan(declared->read(0, 0)[2]));
}

TEST(RawFiles, WrongSizesAreRefused) {
  const TestFolder folder;
  const std::string text = variable("files = \"v.raw\"\n");
  folder.write("v.raw", std::string(15, '\0'));
  EXPECT_THAT(failure(folder, text), AllOf(StartsWith((folder / "v.raw").string()),
                                           HasSubstr("15 bytes"), HasSubstr("truncated")));
  folder.write("v.raw", std::string(17, '\0'));
  EXPECT_THAT(failure(folder, text), AllOf(HasSubstr("17 bytes"), HasSubstr("over-long")));
  std::filesystem::remove(folder / "v.raw");
  EXPECT_THAT(failure(folder, text), HasSubstr("No such file"));
  std::filesystem::create_directory(folder / "v.raw");
  EXPECT_THAT(failure(folder, text), HasSubstr("not a regular file"));
}

TEST(RawFiles, AFileThatShrinksAfterOpeningIsRefused) {
  const TestFolder folder;
  folder.write_values<float>("v.raw", {1, 2, 3, 4});
  const auto data = open_text(folder, variable("files = \"v.raw\"\n"));
  std::filesystem::resize_file(folder / "v.raw", 8);
  EXPECT_THROW((void)data->read(0, 0), FileError);
}

void write_steps(const TestFolder& folder, const char* format, const std::vector<int>& numbers) {
  for (const int n : numbers) {
    const auto value = static_cast<float>(n);
    folder.write_values<float>(fmt::format(fmt::runtime(format), n), {value, 0, 0, 0});
  }
}

std::vector<float> first_values(const Dataset& data) {
  std::vector<float> values;
  for (std::size_t t = 0; t < data.variables()[0].times.size(); ++t)
    values.push_back(data.read(0, t)[0]);
  return values;
}

TEST(FilePatterns, NumberedFilesCountThemselves) {
  const TestFolder folder;
  write_steps(folder, "v_{:04}.raw", {2, 3, 4, 5});
  folder.write("v_x.raw", "");
  folder.write("v_00003.raw", "");
  const auto data = open_text(
      folder, variable("files = \"v_%04d.raw\"\nfirst = 3\ntimes = { start = 1.5, step = 0.5 }\n"));
  EXPECT_THAT(data->variables()[0].times, ElementsAre(1.5, 2.0, 2.5));
  EXPECT_THAT(first_values(*data), ElementsAre(3, 4, 5));
  const auto some =
      open_text(folder, variable("files = \"v_%04d.raw\"\nfirst = 2\ntimes = [1, 4]\n"));
  EXPECT_THAT(first_values(*some), ElementsAre(2, 3));
}

TEST(FilePatterns, PlainNumbersAndGlobsSortByNumber) {
  const TestFolder folder;
  write_steps(folder, "sub/v{}.raw", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const auto plain = open_text(folder, variable("files = \"sub/v%d.raw\"\n"));
  EXPECT_EQ(first_values(*plain).back(), 10.0F);
  write_steps(folder, "w{}.raw", {100, 20, 3});
  const auto glob = open_text(folder, variable("files = \"w*.raw\"\n"));
  EXPECT_THAT(first_values(*glob), ElementsAre(3, 20, 100));
  EXPECT_THAT(glob->variables()[0].times, ElementsAre(0, 1, 2));
  const auto list = open_text(folder, variable("files = [\"w20.raw\", \"w3.raw\"]\n"));
  EXPECT_THAT(first_values(*list), ElementsAre(20, 3));
}

TEST(FilePatterns, GapsAndMissingStepsAreRefused) {
  const TestFolder folder;
  write_steps(folder, "v_{:04}.raw", {0, 1, 3});
  EXPECT_THAT(failure(folder, variable("files = \"v_%04d.raw\"\n")),
              AllOf(HasSubstr("'v_0002.raw' is missing"), HasSubstr("'v_0003.raw' is there")));
  EXPECT_THAT(failure(folder, variable("files = \"v_%04d.raw\"\ntimes = [0, 1, 2]\n")),
              HasSubstr("v_0002.raw: is missing; there must be 3 files"));
  EXPECT_THAT(failure(folder, variable("files = \"v_*.raw\"\ntimes = [0, 1, 2, 3]\n")),
              AllOf(HasSubstr("data.toml:6: "), HasSubstr("4 steps but there are 3 files")));
  EXPECT_THAT(failure(folder, variable("files = \"u_%04d.raw\"\n")), HasSubstr("no file fits"));
  EXPECT_THAT(failure(folder, variable("files = \"u_*.raw\"\n")), HasSubstr("no file fits"));
  for (const char* bad :
       {"v_%s.raw", "v_%04d_%d.raw", "v_%.3f.raw", "v_%", "v_%n", "v_%999999999d"})
    EXPECT_THAT(failure(folder, variable(fmt::format("files = \"{}\"\n", bad))),
                HasSubstr("is not a pattern"))
        << bad;
  EXPECT_THAT(failure(folder, variable("files = \"*/v.raw\"\n")), HasSubstr("folder's name"));
}

TEST(FilePatterns, TwoPercentSignsAreOne) {
  const TestFolder folder;
  folder.write_values<float>("50%.raw", {1, 2, 3, 4});
  EXPECT_EQ(open_text(folder, variable("files = \"50%%.raw\"\n"))->read(0, 0)[3], 4.0F);
}

TEST(DatasetFile, DefaultsAndOverrides) {
  const TestFolder folder;
  folder.write_values<float>("a.raw", {1, 2, 3, 4});
  folder.write_values<std::uint8_t>("b.raw", {7, 8, 9});
  const auto data = open_text(folder, R"(
stsr_dataset = 1
dims = [2, 1, 2]
spacing = [0.5, 1, 2]
origin = [-1, 0, 3]
unit = "m/s"
times = [2.5]
[[variable]]
name = "a"
files = "a.raw"
[[variable]]
name = "b, the 2nd µ"
files = "b.raw"
type = "uint8"
unit = ""
dims = [3, 1, 1]
times = [7]
reduction = { space = [2, 1, 1], time = 3, dims = [5, 1, 1], times = { start = 7, step = 1, count = 4 } }
)");
  ASSERT_EQ(data->variables().size(), 2U);
  const VariableInfo a{"a", "m/s", {{2, 1, 2}, {0.5, 1, 2}, {-1, 0, 3}}, {2.5}, std::nullopt};
  EXPECT_EQ(data->variables()[0], a);
  const VariableInfo& b = data->variables()[1];
  EXPECT_EQ(b.name, "b, the 2nd µ");
  EXPECT_EQ(b.unit, "");
  ASSERT_TRUE(b.reduction.has_value());
  EXPECT_EQ(*b.reduction, (Reduction{{2, 1, 1}, 3, {5, 1, 1}, {7, 8, 9, 10}}));
  EXPECT_THAT(data->read(1, 0), ElementsAre(7, 8, 9));
  EXPECT_EQ(read_sequence(*data, 1).steps.size(), 1U);
  EXPECT_EQ(find_variable(data->variables(), "a"), 0U);
  EXPECT_THAT(message_of<ValueError>([&] { (void)find_variable(data->variables(), "A"); }),
              HasSubstr("unknown variable 'A'"));
}

TEST(DatasetFile, AFolderStandsForItsDatasetToml) {
  const TestFolder folder;
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder.path()); }), HasSubstr("no dataset.toml"));
  folder.write_values<float>("v.raw", {1, 2, 3, 4});
  folder.write("dataset.toml", variable("files = \"v.raw\"\n"));
  EXPECT_EQ(open_dataset(folder.path())->variables().size(), 1U);
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder / "none.toml"); }), HasSubstr("No such"));
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder / "v.raw"); }), HasSubstr(".toml"));
}

struct BadFile {
  std::string text;
  const char* message;
};

TEST(DatasetFile, EveryMistakeNamesItsLine) {
  const TestFolder folder;
  folder.write_values<float>("v.raw", {1, 2, 3, 4});
  const std::string file = "files = \"v.raw\"\n";
  const std::string reduced = "reduction = { space = [2, 1, 1], dims = [3, 1, 2], times = [0] }\n";
  const std::vector<BadFile> cases{
      {"", ":1: is not a data set file"},
      {"stsr_dataset = 2\n", ":1: version 2 is newer"},
      {"stsr_dataset = 1\n", "at least one [[variable]]"},
      {"stsr_dataset = 1\nvariable = 3\n", "at least one [[variable]]"},
      {"stsr_dataset = 1\nvariable = [3]\n", "must be written as [[variable]]"},
      {"stsr_dataset = 1\ndims = [2\n", ":2: "},
      {"stsr_dataset = 1\ndimensions = [1, 1, 1]\n", ":2: unknown key 'dimensions'"},
      {variable(file + "byteorder = \"big\"\n"),
       ":6: unknown key 'byteorder'; did you mean 'byte_order'?"},
      {variable(file + "dims = [2, 0, 2]\n"), ":6: 'dims' must be three whole numbers"},
      {variable(file + "dims = [2, -1, 2]\n"), ":6: 'dims'"},
      {variable(file + "dims = [2.0, 1, 2]\n"), ":6: 'dims'"},
      {variable(file + "dims = [4, 1]\n"), ":6: 'dims'"},
      {variable(file + "dims = \"4\"\n"), ":6: 'dims'"},
      {variable(file + "dims = [4294967296, 4294967296, 4]\n"), ":6: 'dims': the size"},
      {variable(file + "dims = [9223372036854775807, 1, 1]\n"), ":6: 'dims': the size"},
      {variable(file + "header_bytes = 9223372036854775807\n"), "v.raw: has 16 bytes"},
      {variable(file + "header_bytes = -1\n"), ":6: 'header_bytes'"},
      {variable(file + "spacing = [1, 0, 1]\n"), ":6: 'spacing' must be positive along y, got 0"},
      {variable(file + "spacing = [1, 1, -2]\n"), ":6: 'spacing' must be positive along z, got -2"},
      {variable(file + "origin = [1, nan, 1]\n"), ":6: 'origin'"},
      {variable(file + "type = \"float\"\n"), ":6: unknown type 'float'; did you mean 'float32'?"},
      {variable(file + "type = 32\n"), ":6: 'type' must be a text"},
      {variable(file + "byte_order = \"middle\"\n"), ":6: 'byte_order'"},
      {variable(file + "type = \"uint8\"\nmissing = -1\n"), ":7: 'missing' = -1 cannot occur"},
      {variable(file + "type = \"int16\"\nmissing = 0.5\n"), ":7: 'missing' = 0.5 cannot occur"},
      {variable(file + "missing = true\n"), ":6: 'missing' must be a number"},
      {variable(file + "times = []\n"), ":6: 'times' must name at least one step"},
      {variable(file + "times = [1, 1]\n"), ":6: 'times' must increase, got 1 after 1 at step 1"},
      {variable(file + "times = [2, 1]\n"), ":6: 'times' must increase"},
      {variable(file + "times = [nan]\n"), ":6: 'times' must be finite"},
      {variable(file + "times = [0, 1]\n"), ":6: 'times' names 2 steps but there are 1 files"},
      {variable(file + "times = { start = 0, step = 0 }\n"),
       ":6: 'start' must be finite and 'step'"},
      {variable("files = [\"v.raw\", \"v.raw\"]\ntimes = { start = 1e17, step = 1 }\n"),
       ":6: 'times' must increase"},
      {variable("files = [\"v.raw\", \"v.raw\"]\ntimes = { start = 1e308, step = 1e308 }\n"),
       ":6: 'times' must be finite"},
      {variable(file + "times = { begin = 0 }\n"), ":6: unknown key 'begin'"},
      {variable(file + "times = { count = 0 }\n"), ":6: 'count'"},
      {variable("files = \"%d.raw\"\ntimes = { count = 1000000000000 }\n"), ":6: 'count'"},
      {variable(file + "first = 3\n"), ":6: 'first' needs"},
      {variable(file + "array = \"p\"\n"), ":6: 'array' needs format"},
      {variable(file + "pvd = \"x.pvd\"\n"), ":6: give 'files' or 'pvd'"},
      {variable(file + "format = \"nrrd\"\n"), ":6: 'format' must be"},
      {variable("unit = \"m\"\n"), ":3: the variable needs 'files'"},
      {variable("files = []\n"), ":5: 'files' must be"},
      {variable("files = \"\"\n"), "not the name of a file"},
      {head + "[[variable]]\n" + file, ":3: the variable needs a 'name'"},
      {head + "[[variable]]\nname = \"\"\n" + file, ":4: 'name' must not be empty"},
      {head + "[[variable]]\nname = \"a\\nb\"\n" + file, ":4: 'name' must not hold line breaks"},
      {variable(file) + "[[variable]]\nname = \"v\"\n" + file,
       ":7: the variable name 'v' is there"},
      {"stsr_dataset = 1\n[[variable]]\nname = \"v\"\n" + file, ":2: a raw variable needs 'dims'"},
      {variable(file + "reduction = 3\n"), ":6: 'reduction' must be a table"},
      {variable(file + "reduction = { space = [2, 1, 1] }\n"), ":6: 'reduction' needs 'dims'"},
      {variable(file + "reduction = { dims = [4, 1, 2] }\n"), ":6: 'reduction' needs 'times'"},
      {variable(file + "reduction = { scale = 2 }\n"), ":6: unknown key 'scale'"},
      {variable(file + "reduction = { space = [0, 1, 1], dims = [2, 1, 2] }\n"), ":6: 'space'"},
      {variable(file + "reduction = { space = [2, 1, 1], dims = [5, 1, 2], times = [0] }\n"),
       ":6: 'reduction': 5 samples along x at factor 2 do not give 2"},
      {variable(file + "reduction = { dims = [2, 1, 2], times = [0, 1] }\n"),
       ":6: 'reduction': one of every 1 of 2 times gives 2 steps"}};
  for (const BadFile& bad : cases) {
    SCOPED_TRACE(bad.text);
    EXPECT_THAT(failure(folder, bad.text),
                AllOf(StartsWith(folder.path().string()), HasSubstr(bad.message)));
  }
  EXPECT_NO_THROW((void)open_text(folder, variable(file + reduced)));
}

TEST(DatasetFile, RealDataOfAHalfCylinder) {
  const std::filesystem::path data = std::filesystem::path(STSR_TEST_DATA) / "half-cylinder/640";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "STSR_TEST_DATA names no real data";
  const TestFolder folder;
  const auto opened = open_text(
      folder,
      fmt::format("stsr_dataset = 1\ndims = [128, 48, 16]\nspacing = [0.0625, 0.0625, 0.0625]\n"
                  "origin = [-0.46875, -1.46875, -0.46875]\n"
                  "times = {{ start = 4, step = 0.08 }}\n"
                  "[[variable]]\nname = \"vlm\"\nfiles = \"{0}/vlm_%04d.raw\"\n"
                  "[[variable]]\nname = \"p\"\nfiles = \"{0}/p_*.raw\"\n"
                  "[[variable]]\nname = \"mask\"\nfiles = \"{0}/mask.raw\"\ntype = \"uint8\"\n",
                  data.string()));
  ASSERT_EQ(opened->variables()[0].times.size(), 61U);
  EXPECT_NEAR(opened->variables()[1].times.back(), 8.8, 1e-12);
  const Sequence speed = read_sequence(*opened, 0);
  const auto mask = opened->read(2, 0);
  for (std::size_t i = 0; i < mask.size(); ++i)
    if (mask[i] == 0.0F) {
      ASSERT_EQ(speed.steps[60][i], 0.0F) << i;  // at rest inside the body
    }
  const float largest = *std::max_element(speed.steps[60].begin(), speed.steps[60].end());
  EXPECT_GT(largest, 1.0F);  // inflow 1, faster beside the body
  EXPECT_LT(largest, 4.0F);
}

}  // namespace
}  // namespace stsr

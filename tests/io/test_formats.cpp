// The table of formats: what tells them apart, and what a new one needs.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/io/formats.h"
#include "test_folder.h"

namespace stsr {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// Files by what they begin with: the format, or "" where it is none of ours.
const std::vector<std::pair<std::string, std::string>> beginnings{
    {"dataset", "stsr_dataset = 1\n"},
    {"dataset", "# Data set of STSR\n\nunit = \"m\"\nstsr_dataset  = 1\n"},
    {"pvd", "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\">"},
    {"pvd",
     "<?xml version=\"1.0\"?>\n<!-- a <VTKFile> --> <VTKFile\n version='1' type='Collection'>"},
    {"pvd", "{\n  \"file-series-version\" : \"1.0\",\n  \"files\" : []\n}\n"},
    {"vti", "<VTKFile type=\"ImageData\" version=\"0.1\">"},
    {"vti", "\xef\xbb\xbf<?xml version=\"1.0\"?>\r\n<VTKFile type='ImageData'>"},
    {"", ""},
    {"", "values"},
    {"", "my_stsr_dataset = 1\n"},
    {"", "stsr_transfer_function = 1\nname = \"stsr_dataset = 1\"\n"},
    {"", "<VTKFile type=\"RectilinearGrid\" version=\"0.1\">"},
    {"", "<VTKFile><Collection>"},
    {"", "<VTKFiles type=\"ImageData\">"},
    {"", "<!-- <VTKFile type=\"ImageData\"> -->"},
    {"", "<svg/>"},
    {"", "{\"files\": [\"a.vti\"]}"},
    {"", "<VTKFile type=\"PImageData\" version=\"0.1\">"},
    {"", "NRRD0004\n"}};

std::vector<std::string> recognised_by(const std::string& bytes) {
  std::vector<std::string> names;
  for (const Format* format : all_formats())
    if (format->recognises(std::as_bytes(std::span(bytes)))) names.push_back(format->info().name);
  return names;
}

TEST(Formats, EachRecognisesItsOwnFilesAndNoOthers) {
  for (const auto& [name, bytes] : beginnings) {
    SCOPED_TRACE(bytes);
    EXPECT_EQ(recognised_by(bytes), name.empty() ? std::vector<std::string>{} : std::vector{name});
    // However short a file was cut, it is taken for nothing else.
    for (std::size_t length = 0; length < bytes.size(); ++length)
      for (const std::string& other : recognised_by(bytes.substr(0, length)))
        EXPECT_EQ(other, name) << length;
  }
}

TEST(Formats, NamesAndExtensionsAreNobodyElses) {
  std::set<std::string> taken;
  for (const Format* format : all_formats()) {
    EXPECT_TRUE(taken.insert(format->info().name).second) << format->info().name;
    EXPECT_EQ(&format_named(format->info().name), format);
    ASSERT_FALSE(format->info().extensions.empty());
    for (const std::string& extension : format->info().extensions) {
      EXPECT_TRUE(extension.starts_with('.') && taken.insert(extension).second) << extension;
      const TestFolder folder;
      std::string upper = extension;
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      EXPECT_EQ(find_format(folder.write("a" + extension, "")), format);
      EXPECT_EQ(find_format(folder.write("B" + upper, "")), format);
    }
  }
  EXPECT_THAT(message_of<ValueError>([] { (void)format_named("vtk"); }),
              AllOf(HasSubstr("no format 'vtk'"), HasSubstr("'vti'")));
  EXPECT_THAT(output_format_names(), testing::UnorderedElementsAre("vti", "raw"));
  EXPECT_EQ(default_output_format().info().name, vtk_available() ? "vti" : "raw");
}

TEST(Formats, BytesTellMoreThanTheName) {
  const TestFolder folder;
  folder.write_values<float>("v.raw", {1, 2, 3, 4});
  const auto text =
      "stsr_dataset = 1\ndims = [4, 1, 1]\n[[variable]]\nname = \"v\"\nfiles = \"v.raw\"\n"s;
  for (const char* name : {"data.txt", "data.vti", "data"})
    EXPECT_EQ(open_dataset(folder.write(name, text))->read(0, 0)[3], 4.0F) << name;
  EXPECT_EQ(find_format(folder.write("a.dat", "values")), nullptr);
}

/// First bytes of files that are not ours, and a word of the message about them.
const std::vector<std::pair<std::string, const char*>> foreign{
    {"\x89HDF\r\n\x1a\n", "an HDF5 file"},
    {std::string(512, ' ') + "\x89HDF\r\n\x1a\n", "an HDF5 file"},
    {"CDF\x01", "a NetCDF file"},
    {"CDF\x02", "a NetCDF file"},
    {"CDF\x05", "a NetCDF file"},
    {"NRRD0005\ntype: float\n", "an NRRD file"},
    {"# vtk DataFile Version 3.0\n", "a legacy VTK file"},
    {"<?xml version=\"1.0\"?>\n<VTKFile type=\"RectilinearGrid\">", "not image data"},
    {"<?xml version=\"1.0\"?>\n<VTKFile type=\"PImageData\">", "in several files (.pvti)"},
    {"<?xml version=\"1.0\"?>\n<!DOCTYPE Xdmf SYSTEM \"Xdmf.dtd\" []>\n<Xdmf Version=\"3.0\">",
     "XDMF"},
    {"<Xdmf Version=\"3.0\">", "XDMF"},
    {"\x93NUMPY\x01", "a NumPy array"},
    {"ObjectType = Image\nNDims = 3\n", "a MetaImage header"},
    {std::string(344, '\0') + "n+1\0"s, "a NIfTI file"},
    {std::string(128, '\0') + "DICM", "a DICOM file"},
    {"GRIB", "a GRIB file"},
    {"MATLAB 5.0 MAT-file", "a MATLAB file"},
    {"\x89PNG\r\n\x1a\n", "a picture"},
    {"\xff\xd8\xff\xe0", "a picture"},
    {"II*\0"s, "a TIFF picture"},
    {"PK\x03\x04", "a zip archive"},
    {"PK\x03\x04" + std::string(26, '\0') + "archive/data.pkl", "a file of PyTorch"},
    {"\x80\x02\x8a\nl\xfc\x9c\x46\xf9", "a file of PyTorch"},
    {" BDV\0\0\0\0"s, "an OpenVDB file"},
    {"# AmiraMesh 3D ASCII 2.0\n", "an Amira mesh"},
    {"#!TDV112", "a Tecplot file"},
    {"\x1f\x8b\x08", "a compressed file"},
    {"BZh9", "a compressed file"},
    {"\x28\xb5\x2f\xfd", "a compressed file"},
    {std::string(257, 'n') + "ustar", "a tar archive"},
    {"\x1f\x8b\0\0\0\0\0\0{\"__metadata__\":{}}"s, "a model or a checkpoint"}};

TEST(Formats, FilesOfOthersAreNamedForWhatTheyAre) {
  const TestFolder folder;
  for (const auto& [bytes, words] : foreign)
    for (const char* name : {"a.dat", "a.vti", "a.raw", "a.toml"}) {
      SCOPED_TRACE(fmt::format("{} in {}", words, name));
      const auto path = folder.write(name, bytes);
      EXPECT_THAT(message_of([&] { (void)open_dataset(path); }),
                  AllOf(StartsWith(path.string() + ": is "), HasSubstr(words)));
    }
  // Also where a data set file takes them for raw values.
  folder.write("a.raw", foreign[0].first);
  const auto text = folder.write("d.toml",
                                 "stsr_dataset = 1\ndims = [2, 2, 2]\n[[variable]]\n"
                                 "name = \"v\"\nfiles = \"a.raw\"\n");
  EXPECT_THAT(message_of([&] { (void)open_dataset(text); }),
              AllOf(HasSubstr("an HDF5 file"), HasSubstr("8 bytes")));
}

TEST(Formats, UnknownBytesSayWhatIsRead) {
  const TestFolder folder;
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder.write("a.dat", "1 2 3")); }),
              AllOf(HasSubstr("is not a data set"), HasSubstr(".toml"), HasSubstr(".vti")));
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder.write("a.raw", "1234")); }),
              AllOf(HasSubstr("raw values"), HasSubstr(".toml")));
}

TEST(Formats, AnIndexIsNoFormatToWriteIn) {
  const TestFolder folder;
  const VariableInfo info{"v", "", {{1, 1, 1}, {1, 1, 1}, {0, 0, 0}}, {0.0}, {}};
  EXPECT_THAT(message_of<ValueError>(
                  [&] { (void)create_dataset(folder / "out", {info}, format_named("pvd")); }),
              HasSubstr("cannot be written"));
}

/// Boxes in every corner of a raw file, and one that does not lie in it.
template <class T>
void check_box_of_type(const char* type, bool big, std::size_t header) {
  SCOPED_TRACE(fmt::format("{} big {} header {}", type, big, header));
  const TestFolder folder;
  const Dims dims{5, 4, 3};
  std::vector<T> values(dims.count());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i + 1);
  folder.write_values("v.raw", values, big != (std::endian::native == std::endian::big), header);
  const auto data = open_dataset(folder.write(
      "d.toml",
      fmt::format(
          "stsr_dataset = 1\ndims = [5, 4, 3]\n[[variable]]\nname = \"v\"\nfiles = \"v.raw\"\n"
          "type = \"{}\"\nbyte_order = \"{}\"\nheader_bytes = {}\n",
          type, big ? "big" : "little", header)));
  const auto whole = data->read(0, 0);
  for (const SampleBox& box : {SampleBox{{0, 0, 0}, dims}, SampleBox{{1, 2, 1}, {3, 2, 2}},
                               SampleBox{{0, 1, 0}, {5, 2, 3}}, SampleBox{{0, 0, 2}, {5, 4, 1}},
                               SampleBox{{4, 3, 2}, {1, 1, 1}}})
    EXPECT_EQ(data->read_box(0, 0, box), cut_box(whole, dims, box));
  EXPECT_THROW((void)data->read_box(0, 0, {{3, 0, 0}, {3, 1, 1}}), ShapeError);
}

TEST(Boxes, OfRawFilesAreThoseCutFromTheWhole) {
  for (const bool big : {false, true})
    for (const std::size_t header : {0U, 7U}) {
      check_box_of_type<float>("float32", big, header);
      check_box_of_type<double>("float64", big, header);
      check_box_of_type<std::uint8_t>("uint8", big, header);
      check_box_of_type<std::int16_t>("int16", big, header);
      check_box_of_type<std::int64_t>("int64", big, header);
    }
}

TEST(Boxes, OfRawFilesReadNothingElse) {
  const TestFolder folder;
  std::vector<float> values(4 * 3 * 2, 1.0F);
  values[0] = std::numeric_limits<float>::infinity();  // read() refuses it
  values[5] = 7.0F;
  folder.write_values("v.raw", values);
  const auto data = open_dataset(folder.write(
      "d.toml",
      "stsr_dataset = 1\ndims = [4, 3, 2]\n[[variable]]\nname = \"v\"\nfiles = \"v.raw\"\n"));
  EXPECT_THROW((void)data->read(0, 0), FileError);
  EXPECT_THAT(data->read_box(0, 0, {{1, 1, 0}, {2, 1, 2}}), ElementsAre(7, 1, 1, 1));
  EXPECT_THAT(message_of([&] {
                (void)data->read_box(0, 0, {{0, 0, 0}, {2, 1, 1}});
              }),
              HasSubstr("index 0 "));
}

TEST(Boxes, OfImagesAreThoseCutFromTheWhole) {
  if (!vtk_available()) GTEST_SKIP() << "a build without VTK";
  const TestFolder folder;
  const VariableInfo info{"v", "", {{4, 3, 2}, {1, 1, 1}, {0, 0, 0}}, {0.0}, {}};
  std::vector<float> values(info.grid.dims.count());
  std::iota(values.begin(), values.end(), 0.0F);
  const auto writer = create_dataset(folder / "set", {info}, format_named("vti"));
  writer->write(0, 0, values);
  writer->close();
  const SampleBox box{{1, 1, 0}, {2, 2, 2}};
  EXPECT_EQ(open_dataset(folder / "set")->read_box(0, 0, box),
            cut_box(values, info.grid.dims, box));
}

// A made-up format, as a new one would be: "MADE-UP", then the number of steps and the places of
// the samples along x as text. Two variables; the value of variable v at step t is 100 v + 10 t +
// i.

class MadeUpReader final : public FormatReader {
 public:
  explicit MadeUpReader(const FileSource& source) : files_(source.files) {
    std::vector<double> places;
    std::size_t steps = 0;
    for (const fs::path& file : files_) {
      std::ifstream stream(file);
      std::string word;
      std::size_t count = 0;
      stream >> word >> count;
      steps += count;
      places.assign(std::istream_iterator<double>(stream), {});
    }
    for (const char* name : {"a", "b"}) {
      FileVariable variable;
      variable.info.name = variable.array = name;
      variable.info.unit = "K";
      variable.info.grid.dims = {places.size(), 1, 1};
      variable.coordinates[0] = places;
      variable.steps = steps;
      variables_.push_back(variable);
    }
  }
  [[nodiscard]] const std::vector<FileVariable>& variables() const override { return variables_; }
  [[nodiscard]] std::vector<fs::path> files() const override { return files_; }
  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    std::vector<float> values(variables_.at(variable).info.grid.dims.count());
    std::iota(values.begin(), values.end(), static_cast<float>(100 * variable + 10 * step));
    return values;
  }

 private:
  std::vector<fs::path> files_;
  std::vector<FileVariable> variables_;
};

class MadeUpFormat final : public Format {
 public:
  MadeUpFormat()
      : Format({.name = "made-up",
                .title = "a made-up file",
                .extensions = {".mu"},
                .array_word = "quantity",
                .several_steps = true}) {}
  [[nodiscard]] bool recognises(std::span<const std::byte> first) const override {
    const std::string_view text(reinterpret_cast<const char*>(first.data()), first.size());
    return text.starts_with("MADE-UP");
  }
  [[nodiscard]] std::string_view missing_module() const override { return module_; }
  [[nodiscard]] const StepWriter* writer() const override { return nullptr; }
  std::string module_;

 private:
  [[nodiscard]] std::unique_ptr<FormatReader> read_files(const FileSource& source) const override {
    return std::make_unique<MadeUpReader>(source);
  }
};

/// The table with one line more.
struct Extended {
  MadeUpFormat made_up;
  std::vector<const Format*> table{all_formats().begin(), all_formats().end()};
  Extended() { table.push_back(&made_up); }
};

TEST(AnotherFormat, OpensByItselfWithAllItsStepsAndVariables) {
  const TestFolder folder;
  const Extended extended;
  const auto path = folder.write("file-without-extension", "MADE-UP 3  1 1.5 2 2.5");
  const auto data = open_dataset(path, extended.table);
  ASSERT_EQ(data->variables().size(), 2U);
  const VariableInfo& b = data->variables()[1];
  EXPECT_EQ(b.name, "b");
  EXPECT_EQ(b.unit, "K");
  EXPECT_THAT(b.times, ElementsAre(0, 1, 2));
  EXPECT_EQ(b.grid, (Grid{{4, 1, 1}, {0.5, 1, 1}, {1, 0, 0}}));  // from even coordinates
  EXPECT_THAT(data->read(1, 2), ElementsAre(120, 121, 122, 123));
  EXPECT_THAT(data->read_box(1, 2, {{1, 0, 0}, {2, 1, 1}}), ElementsAre(121, 122));
  EXPECT_THAT(data->files(), ElementsAre(path));
  EXPECT_THROW((void)open_dataset(path), FileError);  // not in the table of all
}

TEST(AnotherFormat, CoordinatesThatAreUnevenAreRefusedAbove) {
  const TestFolder folder;
  const Extended extended;
  const auto failure = [&](const std::string& places) {
    const auto path = folder.write("a.mu", "MADE-UP 1 " + places);
    return message_of([&] { (void)open_dataset(path, extended.table); });
  };
  EXPECT_THAT(failure("0 1 3"),
              AllOf(HasSubstr("uneven distances along x"), HasSubstr("number 1")));
  EXPECT_THAT(failure("2 1 0"), HasSubstr("'spacing' must be positive along x, got -1"));
  EXPECT_THAT(failure("0 0 0"), HasSubstr("'spacing'"));
  EXPECT_NO_THROW(
      (void)open_dataset(folder.write("a.mu", "MADE-UP 1 0 1 2.0000001"), extended.table));
}

TEST(AnotherFormat, StandsInADataSetFile) {
  const TestFolder folder;
  const Extended extended;
  folder.write("s0.mu", "MADE-UP 2 0 1");
  folder.write("s1.mu", "MADE-UP 3 0 1");
  const auto open = [&](const std::string& keys) {
    return open_dataset(
        folder.write("d.toml",
                     "stsr_dataset = 1\nformat = \"made-up\"\n[[variable]]\nname = \"t\"\n" + keys),
        extended.table);
  };
  const auto data = open("files = \"s%d.mu\"\narray = \"b\"\ntimes = { start = 1, step = 2 }\n");
  EXPECT_THAT(data->variables()[0].times, ElementsAre(1, 3, 5, 7, 9));
  EXPECT_EQ(data->variables()[0].unit, "K");
  EXPECT_THAT(data->read(0, 4), ElementsAre(140, 141));
  EXPECT_EQ(data->files().size(), 3U);
  EXPECT_EQ(data->variables()[0].grid, (Grid{{2, 1, 1}, {1, 1, 1}, {0, 0, 0}}));
  const auto failure = [&](const std::string& keys) {
    return message_of([&] { (void)open("files = \"s0.mu\"\n" + keys); });
  };
  EXPECT_THAT(failure("array = \"b\"\nspacing = [2, 1, 1]\n"),
              HasSubstr("'spacing' or 'origin' differ"));
  folder.write("uneven.mu", "MADE-UP 1 0 1 3");
  EXPECT_THAT(message_of([&] { (void)open("files = \"uneven.mu\"\narray = \"b\"\n"); }),
              AllOf(StartsWith((folder / "uneven.mu").string()), HasSubstr("uneven distances")));
  EXPECT_THAT(failure(""), HasSubstr("has no quantity 't'"));
  EXPECT_THAT(failure("array = \"b\"\ntimes = [1, 2, 3]\n"),
              HasSubstr("3 steps but the files hold 2"));
  EXPECT_THAT(failure("array = \"b\"\ntype = \"int8\"\n"),
              HasSubstr("'type' needs format = \"raw\""));
  EXPECT_THAT(failure("format = \"mu\"\n"), HasSubstr("\"made-up\" or \"raw\" or \"vti\""));
}

TEST(AnotherFormat, ThatIsNotBuiltInSaysHowToGetIt) {
  const TestFolder folder;
  Extended extended;
  extended.made_up.module_ = "CHEESE";
  EXPECT_THAT(message_of([&] {
                (void)open_dataset(folder.write("a.mu", "MADE-UP 1 0 1"), extended.table);
              }),
              AllOf(HasSubstr("is a made-up file"), HasSubstr("-DSTSR_WITH_CHEESE=ON")));
}

}  // namespace
}  // namespace stsr

// Data sets whose values are mapped from files.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/io/step_values.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
const std::vector<float> numbers{1.0F, -2.0F, 3.0F, 120.0F};

std::shared_ptr<const Dataset> open_variable(const TestFolder& folder, const std::string& keys) {
  return open_dataset(folder.write(
      "data.toml", "stsr_dataset = 1\ndims = [2, 1, 2]\n[[variable]]\nname = \"v\"\n" + keys));
}

std::vector<float> copy_of(const StoredStep& step) {
  return {step.values.begin(), step.values.end()};
}

/// A folder for copies that must stay empty, as copies have no name.
class Scratch {
 public:
  ~Scratch() { EXPECT_TRUE(std::filesystem::is_empty(folder_.path())); }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  TestFolder folder_;
};

TEST(MappedData, PlainFloat32IsMappedFromItsOwnFile) {
  const TestFolder folder;
  for (const std::size_t header : {0U, 8U}) {
    folder.write_values("v.raw", numbers, false, header);
    const auto data =
        open_variable(folder, fmt::format("files = \"v.raw\"\nheader_bytes = {}\n", header));
    // No copy is made: the folder for them need not even exist.
    const StoredSequence mapped = map_sequence(data, 0, folder / "nowhere");
    EXPECT_EQ(copy_of(mapped.steps[0]), numbers);
    EXPECT_TRUE(mapped.mapped());
    EXPECT_EQ(mapped.steps[0].file, (folder / "v.raw").string());
    EXPECT_EQ(mapped.info, data->variables()[0]);
  }
}

TEST(MappedData, WhatIsNotPlainIsCopied) {
  const TestFolder folder;
  const Scratch scratch;
  const auto mapped = [&](const std::string& keys) {
    const auto data = open_variable(folder, "files = \"v.raw\"\n" + keys);
    const StoredStep step = map_sequence(data, 0, scratch.path()).steps[0];
    EXPECT_THAT(step.file, AllOf(HasSubstr(scratch.path().string()), HasSubstr("v.raw")));
    return copy_of(step);
  };
  folder.write_values("v.raw", numbers, false, 5);
  EXPECT_EQ(mapped("header_bytes = 5\n"), numbers);
  folder.write_values("v.raw", numbers, std::endian::native == std::endian::little);
  EXPECT_EQ(mapped("byte_order = \"big\"\n"), numbers);
  folder.write_values<double>("v.raw", {1.0, -2.0, 3.0, 120.0});
  EXPECT_EQ(mapped("type = \"float64\"\n"), numbers);
  folder.write_values<std::int8_t>("v.raw", {1, -2, 3, 120});
  EXPECT_EQ(mapped("type = \"int8\"\n"), numbers);
  const auto holed = mapped("type = \"int8\"\nmissing = -2\n");
  EXPECT_TRUE(std::isnan(holed[1]));
  EXPECT_EQ(holed[3], 120.0F);
}

TEST(MappedData, LargeFilesAreConvertedPieceByPiece) {
  const TestFolder folder;
  const Scratch scratch;
  constexpr std::size_t nx = (std::size_t{1} << 20U) + 7;
  std::vector<double> values(2 * nx);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 9973);
  folder.write_values("v.raw", values);
  const std::string keys = fmt::format(
      "stsr_dataset = 1\ndims = [{}, 2, 1]\n[[variable]]\nname = \"v\"\nfiles = \"v.raw\"\n"
      "type = \"float64\"\n",
      nx);
  const std::shared_ptr<const Dataset> data = open_dataset(folder.write("data.toml", keys));
  const StoredSequence mapped = map_sequence(data, 0, scratch.path());
  EXPECT_EQ(copy_of(mapped.steps[0]), data->read(0, 0));
  EXPECT_EQ(mapped.steps[0].values[nx + 3], static_cast<float>((nx + 3) % 9973));
  values[nx + 5] = 1e300;
  folder.write_values("v.raw", values);
  EXPECT_THAT(message_of([&] { (void)map_sequence(data, 0, scratch.path()); }),
              HasSubstr(fmt::format("at index {} ", nx + 5)));
}

TEST(MappedData, AFileThatShrinksAfterOpeningIsRefused) {
  const TestFolder folder;
  folder.write_values("v.raw", numbers);
  const auto data = open_variable(folder, "files = \"v.raw\"\n");
  std::filesystem::resize_file(folder / "v.raw", 12);
  EXPECT_THAT(message_of([&] { (void)map_sequence(data, 0, folder.path()); }),
              AllOf(HasSubstr("v.raw"), HasSubstr("truncated")));
}

TEST(MappedData, AFullDiskIsAnError) {
  const TestFolder folder;
  const Scratch scratch;
  folder.write_values("v.raw", numbers, false, 5);
  const auto data = open_variable(folder, "files = \"v.raw\"\nheader_bytes = 5\n");
  const SmallFiles full(8);
  EXPECT_THAT(message_of([&] { (void)map_sequence(data, 0, scratch.path()); }),
              HasSubstr("cannot hold 4 values"));
}

TEST(MappedData, TheValuesOutliveTheDataSetWhichStaysOpenForThem) {
  const TestFolder folder;
  VariableInfo info{"p", "", {{2, 2, 1}, {1, 1, 1}, {0, 0, 0}}, {0.0}, {}};
  const auto write = [&] {
    const auto writer = create_dataset(folder / "set", {info}, format_named("raw"));
    writer->write(0, 0, numbers);
    writer->close();
  };
  write();
  {
    const StoredSequence mapped = map_sequence(
        std::shared_ptr<const Dataset>(open_dataset(folder / "set")), 0, folder.path());
    EXPECT_EQ(copy_of(mapped.steps[0]), numbers);
    EXPECT_THAT(message_of(write), HasSubstr("is being read"));
  }
  EXPECT_NO_THROW(write());
}

TEST(MappedData, ImagesAreCopied) {
  if (!vtk_available()) GTEST_SKIP() << "a build without VTK";
  const TestFolder folder;
  const Scratch scratch;
  VariableInfo info{"p", "", {{2, 2, 1}, {1, 1, 1}, {0, 0, 0}}, {0.0, 1.0}, {}};
  const auto writer = create_dataset(folder / "set", {info}, format_named("vti"));
  std::vector<float> second = numbers;
  second[2] = nan_value;
  writer->write(0, 0, numbers);
  writer->write(0, 1, second);
  writer->close();
  const StoredSequence mapped =
      map_sequence(std::shared_ptr<const Dataset>(open_dataset(folder / "set")), 0, scratch.path());
  EXPECT_EQ(copy_of(mapped.steps[0]), numbers);
  EXPECT_TRUE(std::isnan(mapped.steps[1].values[2]));
  EXPECT_THAT(mapped.steps[1].file, HasSubstr("step 1 of 'p'"));
}

}  // namespace
}  // namespace stsr

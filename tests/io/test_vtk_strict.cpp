// Files made by hand: whatever is not exactly what the samples need is refused, and where it is.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "io/vtk/image_extent.h"
#include "io/vtk/number_text.h"
#include "stsr/io/dataset.h"
#include "vtk_files.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(NumberText, IsReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_number<double>("1.5"), 1.5);
  EXPECT_EQ(parse_number<double>("+1.5e+3"), 1500.0);
  EXPECT_EQ(parse_number<double>("-1.5D+03"), -1500.0);
  EXPECT_EQ(parse_number<float>("1d-2"), 0.01F);
  EXPECT_EQ(parse_number<float>("1e-60"), 0.0F);
  EXPECT_EQ(parse_number<float>("-1e60"), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(parse_number<float>("NaN").value()));
  for (const char* text :
       {"", "+", "-", "0.5-100", "0,5", "1e", "1 ", " 1", "0x10", "1.5f", "1e5d2", "+-1", "1D5D2"})
    EXPECT_FALSE(parse_number<double>(text)) << text;
  EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
  EXPECT_EQ(parse_number<std::int8_t>("-128"), -128);
  EXPECT_EQ(parse_number<int>("+7"), 7);
  for (const char* text : {"256", "-1", "1.0", "1e2", ""})
    EXPECT_FALSE(parse_number<std::uint8_t>(text)) << text;
}

TEST(ImageExtent, UncoveredSamplesAreCounted) {
  // Against each sample by itself.
  const Extent whole{{-2, 0, 3}, {7, 8, 9}};
  const std::vector<Extent> boxes{{{-2, 0, 3}, {2, 4, 9}},  {{1, 2, 5}, {7, 8, 6}},
                                  {{-5, 7, 0}, {0, 20, 4}}, {{6, 6, 6}, {5, 5, 5}},
                                  {{4, 0, 3}, {4, 8, 9}},   {{20, 0, 3}, {30, 8, 9}}};
  for (std::size_t used = 0; used <= boxes.size(); ++used) {
    const auto covers = [&](const Extent& box, std::array<std::int64_t, 3> at) {
      for (std::size_t axis = 0; axis < 3; ++axis)
        if (at[axis] < box.first[axis] || at[axis] > box.last[axis]) return false;
      return true;
    };
    std::uint64_t expected = 0;
    for (std::int64_t z = 3; z <= 9; ++z)
      for (std::int64_t y = 0; y <= 8; ++y)
        for (std::int64_t x = -2; x <= 7; ++x)
          expected += std::none_of(boxes.begin(), boxes.begin() + static_cast<std::ptrdiff_t>(used),
                                   [&](const Extent& box) {
                                     return covers(box, {x, y, z});
                                   })
                          ? 1U
                          : 0U;
    EXPECT_EQ(uncovered(whole, std::span(boxes).first(used)), expected) << used;
  }
}

class VtkStrict : public testing::Test {
 protected:
  std::vector<float> read(const VtiText& vti) const {
    return open_dataset(folder_.write("a.vti", vti.text()))->read(0, 0);
  }
  std::string failure(const VtiText& vti) const {
    const std::string message = message_of([&] { (void)read(vti); });
    EXPECT_THAT(message, StartsWith((folder_ / "a.vti").string() + ": "));
    return message;
  }

  TestFolder folder_;
  const std::string eight_ = "0 1 2 3 4 5 6 7";
};

TEST_F(VtkStrict, AsciiValuesAreNumbersAndJustAsManyAsSamples) {
  VtiText vti;
  const auto with = [&](const std::string& values, const std::string& attributes = "") {
    vti.arrays = attributes.empty() ? data_array(values) : data_array(values, "", attributes);
    return vti;
  };
  EXPECT_THAT(read(with("\n 0 1\t2 3\r\n4.5E+0 +5 6D0 nan\n")).front(), 0.0F);
  EXPECT_THAT(read(with("0 1 2 3 4.5E+0 +5 6D0 7e-50")), ElementsAre(0, 1, 2, 3, 4.5, 5, 6, 0));
  EXPECT_THAT(
      failure(with("0 1 0.5-100 3 4 5 6 7")),
      AllOf(HasSubstr("array 'p': value 2 (from 0) is '0.5-100', at byte "), HasSubstr("float32")));
  const std::string text = with("0 1 0.5-100 3 4 5 6 7").text();
  EXPECT_THAT(failure(with("0 1 0.5-100 3 4 5 6 7")),
              HasSubstr(fmt::format("at byte {};", text.find("0.5-100"))));
  EXPECT_THAT(failure(with("0 1 2 3 4 5 6")), HasSubstr("has 7 values where 8 are needed"));
  EXPECT_THAT(failure(with("")), HasSubstr("has 0 values where 8 are needed"));
  EXPECT_THAT(failure(with("0 1 2 3 4 5 6 7 8")),
              HasSubstr("has more than 8 values: '8' follows at byte"));
  EXPECT_THAT(failure(with("0 1 2 3 4 5 6 1,5")), HasSubstr("'1,5'"));
  EXPECT_THAT(failure(with("0 1 2 3 4 5 6 ****")), HasSubstr("'****'"));
  EXPECT_THAT(failure(with("0 1 2 3 4 5 6 1e60")), HasSubstr("index 7"));
  const char* bytes = R"(type="UInt8" Name="p")";
  EXPECT_EQ(read(with("0 1 2 3 4 5 6 255", bytes))[7], 255.0F);
  EXPECT_THAT(failure(with("0 1 2 3 4 5 6 256", bytes)), HasSubstr("'256'"));
  EXPECT_THAT(failure(with("0 1 2 3 4 5 6 7.0", bytes)), HasSubstr("'7.0'"));
  // A longer text than a buffer of the reader, whose borders fall into numbers.
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += fmt::format("{}.25 ", i);
  vti.image = R"(WholeExtent="0 49999 0 0 0 0" Spacing="1 0 0")";
  vti.extent = "0 49999 0 0 0 0";
  const auto values = read(with(many));
  for (std::size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(values[i], static_cast<float>(i) + 0.25F);
}

TEST_F(VtkStrict, NamesMayHoldWhatEndsATag) {
  VtiText vti;
  vti.arrays = data_array(eight_, "", R"(type="Float32" Name='a > "b"')");
  EXPECT_EQ(read(vti)[7], 7.0F);
  folder_.write("bom.vti", "\xef\xbb\xbf<?xml version=\"1.0\"?>\n" + vti.text());
  EXPECT_EQ(open_dataset(folder_ / "bom.vti")->read(0, 0)[7], 7.0F);
}

TEST_F(VtkStrict, AttributesAreNumbersOrNamedInTheMessage) {
  const auto with = [&](const std::string& image, const std::string& array = "",
                        const std::string& extent = "0 1 0 1 0 1") {
    VtiText vti;
    vti.image = image;
    vti.extent = extent;
    vti.arrays = data_array(eight_, array);
    return failure(vti);
  };
  const std::string whole = "WholeExtent=\"0 1 0 1 0 1\" ";
  EXPECT_THAT(with(whole + "Spacing=\"0,5 1 1\""),
              HasSubstr("Spacing=\"0,5 1 1\" of ImageData must be 3 numbers"));
  EXPECT_THAT(with(whole + "Spacing=\"1 1\""), HasSubstr("Spacing=\"1 1\""));
  EXPECT_THAT(with(whole + "Spacing=\"1 1 1 1\""), HasSubstr("Spacing"));
  EXPECT_THAT(with(whole + "Spacing=\"\""), HasSubstr("Spacing"));
  EXPECT_THAT(with(whole + "Origin=\"0 0 nan\""), HasSubstr("Origin=\"0 0 nan\""));
  EXPECT_THAT(with(whole + "Origin=\"0 0 0m\""), HasSubstr("Origin=\"0 0 0m\""));
  EXPECT_THAT(with(whole + "Direction=\"1 0 0 0 1 0 0 0\""), HasSubstr("Direction="));
  EXPECT_THAT(with(whole + "Direction=\"1 0 0 0 1 0 0 0 1,0\""), HasSubstr("Direction="));
  EXPECT_THAT(with("Spacing=\"1 1 1\""), HasSubstr("ImageData has no WholeExtent"));
  for (const char* extent : {"0 1 0 1 0", "0 1 0 1 0 1 1", "0 1 0 1 0 1.0", "a b c", "",
                             "0 1 0 1 0 99999999999", "0-1 0 1 0 1"}) {
    EXPECT_THAT(with(fmt::format("WholeExtent=\"{}\"", extent)),
                HasSubstr(fmt::format("WholeExtent=\"{}\"", extent)));
    EXPECT_THAT(with(whole, "", extent), HasSubstr(fmt::format("Extent=\"{}\" of Piece", extent)));
  }
  EXPECT_THAT(with("WholeExtent=\"5 1 0 1 0 1\""), HasSubstr("no samples along x"));
  for (const char* count : {"one", "1.0", "-1", "0", "1 1", "1000000"})
    EXPECT_THAT(
        with(whole, fmt::format("NumberOfComponents=\"{}\"", count)),
        AllOf(HasSubstr("NumberOfComponents"), HasSubstr(count), HasSubstr("DataArray 'p'")));
  for (const char* offset : {"0x", "-4", "1e3", "", "0"})
    EXPECT_THAT(with(whole, fmt::format("format=\"appended\" offset=\"{}\"", offset)),
                AllOf(HasSubstr("offset"), HasSubstr("DataArray 'p'")));
  EXPECT_THAT(with(whole, "format=\"appended\""), HasSubstr("has no offset"));
  EXPECT_THAT(with(whole, "format=\"text\""), HasSubstr("format=\"text\" of DataArray 'p'"));
  EXPECT_THAT(with(whole + "TimeValues=\"0 1\""), HasSubstr("several time steps"));
  VtiText vti;
  vti.arrays = data_array(eight_, "", "type=\"Float16\" Name=\"p\"");
  EXPECT_THAT(failure(vti), HasSubstr("type=\"Float16\" of DataArray 'p'"));
  vti.arrays = data_array(eight_, "", "type=\"Float32\"");
  EXPECT_THAT(failure(vti), HasSubstr("has no Name"));
  vti.arrays = data_array(eight_);
  vti.file = "compressor=\"vtkBestDataCompressor\"";
  EXPECT_THAT(failure(vti), HasSubstr("zlib, lz4 and lzma"));
}

TEST_F(VtkStrict, ADirectionThatIsRoundedIsTheIdentity) {
  const auto with = [&](const std::string& direction) {
    VtiText vti;
    vti.image += " Direction=\"" + direction + "\"";
    vti.arrays = data_array(eight_);
    return vti;
  };
  EXPECT_EQ(read(with("1 0 0 0 1 6.1e-17 0 -6.1e-17 1.0000000000000002"))[7], 7.0F);
  EXPECT_EQ(read(with("0.9999995 0 0 0 1 5e-7 0 -5e-7 1"))[7], 7.0F);
  EXPECT_THAT(failure(with("0.9999 0.01 0 -0.01 0.9999 0 0 0 1")), HasSubstr("rotated grid"));
  EXPECT_THAT(failure(with("-1 0 0 0 1 0 0 0 1")), HasSubstr("rotated grid"));
}

TEST_F(VtkStrict, PiecesCoverAllSamplesAndHoldTheSameArrays) {
  VtiText vti;
  vti.image = R"(WholeExtent="0 1 0 1 0 3")";
  vti.arrays = data_array(eight_);
  EXPECT_THAT(failure(vti), HasSubstr("no piece has values for 8 of the 16 samples"));
  // The second shares a face, or has more than the whole.
  const std::string twelve = "4 5 6 7 8 9 10 11 12 13 14 15";
  vti.more = VtiText::piece("0 1 0 1 1 3", data_array(twelve));
  EXPECT_THAT(read(vti), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  vti.more = VtiText::piece("0 1 0 1 2 4", data_array("8 9 10 11 12 13 14 15 16 17 18 19"));
  EXPECT_EQ(read(vti)[15], 15.0F);
  const auto second = [&](const std::string& arrays) {
    vti.more = VtiText::piece("0 1 0 1 1 3", arrays);
    return failure(vti);
  };
  EXPECT_THAT(second(""), HasSubstr("piece 1 lacks the array 'p' of piece 0"));
  EXPECT_THAT(second(data_array(twelve, "", R"(type="Float64" Name="p")")),
              HasSubstr("another type"));
  EXPECT_THAT(second(data_array(twelve + " " + twelve, "NumberOfComponents=\"2\"")),
              HasSubstr("number of components"));
  EXPECT_THAT(second(data_array(twelve) + data_array(twelve, "", R"(type="Int8" Name="q")")),
              HasSubstr("piece 0 lacks the array 'q' of piece 1"));
  EXPECT_THAT(second(data_array(eight_)), HasSubstr("has 8 values where 12 are needed"));
  // An empty piece, as parallel programs write it, has nothing to say.
  vti.more =
      VtiText::piece("0 1 0 1 1 3", data_array(twelve)) + VtiText::piece("0 -1 0 -1 0 -1", "");
  EXPECT_EQ(read(vti)[15], 15.0F);
  vti.more.clear();
  vti.extent = "7 8 0 1 0 1";
  EXPECT_THAT(failure(vti), HasSubstr("16 of the 16 samples"));
}

std::string eight_floats() {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += raw_bytes(static_cast<float>(i));
  return bytes;
}

TEST_F(VtkStrict, InlineBinaryDataAreJustAsManyBytes) {
  VtiText vti;
  vti.file = R"(byte_order="LittleEndian" header_type="UInt32")";
  const auto with = [&](const std::string& text) {
    vti.arrays = data_array(text, "format=\"binary\"");
    return vti;
  };
  const std::string floats = eight_floats();
  const auto encoded = [&](std::uint32_t length, const std::string& bytes) {
    return base64(raw_bytes(length) + bytes);
  };
  EXPECT_EQ(read(with("\n  " + encoded(32, floats) + "\n"))[7], 7.0F);
  EXPECT_THAT(failure(with(encoded(28, floats.substr(0, 28)))),
              HasSubstr("array 'p' has 28 bytes of data where it needs 32"));
  EXPECT_THAT(failure(with(encoded(36, floats + "1234"))), HasSubstr("has 36 bytes"));
  EXPECT_THAT(failure(with(encoded(32, floats.substr(0, 20)))), HasSubstr("too short"));
  EXPECT_THAT(failure(with(encoded(32, floats + "123456"))), HasSubstr("has more data"));
  EXPECT_THAT(failure(with("")), HasSubstr("'p'"));
  std::string broken = encoded(32, floats);
  broken[20] = '*';
  EXPECT_THAT(failure(with(broken)), HasSubstr("no base64 at byte"));
  broken[20] = '=';
  EXPECT_THAT(failure(with(broken)), HasSubstr("'p'"));
  vti.file = R"(byte_order="LittleEndian" header_type="UInt64")";
  EXPECT_EQ(read(with(base64(raw_bytes(std::uint64_t{32}) + floats)))[7], 7.0F);
  // The same without its header_type: 32 bits that fit, then 32 bits that are no values.
  vti.file = R"(byte_order="LittleEndian")";
  EXPECT_THAT(failure(with(base64(raw_bytes(std::uint64_t{32}) + floats))), HasSubstr("more data"));
}

TEST_F(VtkStrict, AppendedDataAreJustAsManyBytes) {
  VtiText vti;
  vti.file = R"(byte_order="LittleEndian" header_type="UInt32")";
  const std::string floats = eight_floats();
  const auto with = [&](const std::string& offset, const std::string& data) {
    vti.arrays = data_array("", "format=\"appended\" offset=\"" + offset + "\"");
    vti.appended = data;
    return vti;
  };
  const std::string header = raw_bytes(std::uint32_t{32});
  EXPECT_EQ(read(with("0", header + floats))[7], 7.0F);
  EXPECT_EQ(read(with("4", "junk" + header + floats + "\n  "))[7], 7.0F);
  EXPECT_THAT(failure(with("0", raw_bytes(std::uint32_t{28}) + floats)), HasSubstr("28 bytes"));
  EXPECT_THAT(failure(with("0", header + floats.substr(0, 31))), HasSubstr("too early"));
  EXPECT_THAT(failure(with("0", "12")), HasSubstr("too early"));
  EXPECT_THAT(failure(with("36", header + floats)), HasSubstr("outside of the file's appended"));
  EXPECT_THAT(failure(with("18446744073709551615", header + floats)), HasSubstr("outside"));
  vti.file = R"(byte_order="LittleEndian")";
  EXPECT_THAT(failure(with("0", raw_bytes(std::uint64_t{32}) + floats)), HasSubstr("header_type"));
}

TEST_F(VtkStrict, CompressedHeadersAddUp) {
  VtiText vti;
  vti.file = R"(byte_order="LittleEndian" header_type="UInt32" compressor="vtkZLibDataCompressor")";
  const auto with = [&](const std::vector<std::uint32_t>& words) {
    vti.appended.clear();
    for (const std::uint32_t word : words) vti.appended += raw_bytes(word);
    vti.appended += "0123456789";
    vti.arrays = data_array("", "format=\"appended\" offset=\"0\"");
    return failure(vti);
  };
  EXPECT_THAT(with({1, 32, 0, 10}), HasSubstr("cannot be uncompressed (block 0)"));
  EXPECT_THAT(with({1, 0, 0, 10}), HasSubstr("1 blocks of 0 bytes"));  // VTK divides by it
  EXPECT_THAT(with({0, 32, 0, 10}), HasSubstr("0 blocks"));
  EXPECT_THAT(with({2, 32, 0, 10}), HasSubstr("needs 32 bytes"));
  EXPECT_THAT(with({1, 32, 28, 10}), HasSubstr("needs 32 bytes"));
  EXPECT_THAT(with({1, 16, 32, 10}), HasSubstr("needs 32 bytes"));
  EXPECT_THAT(with({4294967295U, 4294967295U, 1, 10}), HasSubstr("needs 32 bytes"));
  EXPECT_THAT(with({32, 1, 0, 10}), HasSubstr("more than the file can hold"));
  EXPECT_THAT(with({1, 32, 0, 11}), HasSubstr("reach beyond"));
  EXPECT_THAT(with({1, 32, 0, 4294967295U}), HasSubstr("reach beyond"));
}

TEST_F(VtkStrict, SmallFilesThatPromiseMuchAreRefusedBeforeMemoryIsTaken) {
  VtiText vti;
  for (const char* file :
       {"", R"(compressor="vtkZLibDataCompressor")", R"(compressor="vtkLZ4DataCompressor")",
        R"(compressor="vtkLZMADataCompressor")"})
    for (const char* format : {"ascii", "binary"}) {
      vti.file = file;
      vti.image = R"(WholeExtent="0 999 0 999 0 999")";
      vti.extent = "0 999 0 999 0 999";
      vti.arrays = data_array("0", fmt::format("format=\"{}\"", format));
      EXPECT_THAT(failure(vti), HasSubstr("array 'p' promises 1000000000 values")) << file;
    }
  vti.image = R"(WholeExtent="0 2147483647 0 2147483647 0 2147483647")";
  EXPECT_THAT(failure(vti), HasSubstr("'dims'"));
  // Pieces that promise the same few bytes each.
  vti.file.clear();
  vti.image = R"(WholeExtent="0 999 0 0 0 999")";
  vti.extent = "0 999 0 0 0 0";
  vti.arrays = data_array("", "format=\"appended\" offset=\"0\"");
  vti.appended = raw_bytes(std::uint32_t{4000}) + std::string(4000, '\0');
  for (int z = 1; z < 1000; ++z)
    vti.more += VtiText::piece(fmt::format("0 999 0 0 {0} {0}", z), vti.arrays);
  EXPECT_THAT(failure(vti), HasSubstr("array 'p' promises 1000000 values"));
}

TEST_F(VtkStrict, ManyComponentsMakeNoVariables) {
  VtiText vti;
  std::string zeros;
  for (int i = 0; i < 8 * 1001; ++i) zeros += "0 ";
  vti.arrays = data_array(zeros, "NumberOfComponents=\"1001\"");
  EXPECT_THAT(failure(vti), HasSubstr("must be from 1 to 1000"));
}

}  // namespace
}  // namespace stsr

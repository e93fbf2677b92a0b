// Files of every encoding with bytes cut off, turned over and overwritten: one line that names the
// file, or the values. Never another exception, a crash, or values that nobody wrote.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "stsr/io/dataset.h"
#include "vtk_files.h"

namespace stsr {
namespace {

using testing::StartsWith;

/// The encodings of which each part of the reader sees some.
const std::vector<Encoding> encodings{{Mode::ascii, Compression::none},
                                      {Mode::binary, Compression::none},
                                      {Mode::binary, Compression::zlib},
                                      {Mode::appended_raw, Compression::none, true, true},
                                      {Mode::appended_raw, Compression::none, false, true},
                                      {Mode::appended_raw, Compression::zlib},
                                      {Mode::appended_raw, Compression::lz4},
                                      {Mode::appended_raw, Compression::lzma, false, true},
                                      {Mode::appended_base64, Compression::none, false, true},
                                      {Mode::appended_base64, Compression::zlib, true, true}};

std::string file_in(const TestFolder& folder, const Encoding& encoding) {
  const auto data = image();
  data->GetPointData()->AddArray(numbers<float>(VTK_FLOAT, "p"));
  return read_all(write(folder, data, encoding));
}

class VtkDamaged : public testing::TestWithParam<Encoding> {
 protected:
  VtkDamaged() : whole_(file_in(folder_, GetParam())) {}

  /// How many values differ from the true ones; nothing where the file is refused. Values of a part
  /// of the grid are compared no further.
  std::optional<std::size_t> differences(const std::string& bytes) const {
    const auto path = folder_.write("damaged.vti", bytes);
    try {
      const auto data = open_dataset(path);
      const auto values = data->read(0, 0);
      EXPECT_EQ(values.size(), data->variables()[0].grid.dims.count());
      std::size_t different = 0;
      if (values.size() == 12)
        for (std::size_t i = 0; i < 12; ++i) different += values[i] != static_cast<float>(i);
      return different;
    } catch (const FileError& error) {
      const std::string message = error.what();
      EXPECT_THAT(message, StartsWith(path.string() + ": "));
      EXPECT_EQ(message.find('\n'), std::string::npos) << message;
      return std::nullopt;
    }
  }

  TestFolder folder_;
  std::string whole_;
};

TEST_P(VtkDamaged, CutOffAnywhere) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  EXPECT_EQ(differences(whole_), 0U);
  for (std::size_t length = 0; length + 1 < whole_.size(); length += 3)
    EXPECT_EQ(differences(whole_.substr(0, length)), std::nullopt) << length;
  EXPECT_EQ(testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout(), "");
}

TEST_P(VtkDamaged, BytesMissingOrTooManyInTheMiddle) {
  for (std::size_t at = 0; at < whole_.size(); at += 2) {
    std::string less = whole_;
    less.erase(at, 1);
    std::string more = whole_;
    more.insert(at, 1, '7');
    // Text has no check: a digit less or more is another number. Raw data and lz4 have none at all:
    // the bytes behind them move up.
    const bool raw = GetParam().mode == Mode::appended_raw;
    const bool plain =
        GetParam().compression == Compression::none || GetParam().compression == Compression::lz4;
    const std::size_t most = GetParam().mode == Mode::ascii ? 1 : raw && plain ? 12 : 0;
    EXPECT_LE(differences(less).value_or(0), most) << at;
    EXPECT_LE(differences(more).value_or(0), most) << at;
  }
}

TEST_P(VtkDamaged, BitsTurnedOver) {
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole_.size(); ++at) {
    const unsigned bits = at % 2 == 0 ? 0x01 : 0x54;
    std::string bytes = whole_;
    bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ bits);
    const auto different = differences(bytes);
    // What has no checksum may turn over in one value; a character of base64 reaches into two.
    const Compression compression = GetParam().compression;
    const bool checked = compression == Compression::zlib || compression == Compression::lzma;
    const std::size_t most = checked ? 0 : compression == Compression::lz4 ? 12 : 2;
    EXPECT_LE(different.value_or(0), most) << at;
    refused += different ? 0U : 1U;
  }
  EXPECT_GT(refused, whole_.size() / 4);
}

TEST_P(VtkDamaged, WordsOverwritten) {
  // Sizes in headers are among them.
  for (std::size_t at = 0; at + 8 <= whole_.size(); at += 5)
    for (const char byte : {'\0', '\x7f', '\xff'})
      for (const std::size_t count : {4U, 8U}) {
        std::string bytes = whole_;
        bytes.replace(at, count, count, byte);
        (void)differences(bytes);
      }
}

std::string name_of(const testing::TestParamInfo<Encoding>& test) {
  const Encoding& encoding = test.param;
  return fmt::format("Mode{}Compression{}{}{}", static_cast<int>(encoding.mode),
                     static_cast<int>(encoding.compression), encoding.big ? "Big" : "",
                     encoding.words64 ? "Words64" : "");
}

INSTANTIATE_TEST_SUITE_P(Encodings, VtkDamaged, testing::ValuesIn(encodings), name_of);

TEST(VtkDamagedXml, DeepElementsAreNoStack) {
  const TestFolder folder;
  std::string deep = "<VTKFile type=\"ImageData\">";
  for (int i = 0; i < 1'000'000; ++i) deep += "<a>";
  const auto path = folder.write("a.vti", deep + "</VTKFile>");
  EXPECT_THAT(message_of([&] { (void)open_dataset(path); }), testing::HasSubstr("not well-formed"));
}

}  // namespace
}  // namespace stsr

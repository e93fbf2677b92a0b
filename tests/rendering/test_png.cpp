#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "io/test_folder.h"
#include "stsr/rendering/png.h"

namespace stsr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

namespace fs = std::filesystem;

Image sample() {
  Image image{5, 3, {}};
  for (std::size_t i = 0; i < 45; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i * 5));
  return image;
}

std::string bytes_of(const Image& image) {
  const auto bytes = png_bytes(image);
  return {bytes.begin(), bytes.end()};
}

std::string big_endian(std::size_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 255U);
  return bytes;
}

/// With the checksum of the PNG specification, section 5.5, bit by bit.
std::string chunk(const std::string& type, const std::string& data) {
  std::uint32_t crc = 0xffffffffU;
  for (const char byte : type + data) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xedb88320U : crc >> 1U;
  }
  return big_endian(data.size()) + type + data + big_endian(crc ^ 0xffffffffU);
}

const std::string signature = "\x89PNG\r\n\x1a\n";
const std::string our_text = chunk("tEXt", std::string("Software\0STSR", 13));

std::string header(std::size_t width, std::size_t height) {
  return signature + chunk("IHDR", big_endian(width) + big_endian(height) +
                                       std::string("\x08\x02\x00\x00\x00", 5));
}

bool ours(const std::string& bytes) {
  return is_our_png(std::as_bytes(std::span(bytes)));
}

TEST(Png, GivesBackWhatWasWritten) {
  const TestFolder folder;
  write_png(folder / "a.png", sample());
  EXPECT_EQ(read_png(folder / "a.png"), sample());
  EXPECT_THAT(folder.names(), ElementsAre("a.png"));
  EXPECT_EQ(read_all(folder / "a.png"), bytes_of(sample()));
  EXPECT_EQ(bytes_of(sample()).substr(0, 8), signature);
}

TEST(Png, RefusesOtherFilesAndEmptyPictures) {
  const TestFolder folder;
  EXPECT_THAT(message_of([&] { (void)read_png(folder / "none.png"); }), HasSubstr("missing"));
  EXPECT_THAT(message_of([&] { (void)read_png(folder.path()); }), HasSubstr("not a file"));
  for (const std::string text : {"", "short", "no picture", "\xff\xd8\xff\xe0 a JPEG"})
    EXPECT_THAT(message_of([&] { (void)read_png(folder.write("text.png", text)); }),
                HasSubstr("text.png: is no PNG file"));
  EXPECT_THAT(message_of([&] { write_png(folder / "nowhere/a.png", sample()); }),
              HasSubstr("nowhere"));
  EXPECT_THAT(message_of<ShapeError>([] { (void)png_bytes({}); }), HasSubstr("0 x 0"));
  const Image wide{1'000'001, 1, std::vector<std::uint8_t>(3'000'003)};  // libpng's limit
  EXPECT_THAT(message_of<ValueError>([&] { (void)png_bytes(wide); }), HasSubstr("1000001 x 1"));
}

/// Cut off at every byte, and every byte changed: the checksums find out all of it.
TEST(Png, EveryDamageIsAnError) {
  const TestFolder folder;
  const std::string whole = bytes_of(sample());
  const auto refused = [&](const std::string& bytes) {
    return message_of([&] { (void)read_png(folder.write("bad.png", bytes)); });
  };
  for (std::size_t length = 8; length < whole.size(); ++length)
    EXPECT_THAT(refused(whole.substr(0, length)), HasSubstr("bad.png: is a damaged PNG file: "))
        << length;
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const int flip : {0x01, 0x20, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      EXPECT_THAT(refused(bytes), HasSubstr("bad.png: ")) << i << " ^ " << flip;
    }
  EXPECT_THAT(refused(whole.substr(0, whole.size() - 12)), HasSubstr("Read Error"));
  std::string checksum = whole;
  checksum[29] = static_cast<char>(checksum[29] ^ 1);
  EXPECT_THAT(refused(checksum), HasSubstr("IHDR: CRC error"));
}

TEST(Png, SizesAreCheckedBeforeAnythingIsMade) {
  const TestFolder folder;
  const auto refused = [&](std::size_t width, std::size_t height) {
    const std::string bytes =
        header(width, height) + chunk("IDAT", std::string(20, 'x')) + chunk("IEND", "");
    return message_of([&] { (void)read_png(folder.write("large.png", bytes)); });
  };
  EXPECT_THAT(refused(100'000, 100'000), HasSubstr("has 100000 x 100000 pixels, and at most"));
  EXPECT_THAT(refused(10'000, 10'000), HasSubstr("cannot hold 10000 x 10000 pixels"));
  EXPECT_THAT(refused(0x7fffffff, 1), HasSubstr("large.png: is a damaged PNG file: "));
  EXPECT_THAT(refused(0xffffffff, 0xffffffff), HasSubstr("large.png: is a damaged PNG file: "));
  EXPECT_THAT(refused(0, 5), HasSubstr("large.png: is a damaged PNG file: "));
  EXPECT_THAT(refused(5, 3), HasSubstr("large.png: is a damaged PNG file: IDAT"));
}

TEST(OurPng, IsTold) {
  Image large{300, 200, std::vector<std::uint8_t>(180'000)};
  for (std::size_t i = 0; i < large.pixels.size(); ++i)
    large.pixels[i] = static_cast<std::uint8_t>(i * i * 7919U >> 8U);
  EXPECT_TRUE(ours(bytes_of(sample())));
  EXPECT_TRUE(ours(bytes_of(large).substr(0, 1024)));
  const std::string others = chunk("pHYs", std::string(9, '\1')) + chunk("tEXt", "Software");
  EXPECT_TRUE(ours(header(5, 3) + others + our_text + chunk("IDAT", "pixels")));
}

TEST(OurPng, IsNotAnybodyElses) {
  const std::string whole = bytes_of(sample());
  for (std::size_t length = 0; length < header(5, 3).size() + our_text.size(); ++length)
    EXPECT_FALSE(ours(whole.substr(0, length))) << length;
  const std::string start = header(5, 3);
  EXPECT_FALSE(ours(start + chunk("IDAT", "pixels") + our_text + chunk("IEND", "")));
  EXPECT_FALSE(ours(start + chunk("tEXt", std::string("Software\0STSRender", 18))));
  EXPECT_FALSE(ours(start + chunk("tEXt", std::string("Comment\0STSR", 12))));
  EXPECT_FALSE(ours(start + chunk("tIME", std::string("Software\0STSR", 13))));
  EXPECT_FALSE(ours(start + big_endian(0xffffffffU) + "tEXt" + std::string("Software\0STSR", 13)));
  EXPECT_FALSE(ours(our_text));
  EXPECT_FALSE(ours("Software STSR"));
}

TEST(ForOtherReaders, Picture) {
  const char* place = std::getenv("STSR_TEST_OUTPUT");
  if (place == nullptr) GTEST_SKIP() << "STSR_TEST_OUTPUT names no folder";
  write_png(fs::path(place) / "picture.png", sample());
}

/// A binary PPM of 8 bits.
Image read_ppm(const fs::path& path) {
  std::istringstream stream(read_all(path));
  Image image;
  std::string magic;
  int highest = 0;
  stream >> magic >> image.width >> image.height >> highest;
  stream.get();
  const std::string pixels{std::istreambuf_iterator<char>(stream), {}};
  image.pixels.assign(pixels.begin(), pixels.end());
  return image;
}

TEST(FromOtherWriters, EveryKindIsReadAndItsDamageFound) {
  const char* place = std::getenv("STSR_TEST_INPUT");
  if (place == nullptr) GTEST_SKIP() << "STSR_TEST_INPUT names no folder";
  const TestFolder folder;
  std::size_t kinds = 0;
  for (const auto& entry : fs::directory_iterator(place)) {
    fs::path path = entry.path();
    if (path.extension() != ".png") continue;
    ++kinds;
    const std::string whole = read_all(path);
    EXPECT_FALSE(ours(whole)) << path;
    const Image image = read_png(path);
    EXPECT_EQ(image, read_ppm(path.replace_extension(".ppm"))) << path;
    for (std::size_t i = 8; i < whole.size(); i += 1 + whole.size() / 40) {
      std::string bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
      for (const std::string& bad : {bytes, whole.substr(0, i)})
        EXPECT_THAT(message_of([&] { (void)read_png(folder.write("bad.png", bad)); }),
                    HasSubstr("bad.png: "))
            << path << ", byte " << i;
    }
  }
  EXPECT_GE(kinds, 30U);
}

}  // namespace
}  // namespace stsr

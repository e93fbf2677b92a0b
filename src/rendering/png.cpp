#include "stsr/rendering/png.h"

#include <png.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <memory>
#include <new>

#include "our_png.h"
#include "stsr/base/file_error.h"
#include "stsr/io/atomic_file.h"

namespace stsr {

namespace {

namespace fs = std::filesystem;

/// More than any picture of ours; a file of some kilobytes can claim far more.
constexpr std::size_t most_pixels = std::size_t{1} << 27;

/// What libpng said when it gave up.
struct LastWords {
  char text[200] = "";
};

/// libpng must not get control back, so this leaves for the guarded() that waits.
[[noreturn]] void give_up(png_structp png, png_const_charp message) {
  auto* words = static_cast<LastWords*>(png_get_error_ptr(png));
  std::snprintf(words->text, sizeof(words->text), "%s", message);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

/// Calls libpng; false where it gave up. It does so by longjmp, past all destructors: the step must
/// not have objects with one, and libpng may be called nowhere else.
template <class Step>
[[nodiscard]] bool guarded(png_structp png, const Step& step) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  step();
  return true;
}

/// What libpng keeps of a file that it reads.
struct PngReading {
  LastWords words;
  png_structp png = nullptr;
  png_infop info = nullptr;

  PngReading()
      : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &words, give_up, ignore_warning)) {
    if (png != nullptr) info = png_create_info_struct(png);
  }
  ~PngReading() { png_destroy_read_struct(&png, &info, nullptr); }
  PngReading(const PngReading&) = delete;
  PngReading& operator=(const PngReading&) = delete;
};

/// The same of one that it writes.
struct PngWriting {
  LastWords words;
  png_structp png = nullptr;
  png_infop info = nullptr;

  PngWriting()
      : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, &words, give_up, ignore_warning)) {
    if (png != nullptr) info = png_create_info_struct(png);
  }
  ~PngWriting() { png_destroy_write_struct(&png, &info); }
  PngWriting(const PngWriting&) = delete;
  PngWriting& operator=(const PngWriting&) = delete;
};

void append(png_structp png, png_bytep data, std::size_t length) {
  auto& bytes = *static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
  try {
    bytes.insert(bytes.end(), data, data + length);
    return;
  } catch (...) {  // an exception must not pass through libpng
  }
  png_error(png, "there is not enough memory");
}

void flush_nothing(png_structp) {}

png_uint_32 side(std::size_t pixels) {
  return static_cast<png_uint_32>(std::min<std::size_t>(pixels, PNG_UINT_31_MAX));
}

/// The sides that the header claims, before anything is made as large.
void check_sides(const fs::path& path, std::size_t width, std::size_t height) {
  constexpr std::size_t densest = 8 * 1032;  // pixels a byte: of one bit, deflated at its best
  if (width * height > most_pixels)
    throw_file_error(path, "has {} x {} pixels, and at most {} are read; make a smaller picture",
                     width, height, most_pixels);
  std::error_code code;
  const std::uintmax_t size = fs::file_size(path, code);
  if (!code && width * height / densest > size)
    throw_file_error(path,
                     "is a damaged PNG file: its {} bytes cannot hold {} x {} pixels; make it anew",
                     size, width, height);
}

/// Colours over white, from `depth` bits of red, green, blue and opacity.
std::vector<std::uint8_t> over_white(const std::vector<png_byte>& rgba, std::size_t pixels,
                                     int depth) {
  const double full = depth == 16 ? 65535.0 : 255.0;
  const auto part = [&](std::size_t i) {
    return (depth == 16 ? 256 * rgba[2 * i] + rgba[2 * i + 1] : rgba[i]) / full;
  };
  std::vector<std::uint8_t> rgb(3 * pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    const double opacity = part(4 * i + 3);
    for (std::size_t c = 0; c < 3; ++c)
      rgb[3 * i + c] = static_cast<std::uint8_t>(
          std::lround(255.0 * (opacity * part(4 * i + c) + (1.0 - opacity))));
  }
  return rgb;
}

}  // namespace

std::vector<std::uint8_t> png_bytes(const Image& image) {
  check_image(image);
  std::vector<std::uint8_t> bytes;
  const PngWriting writing;
  const png_structp png = writing.png;
  const png_infop info = writing.info;
  if (info == nullptr) throw std::bad_alloc();
  const bool whole = guarded(png, [&] {
    png_set_write_fn(png, &bytes, append, flush_nothing);
    png_set_compression_level(png, 5);
    png_set_IHDR(png, info, side(image.width), side(image.height), 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_text author{};
    author.compression = PNG_TEXT_COMPRESSION_NONE;
    author.key = const_cast<char*>(author_key);  // libpng copies both
    author.text = const_cast<char*>(author_name);
    png_set_text(png, info, &author, 1);
    png_write_info(png, info);
    for (std::size_t y = 0; y < image.height; ++y)
      png_write_row(png, &image.pixels[y * image.width * 3]);
    png_write_end(png, nullptr);
  });
  if (!whole)
    throw ValueError(fmt::format("a picture of {} x {} pixels cannot be written as PNG: {}",
                                 image.width, image.height, writing.words.text));
  return bytes;
}

void write_png(const fs::path& path, const Image& image) {
  const auto bytes = png_bytes(image);
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(bytes)));
  file.commit();
}

Image read_png(const fs::path& path) {
  std::error_code code;
  if (!fs::is_regular_file(path, code)) throw_file_error(path, "is missing or not a file");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) throw_file_error(path, "cannot be read: {}", errno_text(errno));
  png_byte signature[8];
  if (std::fread(signature, 1, 8, file.get()) != 8 || png_sig_cmp(signature, 0, 8) != 0)
    throw_file_error(path, "is no PNG file");

  // 1. The header. No chunk may be damaged, also none that could be done without.
  const PngReading reading;
  const png_structp png = reading.png;
  const png_infop info = reading.info;
  if (info == nullptr) throw std::bad_alloc();
  const auto check = [&](bool whole) {
    if (!whole)
      throw_file_error(path, "is a damaged PNG file: {}; make it anew", reading.words.text);
  };
  check(guarded(png, [&] {
    png_init_io(png, file.get());
    png_set_sig_bytes(png, 8);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, info);
  }));
  const std::size_t width = png_get_image_width(png, info);
  const std::size_t height = png_get_image_height(png, info);
  check_sides(path, width, height);

  // 2. All kinds of pixels as red, green, blue and opacity, of 8 bits or 16.
  check(guarded(png, [&] {
    png_set_expand(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xffff, PNG_FILLER_AFTER);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
  }));
  const int depth = png_get_bit_depth(png, info);
  const std::size_t row = png_get_rowbytes(png, info);
  if (row != width * 4 * (depth == 16 ? 2 : 1))
    throw_file_error(path, "has pixels of a kind that is not read; save it as 8-bit RGB");
  std::vector<png_byte> rgba(height * row);
  std::vector<png_bytep> rows(height);
  for (std::size_t y = 0; y < height; ++y) rows[y] = &rgba[y * row];
  check(guarded(png, [&] {
    png_read_image(png, rows.data());
    png_read_end(png, nullptr);
  }));
  return {width, height, over_white(rgba, width * height, depth)};
}

}  // namespace stsr

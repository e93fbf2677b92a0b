#include "stored_array.h"

#include <vtkLZ4DataCompressor.h>
#include <vtkLZMADataCompressor.h>
#include <vtkSmartPointer.h>
#include <vtkZLibDataCompressor.h>

#include <algorithm>
#include <vector>

#include "stored_bytes.h"
#include "stsr/io/message_capture.h"

namespace stsr {

namespace {

/// An array whose data are read, for messages.
struct Source {
  const InputFile& file;
  const DataLayout& layout;
  const StoredArray& array;

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> message, Args&&... args) const {
    throw_file_error(file.path(), "array '{}' {}", excerpt(array.name),
                     fmt::format(message, std::forward<Args>(args)...));
  }
};

/// Numbers of the header of the data, from number `first` on.
std::vector<std::uint64_t> read_words(const Source& source, const StoredBytes& bytes,
                                      std::uint64_t first, std::size_t count) {
  const std::size_t size = source.layout.word;
  std::vector<std::byte> raw(count * size);
  bytes.read(first * size, raw);
  if (source.layout.order != std::endian::little)
    for (std::size_t i = 0; i < count; ++i)
      std::reverse(raw.begin() + static_cast<std::ptrdiff_t>(i * size),
                   raw.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
  std::vector<std::uint64_t> words(count);
  for (std::size_t i = 0; i < raw.size(); ++i)
    words[i / size] |= std::to_integer<std::uint64_t>(raw[i]) << (8 * (i % size));
  return words;
}

/// [bytes] [the data]
/// @return the byte of the file where they end
std::uint64_t read_plain(const Source& source, const StoredBytes& bytes, std::span<std::byte> out) {
  const std::uint64_t stored = read_words(source, bytes, 0, 1)[0];
  if (stored != out.size())
    source.fail(
        "has {} bytes of data where it needs {}; the file is damaged, or its header_type or "
        "compressor is wrong",
        stored, out.size());
  bytes.read(source.layout.word, out);
  return bytes.place_of(source.layout.word + out.size());
}

vtkSmartPointer<vtkDataCompressor> make_compressor(Compressor compressor) {
  if (compressor == Compressor::lz4) return vtkSmartPointer<vtkLZ4DataCompressor>::New();
  if (compressor == Compressor::lzma) return vtkSmartPointer<vtkLZMADataCompressor>::New();
  return vtkSmartPointer<vtkZLibDataCompressor>::New();
}

void uncompress(const Source& source, vtkDataCompressor& compressor, std::size_t block,
                std::span<const std::byte> packed, std::span<std::byte> out) {
  const std::size_t size =
      compressor.Uncompress(reinterpret_cast<const unsigned char*>(packed.data()), packed.size(),
                            reinterpret_cast<unsigned char*>(out.data()), out.size());
  if (size != out.size())
    source.fail("cannot be uncompressed (block {}); the file is damaged", block);
}

/// [blocks] [bytes of a block] [bytes of the last one, 0 if whole] [packed bytes of each block],
/// then the packed blocks; in base64, they are encoded by themselves.
/// @return the byte of the file where they end
std::uint64_t read_compressed(const Source& source, const StoredBytes& bytes,
                              std::span<std::byte> out) {
  // The sizes, which must add up before anything is taken for them.
  const std::vector<std::uint64_t> header = read_words(source, bytes, 0, 3);
  const std::uint64_t blocks = header[0];
  const std::uint64_t size = header[1];
  const std::uint64_t last = header[2] == 0 ? size : header[2];
  const bool fits = blocks > 0 && size > 0 && last <= size && blocks - 1 <= out.size() / size;
  if (!fits || (blocks - 1) * size + last != out.size())
    source.fail(
        "is compressed as {} blocks of {} bytes, the last of {}, where it needs {} bytes; "
        "the file is damaged",
        blocks, size, header[2], out.size());
  const std::uint64_t words = bytes.available() / source.layout.word;
  if (words < 3 || blocks > words - 3)
    source.fail("has {} compressed blocks, more than the file can hold; it is damaged", blocks);
  const auto packed_sizes = read_words(source, bytes, 3, static_cast<std::size_t>(blocks));

  const StoredBytes packed = bytes.behind((3 + blocks) * source.layout.word);
  std::uint64_t at = 0;
  for (const std::uint64_t packed_size : packed_sizes) {
    if (packed_size > packed.available() - at)
      source.fail("has compressed blocks that reach beyond the file's data; it is damaged");
    at += packed_size;
  }

  // The blocks.
  const MessageCapture messages;  // what is wrong is said here
  const auto compressor = make_compressor(source.layout.compressor);
  std::vector<std::byte> buffer;
  at = 0;
  for (std::size_t block = 0; block < packed_sizes.size(); ++block) {
    buffer.resize(static_cast<std::size_t>(packed_sizes[block]));
    packed.read(at, buffer);
    at += packed_sizes[block];
    const std::size_t begin = block * static_cast<std::size_t>(size);
    uncompress(source, *compressor, block, buffer,
               out.subspan(begin, std::min<std::size_t>(size, out.size() - begin)));
  }
  return packed.place_of(at);
}

/// What lies between the end of the data and the next ones must be padding: else the header that
/// told their size was misread, e.g. by a wrong header_type.
void check_gap(const Source& source, std::uint64_t end) {
  const DataLayout& layout = source.layout;
  const auto next =
      std::upper_bound(layout.appended_at.begin(), layout.appended_at.end(), source.array.place);
  const std::uint64_t stop = next == layout.appended_at.end() ? layout.appended_end : *next;
  constexpr std::uint64_t largest_padding = 16;  // more are data that no array names
  if (stop <= end || stop - end > largest_padding) return;
  std::string gap(static_cast<std::size_t>(stop - end), '\0');
  source.file.read(end, std::as_writable_bytes(std::span(gap)));
  if (gap.find_first_not_of(std::string_view(" \t\r\n\0", 5)) != std::string::npos)
    source.fail(
        "ends {} bytes before the next data; the file is damaged, or its header_type is "
        "wrong",
        stop - end);
}

}  // namespace

void read_binary(const InputFile& file, const DataLayout& layout, const StoredArray& array,
                 std::span<std::byte> out) {
  const Source source{file, layout, array};
  const bool appended = array.storage == Storage::appended;
  std::uint64_t begin = array.place;
  if (!appended) {
    FileText text(file, array.place);
    text.skip_tag();
    text.skip_space();
    begin = text.place();
  }
  const StoredBytes bytes(file, excerpt(array.name), !appended || layout.base64, begin,
                          appended ? layout.appended_end : file.size());
  const std::uint64_t end = layout.compressor == Compressor::none
                                ? read_plain(source, bytes, out)
                                : read_compressed(source, bytes, out);
  if (appended) {
    check_gap(source, end);
    return;
  }
  FileText rest(file, end);
  if (const std::string_view word = rest.word(); !word.empty())
    source.fail("has more data than the {} bytes that it needs: '{}' follows at byte {}",
                out.size(), excerpt(word), rest.place() - word.size());
}

}  // namespace stsr

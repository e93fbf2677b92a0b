#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "../byte_swapped.h"
#include "file_text.h"
#include "image_header.h"
#include "number_text.h"
#include "stsr/base/file_error.h"

namespace stsr {

/// Fills `out` with binary data in the byte order of the file; they are just as many bytes.
/// @throws FileError  they lie outside of the file, are more or fewer, or are damaged.
void read_binary(const InputFile& file, const DataLayout& layout, const StoredArray& array,
                 std::span<std::byte> out);

/// Fills `out` with numbers that stand as text; they are just as many.
/// @throws FileError  they are more or fewer, or one is no number of type T.
template <class T>
void read_ascii(const InputFile& file, const StoredArray& array, std::span<T> out) {
  FileText text(file, array.place);
  text.skip_tag();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string_view word = text.word();
    if (word.empty())
      throw_file_error(file.path(), "array '{}' has {} values where {} are needed",
                       excerpt(array.name), i, out.size());
    const auto number = parse_number<T>(word);
    if (!number)
      throw_file_error(file.path(), "array '{}': value {} (from 0) is '{}', at byte {}; no {}",
                       excerpt(array.name), i, excerpt(word), text.place() - word.size(),
                       name_of(array.type));
    out[i] = *number;
  }
  if (const std::string_view word = text.word(); !word.empty())
    throw_file_error(file.path(), "array '{}' has more than {} values: '{}' follows at byte {}",
                     excerpt(array.name), out.size(), excerpt(word), text.place() - word.size());
}

/// Fills `out` with all values of an array of a piece, [samples][components].
/// @throws FileError  as above.
template <class T>
void read_stored(const InputFile& file, const DataLayout& layout, const StoredArray& array,
                 std::span<T> out) {
  if (array.storage == Storage::ascii) {
    read_ascii(file, array, out);
    return;
  }
  read_binary(file, layout, array, std::as_writable_bytes(out));
  if (sizeof(T) > 1 && layout.order != std::endian::native)
    for (T& value : out) value = byte_swapped(value);
}

}  // namespace stsr

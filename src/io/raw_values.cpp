#include "raw_values.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "byte_swapped.h"
#include "file_signature.h"
#include "packing_survey.h"
#include "stsr/base/file_error.h"
#include "stsr/base/shape.h"
#include "stsr/volume/sequence.h"
#include "to_float32.h"
#include "with_element_type.h"

namespace stsr {

namespace {

template <class T>
void read_stored(const InputFile& file, const RawLayout& layout, std::size_t first,
                 std::span<T> values) {
  file.read(layout.header_bytes + first * sizeof(T), std::as_writable_bytes(values));
  if (layout.order != std::endian::native && sizeof(T) > 1)
    for (T& value : values) value = byte_swapped(value);
}

template <class T>
void survey_values(const InputFile& file, const RawLayout& layout, std::size_t count,
                   PackingSurvey<T>& survey) {
  constexpr std::size_t most_pieces = 64;
  const std::size_t piece_size = std::min(count, std::size_t{1} << 16);
  const std::size_t pieces = std::min(most_pieces, ceil_divide(count, piece_size));
  std::vector<T> values(piece_size);
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    read_stored<T>(file, layout, spread_step(piece, pieces, count - piece_size + 1), values);
    survey.add(values, layout.missing);
  }
}

/// Converts piece by piece, so that a second copy of a large volume never lies in memory.
template <class T>
void read_values(const InputFile& file, const RawLayout& layout, std::size_t first,
                 std::span<float> out) {
  constexpr std::size_t piece_size = std::size_t{1} << 20;
  std::vector<T> piece(std::min(piece_size, out.size()));
  for (std::size_t done = 0; done < out.size(); done += piece.size()) {
    const auto values = std::span(piece).first(std::min(piece.size(), out.size() - done));
    read_stored<T>(file, layout, first + done, values);
    to_float32<T>(values, {layout.missing, layout.packing}, file.path(),
                  out.subspan(done, values.size()), first + done);
  }
}

}  // namespace

void check_raw_size(const InputFile& file, const RawLayout& layout, const Dims& dims) {
  const std::uint64_t data = checked_product({dims.x, dims.y, dims.z, bytes_of(layout.type)});
  if (data > std::numeric_limits<std::uint64_t>::max() - layout.header_bytes)
    throw_file_error(file.path(), "header_bytes = {} is too large", layout.header_bytes);
  const std::uint64_t expected = layout.header_bytes + data;
  if (file.size() == expected) return;
  if (const std::string other = foreign_file(first_bytes(file)); !other.empty())
    throw_file_error(file.path(), "{}; its {} bytes are not the {} that raw values need", other,
                     file.size(), expected);
  throw_file_error(file.path(),
                   "has {} bytes where {} x {} x {} values of {} after {} header bytes need {}; it "
                   "is {}, or dims, type or header_bytes are wrong",
                   file.size(), dims.x, dims.y, dims.z, name_of(layout.type), layout.header_bytes,
                   expected, file.size() < expected ? "truncated" : "over-long");
}

std::vector<float> read_raw(const InputFile& file, const RawLayout& layout, const Dims& dims) {
  check_raw_size(file, layout, dims);
  std::vector<float> values(dims.count());
  read_raw(file, layout, 0, values);
  return values;
}

void read_raw(const InputFile& file, const RawLayout& layout, std::size_t first,
              std::span<float> out) {
  with_element_type(layout.type,
                    [&](auto zero) { read_values<decltype(zero)>(file, layout, first, out); });
}

Packing packing_of(std::span<const std::filesystem::path> files, const RawLayout& layout,
                   const Dims& dims) {
  return with_element_type(layout.type, [&](auto zero) {
    using T = decltype(zero);
    PackingSurvey<T> survey;
    if constexpr (may_be_packed<T>)
      for (const std::filesystem::path& file : {files.front(), files.back()})
        survey_values<T>(InputFile(file), layout, dims.count(), survey);
    return survey.packing();
  });
}

bool is_plain_float32(const RawLayout& layout) {
  return layout.type == ElementType::float32 && layout.order == std::endian::native &&
         layout.header_bytes % sizeof(float) == 0 && !layout.missing;
}

}  // namespace stsr

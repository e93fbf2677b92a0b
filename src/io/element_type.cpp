#include "element_type.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "file_error.h"
#include "stsr/base/shape.h"
#include "to_float32.h"

namespace stsr {

namespace {

template <class T>
T byte_swapped(T value) {
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
  std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<T>(bytes);
}

/// Calls f with a value of the C++ type that `type` names.
template <class F>
auto with_type(ElementType type, F&& f) {
  switch (type) {
    case ElementType::float32:
      return f(float{});
    case ElementType::float64:
      return f(double{});
    case ElementType::int8:
      return f(std::int8_t{});
    case ElementType::uint8:
      return f(std::uint8_t{});
    case ElementType::int16:
      return f(std::int16_t{});
    case ElementType::uint16:
      return f(std::uint16_t{});
    case ElementType::int32:
      return f(std::int32_t{});
    case ElementType::uint32:
      return f(std::uint32_t{});
  }
  throw std::logic_error("an element type without a C++ type");
}

/// Converts piece by piece, so that a second copy of a large volume never lies in memory.
template <class T>
void read_values(const InputFile& file, const RawLayout& layout, std::size_t first,
                 std::span<float> out) {
  constexpr std::size_t piece_size = std::size_t{1} << 20;
  std::vector<T> piece(std::min(piece_size, out.size()));
  for (std::size_t done = 0; done < out.size(); done += piece.size()) {
    const auto values = std::span(piece).first(std::min(piece.size(), out.size() - done));
    file.read(layout.header_bytes + (first + done) * sizeof(T), std::as_writable_bytes(values));
    if (layout.order != std::endian::native && sizeof(T) > 1)
      for (T& value : values) value = byte_swapped(value);
    to_float32<T>(values, layout.missing, file.path(), out.subspan(done, values.size()),
                  first + done);
  }
}

}  // namespace

std::optional<ElementType> element_type_named(std::string_view name) {
  const auto found = std::find(element_type_names.begin(), element_type_names.end(), name);
  if (found == element_type_names.end()) return std::nullopt;
  return static_cast<ElementType>(found - element_type_names.begin());
}

std::string_view name_of(ElementType type) {
  return element_type_names[static_cast<std::size_t>(type)];
}

std::size_t bytes_of(ElementType type) {
  return with_type(type, [](auto zero) { return sizeof(zero); });
}

bool can_hold(ElementType type, double value) {
  return with_type(type, [&](auto zero) {
    using T = decltype(zero);
    const bool inside = value >= static_cast<double>(std::numeric_limits<T>::lowest()) &&
                        value <= static_cast<double>(std::numeric_limits<T>::max());
    if (std::is_floating_point_v<T>) return inside || !std::isfinite(value);
    return inside && value == std::floor(value);
  });
}

void check_raw_size(const InputFile& file, const RawLayout& layout, const Dims& dims) {
  const std::uint64_t data = checked_product({dims.x, dims.y, dims.z, bytes_of(layout.type)});
  if (data > std::numeric_limits<std::uint64_t>::max() - layout.header_bytes)
    throw_file_error(file.path(), "header_bytes = {} is too large", layout.header_bytes);
  const std::uint64_t expected = layout.header_bytes + data;
  if (file.size() == expected) return;
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
  with_type(layout.type, [&](auto zero) { read_values<decltype(zero)>(file, layout, first, out); });
}

bool is_plain_float32(const RawLayout& layout) {
  return layout.type == ElementType::float32 && layout.order == std::endian::native &&
         layout.header_bytes % sizeof(float) == 0 && !layout.missing;
}

}  // namespace stsr

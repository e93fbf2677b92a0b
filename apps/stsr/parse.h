#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stsr/base/config_field.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/kernels/precision.h"
#include "stsr/volume/grid.h"
#include "stsr/volume/image.h"

namespace stsr::app {

/// Option texts to values. `option` is named in messages; every function throws ValueError with the
/// rule, the text and an example.

/// A finite number, the whole of `text`.
[[nodiscard]] double parse_number(std::string_view option, std::string_view text);

/// An integer of at least `least`.
[[nodiscard]] std::size_t parse_count(std::string_view option, std::string_view text,
                                      std::size_t least);

/// "128,96,64", or "128,96" for one slice in z; each at least 1.
[[nodiscard]] Dims parse_dims(std::string_view option, const std::string& text);

/// One number for all axes, or three with commas.
[[nodiscard]] std::array<double, 3> parse_scale(std::string_view option, const std::string& text);

/// The same for integers of at least 1.
[[nodiscard]] std::array<std::size_t, 3> parse_stride(std::string_view option,
                                                      const std::string& text);

/// "A:B:N" (N numbers from A to B, ends included) or "a,b,c".
[[nodiscard]] std::vector<double> parse_times(std::string_view option, const std::string& text);

/// Numbers with commas, at least one.
[[nodiscard]] std::vector<double> parse_numbers(std::string_view option, const std::string& text);

/// "90" or "90s", "10m", "1.5h", to seconds; above 0.
[[nodiscard]] double parse_duration(std::string_view option, const std::string& text);

/// "8G", "512M" or "1.5T" (or K; a plain number counts bytes) to bytes, in steps of 1024; at least
/// 0.
[[nodiscard]] std::uint64_t parse_size(std::string_view option, const std::string& text);

/// 1.5e9 as "1.4 GiB".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// A format that is written; an empty text takes default_output_format().
[[nodiscard]] const Format& parse_format(const std::string& text);

/// "float32" (also where the text is empty), or "bf16".
[[nodiscard]] Precision parse_precision(const std::string& text);

/// "#4682b4", hexadecimal red, green, blue; the # may be left out.
[[nodiscard]] Rgb parse_colour(std::string_view option, const std::string& text);

/// A name of the enum.
template <class Enum>
[[nodiscard]] Enum parse_enum(std::string_view option, std::string_view text) {
  return enum_from_name<Enum>(text, std::string(option) + " cannot be");
}

}  // namespace stsr::app

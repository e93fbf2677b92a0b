#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

#include "stsr/io/format.h"
#include "stsr/io/toml_section.h"
#include "stsr/volume/sequence.h"

namespace stsr {

/// Keys of a variable in a data set file (docs/formats.md). Each function throws a FileError with
/// file and line where a key breaks its rule.

/// What `times` says: all of them, or start and step (with or without a count).
struct TimesKey {
  std::vector<double> values;
  double start = 0.0;
  double step = 1.0;
  std::optional<std::size_t> count;

  [[nodiscard]] std::vector<double> resolve(std::size_t steps) const;
};

[[nodiscard]] TimesKey parse_times(const TomlSection& section);

/// The times of so many steps. Fails where rounding to double makes two of them equal.
[[nodiscard]] std::vector<double> resolved(const TomlSection& section, const TimesKey& times,
                                           std::size_t steps);

/// `missing` and, for a format that needs a description, its grid and how its values are stored.
[[nodiscard]] FileDescription parse_description(const TomlSection& section,
                                                const FormatInfo& format);

/// The grid as far as the file says it, over what is known from elsewhere.
[[nodiscard]] Grid parse_grid(const TomlSection& section, Grid grid);

/// @param steps  time steps that the variable has, before as many are made as the file asks for
[[nodiscard]] std::optional<Reduction> parse_reduction(const TomlSection& section,
                                                       std::size_t steps);

/// The files of `files`, in the order of their time steps.
/// @param count  how many, where that is known
[[nodiscard]] std::vector<std::filesystem::path> parse_files(
    const TomlSection& section, const std::filesystem::path& folder,
    const std::optional<std::size_t>& count);

}  // namespace stsr

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "stsr/volume/sequence.h"

namespace stsr {

/// The rules for descriptions, for reader and writer alike. Each gives what is wrong as "'<key>'
/// ..." in one line, or an empty text.
[[nodiscard]] std::string name_problem(const std::string& name);
[[nodiscard]] std::string grid_problem(const Grid& grid);
[[nodiscard]] std::string times_problem(std::span<const double> times);
/// Whether `info` with its grid and times can come from its reduction.
[[nodiscard]] std::string reduction_problem(const VariableInfo& info);
/// All of them, and that no name is there twice.
[[nodiscard]] std::string description_problem(std::span<const VariableInfo> variables);

/// Grids and coordinates that differ by no more of a cell are the same: what is left of numbers
/// that went through a decimal text.
inline constexpr double even_tolerance = 1e-6;

/// True where two lists of times agree (time_tolerance).
[[nodiscard]] bool same_times(std::span<const double> a, std::span<const double> b);
/// True where dimensions are the same, and spacing and origin agree to a millionth of a cell.
[[nodiscard]] bool same_grid(const Grid& a, const Grid& b);

}  // namespace stsr

#pragma once

#include <string>
#include <vector>

#include "comparison_results.h"

namespace stsr {

/// A table of the report: the first column is a label, an empty cell is a dash.
struct Table {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::pair<std::size_t, std::size_t>> best;  ///< (row, column) of the best figures
};

/// The tables of the report: a summary, one of costs, and one for each variable where there are
/// several.
[[nodiscard]] std::vector<Table> report_tables(const ComparisonResults& results);

/// The first of them for a terminal.
[[nodiscard]] std::string summary_text(const ComparisonResults& results);

/// Writes scores.csv and scores.json (docs/formats.md). @throws FileError
void write_tables(const ComparisonResults& results);

/// A number with so many decimals; "-" where undefined.
[[nodiscard]] std::string number_cell(double value, int decimals);

/// "45 s", "12.3 min" or "4.56 h".
[[nodiscard]] std::string duration_cell(double seconds);

/// "1.41 MB" and the like, in powers of ten; "-" for none.
[[nodiscard]] std::string size_cell(std::size_t bytes);

}  // namespace stsr

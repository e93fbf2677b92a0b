#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "comparison_results.h"
#include "record.h"

namespace stsr {

/// What is measured of a variable.
struct ScoreRequest {
  std::vector<Metric> metrics = {};  ///< of volumes
  std::optional<double> isovalue = {};
  bool normalised = false;  ///< the isovalue is on the paper's per-step scale

  /// Tells it from other requests.
  [[nodiscard]] std::string text() const;
};

/// What the configuration asks for.
[[nodiscard]] ScoreRequest score_request(const ComparisonConfig& config,
                                         const std::vector<ComparedVariable>& all,
                                         const ComparedVariable& variable);

/// Measures the volumes against the truth, one time step in memory at a time.
/// @throws ValueError  dimensions, places or times differ; FileError  reading; Interrupted
[[nodiscard]] VariableScores score_variable(const ComparedVariable& variable,
                                            const std::filesystem::path& volumes,
                                            const ScoreRequest& request, Progress& progress);

[[nodiscard]] Record record_of(const VariableScores& scores);
[[nodiscard]] VariableScores scores_of(const Record& record);

}  // namespace stsr

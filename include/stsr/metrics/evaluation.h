#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stsr/base/progress.h"
#include "stsr/io/dataset.h"
#include "stsr/metrics/scores.h"

namespace stsr {

struct EvaluationRequest {
  std::vector<std::string> variables = {};  ///< empty: all of the truth
  /// The data set whose times say, variable by variable, which steps were kept.
  const Dataset* kept_from = nullptr;
  std::vector<Metric> metrics{Metric::psnr};  ///< at least one
  /// Isovalues for the metrics that need one: by variable, and of all not named there.
  std::map<std::string, double> isovalues = {};
  std::optional<double> isovalue = {};
  IsovalueScale isovalue_scale = IsovalueScale::data;
};

/// Scores a result against the truth by every metric asked for, one time step in memory at a time.
/// Variables are matched by name; voxels that either misses are left out and counted.
/// @throws ValueError  a variable is missing on one side (with the nearest name), or dimensions,
///   places or times differ (with both values); no metric; a variable without the isovalue that a
///   metric needs, or isovalues or their scale without such a metric or for variables that are not
///   scored; FileError as the data sets' readers; Interrupted on the user's wish.
/// Source: method section 8.
[[nodiscard]] Evaluation evaluate(const Dataset& truth, const Dataset& result,
                                  const EvaluationRequest& request,
                                  Progress& progress = Progress::silent());

/// {"variables": {<name>: {"unit", "times", "groups", "psnr_db": {"all", "kept", "between",
/// "extrapolated", "steps": [...]}, "psnr_db_normalised": {...}, "undefined_steps",
/// "missing_in_truth", "missing_in_result"}}, "mean": {"psnr_db": {"all", ...},
/// "psnr_db_normalised": {...}}}. Undefined is null, infinity the string "inf" (JSON has none).
/// "undefined_steps" counts those without PSNR. Other metrics stand beside "psnr_db" as "ssim" and
/// "cd_voxels", with "undefined_steps" inside, and "isovalue" and
/// "isovalue_scale" for CD. Without PSNR its keys are absent.
[[nodiscard]] std::string evaluation_json(const Evaluation& evaluation);

/// A row per variable and step: variable,step,time,group,psnr_db,psnr_db_normalised,
/// missing_in_truth,missing_in_result, then ssim,cd_voxels where asked for (without PSNR its
/// columns are absent). Undefined is an empty cell, infinity `inf`.
[[nodiscard]] std::string evaluation_csv(const Evaluation& evaluation);

/// A table per metric for people: means per variable and group; and, where `steps`, every step.
/// Undefined is a dash. Notes below say what was left out.
[[nodiscard]] std::string evaluation_text(const Evaluation& evaluation, bool steps);

/// A table per metric that sets several evaluations of the same variables and metrics side by side:
/// a row per variable and group, a column per evaluation under its label. Notes below say what was
/// left out.
[[nodiscard]] std::string comparison_text(const std::vector<std::string>& labels,
                                          const std::vector<Evaluation>& evaluations);

}  // namespace stsr

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "stsr/base/config_field.h"
#include "stsr/base/progress.h"
#include "stsr/io/dataset.h"

namespace stsr {

/// Where a time step lies with respect to the steps that a method has seen. `unknown` where
/// nobody said which these were.
enum class StepGroup { kept, between, extrapolated, unknown };

template <>
struct EnumNames<StepGroup> {
  static constexpr std::array<EnumTable<StepGroup>, 4> values{
      {{StepGroup::kept, "kept"},
       {StepGroup::between, "between"},
       {StepGroup::extrapolated, "extrapolated"},
       {StepGroup::unknown, "unknown"}}};
};

/// The group of every time: kept where one of `kept_times` lies within 1e-6 of the smallest
/// distance between two `times`; extrapolated before the first or after the last of them.
/// @param kept_times  strictly increasing; empty: all times are `unknown`.
[[nodiscard]] std::vector<StepGroup> group_steps(const std::vector<double>& times,
                                                 const std::vector<double>& kept_times);

/// Scores of one time step, in dB; NaN where undefined (the truth is constant, or the two hold no
/// voxel in common), +infinity where identical.
struct StepScore {
  std::size_t step = 0;  ///< from 0
  double time = 0.0;
  StepGroup group = StepGroup::unknown;
  double psnr = 0.0;             ///< in the data's units
  double psnr_normalised = 0.0;  ///< in the paper's per-step scale, see normalised_psnr_of
  std::size_t missing_in_truth = 0;
  std::size_t missing_in_result = 0;  ///< voxels that only the truth holds; not scored
};

/// Means of the dB over the defined steps; NaN where a group has none.
struct GroupMeans {
  double all = 0.0;
  double kept = 0.0;
  double between = 0.0;
  double extrapolated = 0.0;
};

struct VariableScore {
  std::string name;
  std::string unit;
  std::vector<StepScore> steps;
  GroupMeans psnr;
  GroupMeans psnr_normalised;
  std::size_t undefined_steps = 0;  ///< left out of the means
};

struct Evaluation {
  std::vector<VariableScore> variables;
  /// Means over the variables of their means; undefined ones left out.
  GroupMeans psnr;
  GroupMeans psnr_normalised;
};

struct EvaluationRequest {
  std::vector<std::string> variables = {};  ///< empty: all of the truth
  /// The data set whose times say, variable by variable, which steps were kept.
  const Dataset* kept_from = nullptr;
};

/// Scores a result against the truth, one time step in memory at a time. Variables are matched by
/// name; voxels that either misses are left out and counted.
/// @throws ValueError  a variable is missing on one side (with the nearest name), or dimensions,
///   places or times differ (with both values); FileError as the data sets' readers;
///   Interrupted on the user's wish.
/// Source: method section 8.
[[nodiscard]] Evaluation evaluate(const Dataset& truth, const Dataset& result,
                                  const EvaluationRequest& request,
                                  Progress& progress = Progress::silent());

/// {"variables": {<name>: {"unit", "times", "groups", "psnr_db": {"all", "kept", "between",
/// "extrapolated", "steps": [...]}, "psnr_db_normalised": {...}, "undefined_steps",
/// "missing_in_truth", "missing_in_result"}}, "mean": {"psnr_db": {"all", ...},
/// "psnr_db_normalised": {...}}}. Undefined is null, infinity the string "inf" (JSON has none).
[[nodiscard]] std::string evaluation_json(const Evaluation& evaluation);

/// A row a variable and step: variable,step,time,group,psnr_db,psnr_db_normalised,
/// missing_in_truth,missing_in_result. Undefined is an empty cell, infinity `inf`.
[[nodiscard]] std::string evaluation_csv(const Evaluation& evaluation);

/// A table for people: means per variable and group and, where `steps`, every step. Undefined is
/// a dash. Notes below it say what was left out.
[[nodiscard]] std::string evaluation_text(const Evaluation& evaluation, bool steps);

}  // namespace stsr

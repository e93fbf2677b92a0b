#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stsr/base/config_field.h"
#include "stsr/metrics/metric.h"
#include "stsr/volume/grid.h"

namespace stsr {

/// What an isovalue v means: a value in the data's unit, or in the paper's scale low + (v + 1)/2
/// (high - low), with the smallest and largest values of each time step of the truth.
enum class IsovalueScale { data, step };

template <>
struct EnumNames<IsovalueScale> {
  static constexpr std::array<EnumTable<IsovalueScale>, 2> values{
      {{IsovalueScale::data, "data"}, {IsovalueScale::step, "step"}}};
};

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

/// A score that does not exist.
constexpr double undefined_score = std::numeric_limits<double>::quiet_NaN();

/// Scores of one time step. A score is NaN where it is undefined and where nobody asked for it.
struct StepScore {
  std::size_t step = 0;  ///< from 0
  double time = 0.0;
  StepGroup group = StepGroup::unknown;
  PerMetric<double> scores{undefined_score};
  std::size_t missing_in_truth = 0;
  std::size_t missing_in_result = 0;  ///< voxels that only the truth holds; not scored
};

/// Means over the defined steps; NaN where a group has none.
struct GroupMeans {
  double all = undefined_score;
  double kept = undefined_score;
  double between = undefined_score;
  double extrapolated = undefined_score;
};

struct VariableScore {
  std::string name;
  std::string unit;
  std::vector<StepScore> steps;
  PerMetric<GroupMeans> means;
  std::optional<double> isovalue = {};  ///< of the metrics that need one
  IsovalueScale isovalue_scale = IsovalueScale::data;
};

struct Evaluation {
  std::vector<VariableScore> variables;
  PerMetric<GroupMeans> means;  ///< over the variables, of their means; undefined ones left out
  std::vector<Metric> metrics{Metric::psnr};  ///< asked for, each once; outputs have these
};

/// Steps of a variable that have no score by `metric`, and so no part in its means.
[[nodiscard]] std::size_t undefined_steps(const VariableScore& variable, Metric metric);

/// Scores one time step by the metrics; step, time and group are left for the caller to set, and
/// missing voxels are counted whatever the metrics.
/// @param dims           of both; x fastest.
/// @param truth, result  [nz*ny*nx] float32 in the same unit; missing where not finite.
/// @param isovalue       for metrics that need one, in the scale that the last argument names.
/// @throws ShapeError  a length is not that of `dims`; ValueError  a metric lacks its isovalue.
[[nodiscard]] StepScore score_volumes(const Dims& dims, std::span<const float> truth,
                                      std::span<const float> result,
                                      const std::vector<Metric>& metrics,
                                      std::optional<double> isovalue = {},
                                      IsovalueScale scale = IsovalueScale::data);

/// A variable with the means of its steps.
[[nodiscard]] VariableScore summarised(std::string name, std::string unit,
                                       std::vector<StepScore> steps);

/// Variables with the means of their means.
[[nodiscard]] Evaluation summarised(std::vector<VariableScore> variables,
                                    std::vector<Metric> metrics);

}  // namespace stsr

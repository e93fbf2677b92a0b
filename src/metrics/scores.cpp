#include "stsr/metrics/scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/metrics/psnr.h"
#include "stsr/volume/step_times.h"

namespace stsr {

namespace {

/// Mean of what `value` gives for the items that `use` admits; NaN where all are undefined.
template <class Items, class Value, class Use>
double mean_of(const Items& items, const Value& value, const Use& use) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const auto& item : items) {
    if (!use(item) || std::isnan(value(item))) continue;
    sum += value(item);
    ++count;
  }
  return count == 0 ? undefined_score : sum / static_cast<double>(count);
}

GroupMeans means_over_steps(const std::vector<StepScore>& steps, Metric metric) {
  const auto value = [metric](const StepScore& step) { return step.scores[metric]; };
  const auto in = [&](StepGroup group) {
    return mean_of(steps, value, [group](const StepScore& step) { return step.group == group; });
  };
  return {mean_of(steps, value, [](const StepScore&) { return true; }), in(StepGroup::kept),
          in(StepGroup::between), in(StepGroup::extrapolated)};
}

GroupMeans means_over_variables(const std::vector<VariableScore>& variables, Metric metric) {
  const auto of = [&](double GroupMeans::*group) {
    return mean_of(
        variables, [&](const VariableScore& variable) { return variable.means[metric].*group; },
        [](const VariableScore&) { return true; });
  };
  return {of(&GroupMeans::all), of(&GroupMeans::kept), of(&GroupMeans::between),
          of(&GroupMeans::extrapolated)};
}

bool contains(const std::vector<Metric>& metrics, Metric metric) {
  return std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
}

}  // namespace

std::vector<StepGroup> group_steps(const std::vector<double>& times,
                                   const std::vector<double>& kept_times) {
  if (kept_times.empty()) return std::vector<StepGroup>(times.size(), StepGroup::unknown);
  const double tolerance = time_tolerance(times);
  std::vector<StepGroup> groups;
  for (const double time : times) {
    const auto next = std::lower_bound(kept_times.begin(), kept_times.end(), time - tolerance);
    if (next == kept_times.end())
      groups.push_back(StepGroup::extrapolated);
    else if (*next <= time + tolerance)
      groups.push_back(StepGroup::kept);
    else
      groups.push_back(next == kept_times.begin() ? StepGroup::extrapolated : StepGroup::between);
  }
  return groups;
}

std::size_t undefined_steps(const VariableScore& variable, Metric metric) {
  return static_cast<std::size_t>(
      std::count_if(variable.steps.begin(), variable.steps.end(),
                    [metric](const StepScore& step) { return std::isnan(step.scores[metric]); }));
}

StepScore score_volumes(const Dims& dims, std::span<const float> truth,
                        std::span<const float> result, const std::vector<Metric>& metrics,
                        std::optional<double> isovalue, IsovalueScale scale) {
  if (truth.size() != dims.count())
    throw ShapeError(fmt::format("a volume of {} x {} x {} samples needs {} values, got {}", dims.x,
                                 dims.y, dims.z, dims.count(), truth.size()));
  ScoredStep step{dims, truth, result, compare_volumes(truth, result), isovalue};
  const ErrorSums& sums = step.sums;
  if (isovalue && scale == IsovalueScale::step)
    step.isovalue = sums.low + (*isovalue + 1.0) / 2.0 * (sums.high - sums.low);
  StepScore score;
  score.missing_in_truth = sums.missing_in_truth;
  score.missing_in_result = sums.missing_in_result;
  for (const MetricInfo& info : metric_table)
    if (info.score != nullptr && contains(metrics, info.asked_as))
      score.scores[info.metric] = info.score(step);
  return score;
}

VariableScore summarised(std::string name, std::string unit, std::vector<StepScore> steps) {
  VariableScore score;
  score.name = std::move(name);
  score.unit = std::move(unit);
  score.steps = std::move(steps);
  for (const MetricInfo& info : metric_table)
    score.means[info.metric] = means_over_steps(score.steps, info.metric);
  return score;
}

Evaluation summarised(std::vector<VariableScore> variables, std::vector<Metric> metrics) {
  Evaluation evaluation;
  for (const MetricInfo& info : metric_table)
    evaluation.means[info.metric] = means_over_variables(variables, info.metric);
  evaluation.variables = std::move(variables);
  evaluation.metrics = std::move(metrics);
  return evaluation;
}

}  // namespace stsr

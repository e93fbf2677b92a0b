#include "stsr/metrics/scores.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "step_spacing.h"
#include "stsr/base/error.h"
#include "stsr/metrics/chamfer.h"
#include "stsr/metrics/psnr.h"
#include "stsr/metrics/ssim.h"

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

GroupMeans means_over_steps(const std::vector<StepScore>& steps, double StepScore::*score) {
  const auto value = [score](const StepScore& step) { return step.*score; };
  const auto in = [&](StepGroup group) {
    return mean_of(steps, value, [group](const StepScore& step) { return step.group == group; });
  };
  return {mean_of(steps, value, [](const StepScore&) { return true; }), in(StepGroup::kept),
          in(StepGroup::between), in(StepGroup::extrapolated)};
}

GroupMeans means_over_variables(const std::vector<VariableScore>& variables,
                                GroupMeans VariableScore::*score) {
  const auto of = [&](double GroupMeans::*group) {
    return mean_of(
        variables, [&](const VariableScore& variable) { return variable.*score.*group; },
        [](const VariableScore&) { return true; });
  };
  return {of(&GroupMeans::all), of(&GroupMeans::kept), of(&GroupMeans::between),
          of(&GroupMeans::extrapolated)};
}

}  // namespace

const MetricInfo& metric_info(Metric metric) {
  static constexpr MetricInfo psnr{"psnr_db", "PSNR (dB)", "PSNR", 2, true};
  static constexpr MetricInfo ssim{"ssim", "SSIM", "SSIM", 4, true};
  static constexpr MetricInfo chamfer{"cd_voxels", "CD (voxels)", "CD", 3, false};
  switch (metric) {
    case Metric::ssim:
      return ssim;
    case Metric::chamfer:
      return chamfer;
    case Metric::psnr:
      break;
  }
  return psnr;
}

std::vector<StepGroup> group_steps(const std::vector<double>& times,
                                   const std::vector<double>& kept_times) {
  if (kept_times.empty()) return std::vector<StepGroup>(times.size(), StepGroup::unknown);
  const double tolerance = 1e-6 * smallest_distance(times);
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

double score_of(const StepScore& step, Metric metric) {
  if (metric == Metric::ssim) return step.ssim;
  return metric == Metric::chamfer ? step.chamfer : step.psnr;
}

const GroupMeans& means_of(const VariableScore& variable, Metric metric) {
  if (metric == Metric::ssim) return variable.ssim;
  return metric == Metric::chamfer ? variable.chamfer : variable.psnr;
}

const GroupMeans& means_of(const Evaluation& evaluation, Metric metric) {
  if (metric == Metric::ssim) return evaluation.ssim;
  return metric == Metric::chamfer ? evaluation.chamfer : evaluation.psnr;
}

std::size_t undefined_steps(const VariableScore& variable, Metric metric) {
  return static_cast<std::size_t>(std::count_if(
      variable.steps.begin(), variable.steps.end(),
      [metric](const StepScore& step) { return std::isnan(score_of(step, metric)); }));
}

StepScore score_volumes(const Dims& dims, std::span<const float> truth,
                        std::span<const float> result, const std::vector<Metric>& metrics,
                        std::optional<double> isovalue, IsovalueScale scale) {
  const ErrorSums sums = compare_volumes(truth, result);
  StepScore score;
  score.missing_in_truth = sums.missing_in_truth;
  score.missing_in_result = sums.missing_in_result;
  for (const Metric metric : metrics) {
    switch (metric) {
      case Metric::psnr:
        score.psnr = psnr_of(sums);
        score.psnr_normalised = normalised_psnr_of(sums);
        break;
      case Metric::ssim:
        score.ssim = ssim(dims, truth, result).value_or(undefined_score);
        break;
      case Metric::chamfer:
        if (!isovalue) throw ValueError("the chamfer distance needs an isovalue, got none");
        score.chamfer =
            isosurface_distance(dims, truth, result,
                                scale == IsovalueScale::step
                                    ? sums.low + (*isovalue + 1.0) / 2.0 * (sums.high - sums.low)
                                    : *isovalue)
                .value_or(undefined_score);
        break;
    }
  }
  return score;
}

VariableScore summarised(std::string name, std::string unit, std::vector<StepScore> steps) {
  VariableScore score;
  score.name = std::move(name);
  score.unit = std::move(unit);
  score.steps = std::move(steps);
  score.psnr = means_over_steps(score.steps, &StepScore::psnr);
  score.psnr_normalised = means_over_steps(score.steps, &StepScore::psnr_normalised);
  score.undefined_steps = undefined_steps(score, Metric::psnr);
  score.ssim = means_over_steps(score.steps, &StepScore::ssim);
  score.chamfer = means_over_steps(score.steps, &StepScore::chamfer);
  return score;
}

Evaluation summarised(std::vector<VariableScore> variables, std::vector<Metric> metrics) {
  Evaluation evaluation;
  evaluation.psnr = means_over_variables(variables, &VariableScore::psnr);
  evaluation.psnr_normalised = means_over_variables(variables, &VariableScore::psnr_normalised);
  evaluation.ssim = means_over_variables(variables, &VariableScore::ssim);
  evaluation.chamfer = means_over_variables(variables, &VariableScore::chamfer);
  evaluation.variables = std::move(variables);
  evaluation.metrics = std::move(metrics);
  return evaluation;
}

}  // namespace stsr

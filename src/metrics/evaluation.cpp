#include "stsr/metrics/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/metrics/psnr.h"

namespace stsr {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

std::size_t variable_named(const Dataset& data, const std::string& name, const char* what) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < data.variables().size(); ++i) {
    if (data.variables()[i].name == name) return i;
    names.push_back(data.variables()[i].name);
  }
  throw ValueError(fmt::format("{} has no variable '{}'{}; or name the variables to compare", what,
                               name, name_hint(name, names)));
}

double smallest_distance(const std::vector<double>& times) {
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < times.size(); ++i)
    smallest = std::min(smallest, times[i] - times[i - 1]);
  return std::isfinite(smallest) ? smallest : 1.0;
}

void check_same_grid(const VariableInfo& truth, const VariableInfo& result) {
  const Dims& a = truth.grid.dims;
  const Dims& b = result.grid.dims;
  if (a != b)
    throw ValueError(fmt::format(
        "variable '{}': the truth has {} x {} x {} samples, the result {} x {} x {}; make the "
        "result on the truth's grid (--like)",
        truth.name, a.x, a.y, a.z, b.x, b.y, b.z));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto last = static_cast<double>(a[axis] - 1);
    for (const double index : {0.0, last}) {
      const double at = truth.grid.position(axis, index);
      const double found = result.grid.position(axis, index);
      if (std::abs(at - found) > 1e-3 * std::abs(truth.grid.spacing[axis]))
        throw ValueError(fmt::format(
            "variable '{}': sample {:.0f} along {} lies at {} in the truth and at {} in the "
            "result; correct the origin or spacing",
            truth.name, index, "xyz"[axis], at, found));
    }
  }
}

void check_same_times(const VariableInfo& truth, const VariableInfo& result) {
  if (truth.times.size() != result.times.size())
    throw ValueError(fmt::format(
        "variable '{}': the truth has {} time steps, the result {}; make the result at the truth's "
        "times (--like)",
        truth.name, truth.times.size(), result.times.size()));
  const double tolerance = 1e-6 * smallest_distance(truth.times);
  for (std::size_t t = 0; t < truth.times.size(); ++t)
    if (!(std::abs(truth.times[t] - result.times[t]) <= tolerance))
      throw ValueError(fmt::format(
          "variable '{}': time step {} is at {} in the truth and at {} in the result; make the "
          "result at the truth's times (--like)",
          truth.name, t, truth.times[t], result.times[t]));
}

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
  return count == 0 ? undefined : sum / static_cast<double>(count);
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

/// One variable that both data sets hold on the same grid and times.
struct Pair {
  std::size_t in_truth = 0;
  std::size_t in_result = 0;
  std::vector<StepGroup> groups;
};

Pair matched(const Dataset& truth, const Dataset& result, const std::string& name,
             const Dataset* kept_from) {
  Pair pair{
      variable_named(truth, name, "the truth"), variable_named(result, name, "the result"), {}};
  const VariableInfo& info = truth.variables()[pair.in_truth];
  check_same_grid(info, result.variables()[pair.in_result]);
  check_same_times(info, result.variables()[pair.in_result]);
  std::vector<double> kept;
  if (kept_from != nullptr)
    kept =
        kept_from->variables()[variable_named(*kept_from, name, "the data set of the kept steps")]
            .times;
  pair.groups = group_steps(info.times, kept);
  return pair;
}

StepScore score_step(const Dataset& truth, const Dataset& result, const Pair& pair,
                     std::size_t step) {
  const ErrorSums sums =
      compare_volumes(truth.read(pair.in_truth, step), result.read(pair.in_result, step));
  return {step,
          truth.variables()[pair.in_truth].times[step],
          pair.groups[step],
          psnr_of(sums),
          normalised_psnr_of(sums),
          sums.missing_in_truth,
          sums.missing_in_result};
}

void summarise(VariableScore& score) {
  score.psnr = means_over_steps(score.steps, &StepScore::psnr);
  score.psnr_normalised = means_over_steps(score.steps, &StepScore::psnr_normalised);
  score.undefined_steps = static_cast<std::size_t>(
      std::count_if(score.steps.begin(), score.steps.end(),
                    [](const StepScore& step) { return std::isnan(step.psnr); }));
}

}  // namespace

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

Evaluation evaluate(const Dataset& truth, const Dataset& result, const EvaluationRequest& request,
                    Progress& progress) {
  std::vector<std::string> names = request.variables;
  if (names.empty())
    for (const VariableInfo& info : truth.variables()) names.push_back(info.name);
  // Everything is matched before the first value is read.
  std::vector<Pair> pairs;
  std::size_t total = 0;
  for (const std::string& name : names) {
    pairs.push_back(matched(truth, result, name, request.kept_from));
    total += pairs.back().groups.size();
  }
  Evaluation evaluation;
  std::size_t done = 0;
  for (const Pair& pair : pairs) {
    const VariableInfo& info = truth.variables()[pair.in_truth];
    VariableScore score{info.name, info.unit, {}, {}, {}, 0};
    for (std::size_t step = 0; step < pair.groups.size(); ++step) {
      if (progress.stop_requested())
        throw Interrupted(
            fmt::format("stopped after {} of {} time steps; no score was written", done, total));
      score.steps.push_back(score_step(truth, result, pair, step));
      progress.report(++done, total, "step", info.name);
    }
    summarise(score);
    evaluation.variables.push_back(std::move(score));
  }
  evaluation.psnr = means_over_variables(evaluation.variables, &VariableScore::psnr);
  evaluation.psnr_normalised =
      means_over_variables(evaluation.variables, &VariableScore::psnr_normalised);
  return evaluation;
}

}  // namespace stsr

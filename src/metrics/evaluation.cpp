#include "stsr/metrics/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/volume/step_times.h"

namespace stsr {

namespace {

std::size_t variable_named(const Dataset& data, const std::string& name, const char* what) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < data.variables().size(); ++i) {
    if (data.variables()[i].name == name) return i;
    names.push_back(data.variables()[i].name);
  }
  throw ValueError(fmt::format("{} has no variable '{}'{}; or name the variables to compare", what,
                               name, name_hint(name, names)));
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
  const double tolerance = time_tolerance(truth.times);
  for (std::size_t t = 0; t < truth.times.size(); ++t)
    if (!(std::abs(truth.times[t] - result.times[t]) <= tolerance))
      throw ValueError(fmt::format(
          "variable '{}': time step {} is at {} in the truth and at {} in the result; make the "
          "result at the truth's times (--like)",
          truth.name, t, truth.times[t], result.times[t]));
}

/// One variable that both data sets hold on the same grid and times.
struct Pair {
  std::size_t in_truth = 0;
  std::size_t in_result = 0;
  std::vector<StepGroup> groups;
  std::optional<double> isovalue;
};

Pair matched(const Dataset& truth, const Dataset& result, const std::string& name,
             const Dataset* kept_from) {
  Pair pair{
      variable_named(truth, name, "the truth"), variable_named(result, name, "the result"), {}, {}};
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

/// "a", "a or b", "a, b or c".
std::string alternatives(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return text;
}

template <class Admits>
std::vector<std::string> names_of_volume_metrics(const Admits& admits) {
  std::vector<std::string> names;
  for (const Metric metric : volume_metrics)
    if (admits(metric)) names.emplace_back(metric_info(metric).name);
  return names;
}

/// The metrics, each once.
std::vector<Metric> distinct(const std::vector<Metric>& metrics) {
  std::vector<Metric> distinct;
  for (const Metric metric : metrics)
    if (std::find(distinct.begin(), distinct.end(), metric) == distinct.end())
      distinct.push_back(metric);
  if (distinct.empty())
    throw ValueError(
        fmt::format("an evaluation needs a metric: {}", alternatives(enum_names<Metric>())));
  return distinct;
}

/// Isovalues fit the metrics and the variables.
void check_isovalues(const EvaluationRequest& request, const std::vector<Metric>& metrics,
                     const std::vector<std::string>& names) {
  const auto at_isovalue = [](Metric metric) {
    return metric_info(metric).input == MetricInput::isovalue;
  };
  const auto first = std::find_if(metrics.begin(), metrics.end(), at_isovalue);
  if (first == metrics.end() && (request.isovalue || !request.isovalues.empty() ||
                                 request.isovalue_scale != IsovalueScale::data))
    throw ValueError(fmt::format(
        "an isovalue or its scale is given, but only the metric {0} uses it; ask for {0}",
        alternatives(names_of_volume_metrics(at_isovalue))));
  for (const auto& [name, value] : request.isovalues)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw ValueError(fmt::format("isovalue {} is given for '{}', which is not scored{}", value,
                                   name, name_hint(name, names)));
  for (const std::string& name : names)
    if (first != metrics.end() && !request.isovalue && !request.isovalues.contains(name))
      throw ValueError(fmt::format(
          "the metric {} needs an isovalue for variable '{}'; give one for it, or one for all "
          "(--isovalue)",
          metric_info(*first).name, name));
}

std::optional<double> isovalue_of(const EvaluationRequest& request, const std::string& name) {
  const auto found = request.isovalues.find(name);
  return found == request.isovalues.end() ? request.isovalue : found->second;
}

}  // namespace

Evaluation evaluate(const Dataset& truth, const Dataset& result, const EvaluationRequest& request,
                    Progress& progress) {
  std::vector<std::string> names = request.variables;
  if (names.empty())
    for (const VariableInfo& info : truth.variables()) names.push_back(info.name);
  for (auto name = names.begin(); name != names.end(); ++name)
    if (std::find(names.begin(), name, *name) != name)
      throw ValueError(fmt::format("variable '{}' is to be evaluated twice; name it once", *name));
  const std::vector<Metric> metrics = distinct(request.metrics);
  check_isovalues(request, metrics, names);
  // Everything is matched before the first value is read.
  std::vector<Pair> pairs;
  std::size_t total = 0;
  for (const std::string& name : names) {
    pairs.push_back(matched(truth, result, name, request.kept_from));
    pairs.back().isovalue = isovalue_of(request, name);
    total += pairs.back().groups.size();
  }
  std::vector<VariableScore> variables;
  std::size_t done = 0;
  for (const Pair& pair : pairs) {
    const VariableInfo& info = truth.variables()[pair.in_truth];
    const Packing& packing = result.variables()[pair.in_result].packing;
    std::optional<double> isovalue = pair.isovalue;
    if (isovalue && request.isovalue_scale == IsovalueScale::data)
      isovalue = info.packing.packed(*isovalue);
    std::vector<StepScore> steps;
    for (std::size_t step = 0; step < pair.groups.size(); ++step) {
      if (progress.stop_requested())
        throw Interrupted(
            fmt::format("stopped after {} of {} time steps; no score was written", done, total));
      steps.push_back(
          score_volumes(info.grid.dims, truth.read(pair.in_truth, step),
                        repacked(result.read(pair.in_result, step), packing, info.packing), metrics,
                        isovalue, request.isovalue_scale));
      steps.back().step = step;
      steps.back().time = info.times[step];
      steps.back().group = pair.groups[step];
      progress.report(++done, total, "step", info.name);
    }
    variables.push_back(summarised(info.name, info.unit, std::move(steps)));
    variables.back().isovalue = pair.isovalue;
    variables.back().isovalue_scale = request.isovalue_scale;
  }
  return summarised(std::move(variables), metrics);
}

}  // namespace stsr

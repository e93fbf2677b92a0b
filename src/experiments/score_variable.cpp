#include "score_variable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "stsr/base/error.h"
#include "stsr/metrics/evaluation.h"

namespace stsr {

namespace {

Record numbers(const std::vector<double>& values) {
  Record list = Record::array();
  for (const double value : values) {
    if (std::isnan(value))
      list.push_back(nullptr);
    else if (std::isinf(value))
      list.push_back("inf");  // JSON has none
    else
      list.push_back(value);
  }
  return list;
}

double number(const Record& value) {
  if (value.is_null()) return undefined_score;
  return value.is_string() ? std::numeric_limits<double>::infinity() : value.get<double>();
}

/// False where [metrics] has a switch of this key that is off.
bool switched_on(const ComparedMetrics& metrics, const MetricInfo& info) {
  bool on = true;
  ComparedMetrics::fields(metrics, [&](std::string_view key, const auto& value, const auto&...) {
    if constexpr (std::is_same_v<decltype(value), const bool&>)
      if (key == info.compared_key) on = value;
  });
  return on;
}

}  // namespace

std::string ScoreRequest::text() const {
  std::string switches;
  const ComparedMetrics all;
  ComparedMetrics::fields(all, [&](std::string_view key, const auto&, const auto&...) {
    for (const Metric metric : volume_metrics)
      if (metric_info(metric).compared_key == key)
        switches += fmt::format("{} {} ", key,
                                std::find(metrics.begin(), metrics.end(), metric) != metrics.end());
  });
  return fmt::format("{}isovalue {} {}", switches, isovalue ? fmt::format("{}", *isovalue) : "",
                     normalised);
}

ScoreRequest score_request(const ComparisonConfig& config, const std::vector<ComparedVariable>& all,
                           const ComparedVariable& variable) {
  ScoreRequest request;
  for (const ComparedIsosurface& one : config.isosurface)
    if (all[find_compared(all, one.variable, "[[isosurface]]")].key == variable.key) {
      request.isovalue = one.isovalue;
      request.normalised = one.normalised;
    }
  for (const Metric metric : volume_metrics) {
    const MetricInfo& info = metric_info(metric);
    const bool possible = info.input != MetricInput::isovalue || request.isovalue;
    if (possible && switched_on(config.metrics, info)) request.metrics.push_back(metric);
  }
  return request;
}

VariableScores score_variable(const ComparedVariable& variable,
                              const std::filesystem::path& volumes, const ScoreRequest& request,
                              Progress& progress) {
  EvaluationRequest wanted;
  wanted.variables = {variable.name()};
  wanted.kept_from = &variable.data->coarse();
  wanted.metrics = request.metrics;
  wanted.isovalue = request.isovalue;
  if (request.normalised) wanted.isovalue_scale = IsovalueScale::step;
  const auto result = open_dataset(volumes);
  const Evaluation evaluation = evaluate(*variable.data->truth(), *result, wanted, progress);
  VariableScores scores;
  for (const Metric metric : wanted.metrics)
    scores.series.push_back({std::string(metric_info(metric).compared_key), {}});
  for (const StepScore& step : evaluation.variables.front().steps) {
    scores.times.push_back(step.time);
    scores.groups.push_back(step.group);
    for (std::size_t i = 0; i < wanted.metrics.size(); ++i)
      scores.series[i].values.push_back(step.scores[wanted.metrics[i]]);
  }
  return scores;
}

Record record_of(const VariableScores& scores) {
  Record record{{"times", scores.times}, {"groups", Record::array()}, {"series", Record::object()}};
  for (const StepGroup group : scores.groups) record["groups"].push_back(enum_name(group));
  for (const MetricSeries& series : scores.series)
    record["series"][series.key] = numbers(series.values);
  return record;
}

VariableScores scores_of(const Record& record) {
  VariableScores scores;
  scores.times = record["times"].get<std::vector<double>>();
  for (const Record& group : record["groups"])
    scores.groups.push_back(
        find_enum<StepGroup>(group.get<std::string>()).value_or(StepGroup::unknown));
  for (const auto& [key, values] : record["series"].items()) {
    MetricSeries series{key, {}};
    for (const Record& value : values) series.values.push_back(number(value));
    scores.series.push_back(std::move(series));
  }
  return scores;
}

}  // namespace stsr

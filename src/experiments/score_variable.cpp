#include "score_variable.h"

#include <fmt/format.h>

#include <cmath>

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

StepGroup group_named(const std::string& text) {
  for (const auto& [value, name] : EnumNames<StepGroup>::values)
    if (name == text) return value;
  return StepGroup::unknown;
}

}  // namespace

std::string ScoreRequest::text() const {
  return fmt::format("ssim {} isovalue {} {}", ssim, isovalue ? fmt::format("{}", *isovalue) : "",
                     normalised);
}

ScoreRequest score_request(const ComparisonConfig& config, const std::vector<ComparedVariable>& all,
                           const ComparedVariable& variable) {
  ScoreRequest request{config.metrics.ssim, {}, false};
  for (const ComparedIsosurface& one : config.isosurface)
    if (all[find_compared(all, one.variable, "[[isosurface]]")].key == variable.key) {
      request.isovalue = one.isovalue;
      request.normalised = one.normalised;
    }
  return request;
}

VariableScores score_variable(const ComparedVariable& variable,
                              const std::filesystem::path& volumes, const ScoreRequest& request,
                              Progress& progress) {
  EvaluationRequest wanted;
  wanted.variables = {variable.name()};
  wanted.kept_from = &variable.data->coarse();
  if (request.ssim) wanted.metrics.push_back(Metric::ssim);
  if (request.isovalue) {
    wanted.metrics.push_back(Metric::chamfer);
    wanted.isovalue = request.isovalue;
    if (request.normalised) wanted.isovalue_scale = IsovalueScale::step;
  }
  const auto result = open_dataset(volumes);
  const Evaluation evaluation = evaluate(*variable.data->truth(), *result, wanted, progress);
  VariableScores scores;
  for (const Metric metric : wanted.metrics)
    scores.series.push_back(
        {metric == Metric::chamfer ? "chamfer" : std::string(enum_name(metric)), {}});
  for (const StepScore& step : evaluation.variables.front().steps) {
    scores.times.push_back(step.time);
    scores.groups.push_back(step.group);
    for (std::size_t i = 0; i < wanted.metrics.size(); ++i)
      scores.series[i].values.push_back(score_of(step, wanted.metrics[i]));
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
    scores.groups.push_back(group_named(group.get<std::string>()));
  for (const auto& [key, values] : record["series"].items()) {
    MetricSeries series{key, {}};
    for (const Record& value : values) series.values.push_back(number(value));
    scores.series.push_back(std::move(series));
  }
  return scores;
}

}  // namespace stsr

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "stsr/base/csv.h"
#include "stsr/io/output_kind.h"
#include "stsr/metrics/evaluation.h"

namespace stsr {

namespace {

using Json = nlohmann::ordered_json;

Json json_number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
  return value;
}

Json json_means(const GroupMeans& means) {
  return {{"all", json_number(means.all)},
          {"kept", json_number(means.kept)},
          {"between", json_number(means.between)},
          {"extrapolated", json_number(means.extrapolated)}};
}

Json json_scores(const VariableScore& score, Metric metric) {
  Json json = json_means(score.means[metric]);
  json["steps"] = Json::array();
  for (const StepScore& step : score.steps)
    json["steps"].push_back(json_number(step.scores[metric]));
  return json;
}

/// What files have of a metric that was asked for.
std::vector<const MetricInfo*> in_files(Metric metric) {
  std::vector<const MetricInfo*> infos;
  for (const MetricInfo& info : metric_table)
    if (info.asked_as == metric) infos.push_back(&info);
  return infos;
}

/// The scores of one metric under their keys.
void add_scores(const VariableScore& score, Metric metric, Json& entry) {
  for (const MetricInfo* info : in_files(metric)) {
    Json json = json_scores(score, info->metric);
    if (!info->leads) json["undefined_steps"] = undefined_steps(score, metric);
    if (info->input == MetricInput::isovalue && score.isovalue) {
      json["isovalue"] = *score.isovalue;
      json["isovalue_scale"] = std::string(enum_name(score.isovalue_scale));
    }
    entry[std::string(info->key)] = std::move(json);
  }
  if (metric_info(metric).leads) entry["undefined_steps"] = undefined_steps(score, metric);
}

std::size_t sum_of(const VariableScore& score, std::size_t StepScore::*count) {
  std::size_t sum = 0;
  for (const StepScore& step : score.steps) sum += step.*count;
  return sum;
}

std::string csv_number(double value) {
  return std::isnan(value) ? "" : fmt::format("{}", value);
}

std::string cell(double value, Metric metric) {
  return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, metric_info(metric).decimals);
}

std::string means_line(const std::string& name, std::size_t width, const GroupMeans& means,
                       Metric metric) {
  return fmt::format("{:<{}}{:>13}{:>13}{:>13}{:>13}\n", name, width, cell(means.all, metric),
                     cell(means.kept, metric), cell(means.between, metric),
                     cell(means.extrapolated, metric));
}

std::string counts_line(const VariableScore& score, std::size_t width) {
  const auto count = [&score](StepGroup group) {
    return std::count_if(score.steps.begin(), score.steps.end(),
                         [group](const StepScore& step) { return step.group == group; });
  };
  return fmt::format("{:<{}}{:>13}{:>13}{:>13}{:>13}\n", "  time steps", width, score.steps.size(),
                     count(StepGroup::kept), count(StepGroup::between),
                     count(StepGroup::extrapolated));
}

/// The means by one metric; the first table says how many steps there are.
std::string means_table(const Evaluation& evaluation, Metric metric) {
  std::size_t width = std::string("  time steps").size() + 2;
  for (const VariableScore& score : evaluation.variables)
    width = std::max(width, score.name.size() + 2);
  std::string text =
      fmt::format("{:<{}}{:>13}{:>13}{:>13}{:>13}\n", metric_title(metric_info(metric)), width,
                  "all", "kept", "between", "extrapolated");
  for (const VariableScore& score : evaluation.variables) {
    text += means_line(score.name, width, score.means[metric], metric);
    if (metric == evaluation.metrics.front()) text += counts_line(score, width);
  }
  if (evaluation.variables.size() > 1)
    text += means_line("mean", width, evaluation.means[metric], metric);
  return text;
}

std::string steps_table(const VariableScore& score, const std::vector<Metric>& metrics) {
  std::string text = fmt::format("\n{}\n{:>6}{:>16}{:>14}", score.name, "step", "time", "group");
  for (const Metric metric : metrics)
    text += fmt::format("{:>13}", metric_title(metric_info(metric)));
  text += "\n";
  for (const StepScore& step : score.steps) {
    text += fmt::format("{:>6}{:>16}{:>14}", step.step, fmt::format("{:.8g}", step.time),
                        enum_name(step.group));
    for (const Metric metric : metrics)
      text += fmt::format("{:>13}", cell(step.scores[metric], metric));
    text += "\n";
  }
  return text;
}

/// Why a step may have no score.
std::string reason(const VariableScore& score, Metric metric) {
  return fmt::format(fmt::runtime(metric_info(metric).undefined),
                     score.isovalue.value_or(undefined_score));
}

/// What was left out of the scores of `label`, a variable's name or more.
std::string notes(const std::string& label, const VariableScore& score,
                  const std::vector<Metric>& metrics) {
  std::string text;
  for (const Metric metric : metrics)
    if (const std::size_t undefined = undefined_steps(score, metric); undefined > 0)
      text += fmt::format("note: {}: {} of {} time steps have no {} ({}) and are left out\n", label,
                          undefined, score.steps.size(), metric_info(metric).label,
                          reason(score, metric));
  const std::size_t in_truth = sum_of(score, &StepScore::missing_in_truth);
  if (in_truth > 0)
    text +=
        fmt::format("note: {}: {} voxels are missing in the truth and left out\n", label, in_truth);
  const std::size_t in_result = sum_of(score, &StepScore::missing_in_result);
  if (in_result > 0)
    text += fmt::format(
        "warning: {}: the result misses {} voxels that the truth holds; they are not scored\n",
        label, in_result);
  return text;
}

/// The columns of the metrics that lead, or of the others, with a comma before each.
template <class Cell>
std::string columns(const std::vector<Metric>& metrics, bool leading, const Cell& cell_of) {
  std::string text;
  for (const Metric metric : metrics)
    for (const MetricInfo* info : in_files(metric))
      if (info->leads == leading) text += fmt::format(",{}", cell_of(*info));
  return text;
}

}  // namespace

std::string evaluation_json(const Evaluation& evaluation) {
  Json variables = Json::object();
  for (const VariableScore& score : evaluation.variables) {
    Json entry{{"unit", score.unit}};
    entry["times"] = Json::array();
    entry["groups"] = Json::array();
    for (const StepScore& step : score.steps) {
      entry["times"].push_back(step.time);
      entry["groups"].push_back(std::string(enum_name(step.group)));
    }
    for (const Metric metric : evaluation.metrics) add_scores(score, metric, entry);
    entry["missing_in_truth"] = sum_of(score, &StepScore::missing_in_truth);
    entry["missing_in_result"] = sum_of(score, &StepScore::missing_in_result);
    variables[score.name] = std::move(entry);
  }
  Json mean = Json::object();
  for (const Metric metric : evaluation.metrics)
    for (const MetricInfo* info : in_files(metric))
      mean[std::string(info->key)] = json_means(evaluation.means[info->metric]);
  const Json json{{json_mark_key, json_mark_value},
                  {"variables", std::move(variables)},
                  {"mean", std::move(mean)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string evaluation_csv(const Evaluation& evaluation) {
  const std::vector<Metric>& metrics = evaluation.metrics;
  const auto key = [](const MetricInfo& info) { return info.key; };
  std::string text =
      fmt::format("variable,step,time,group{},missing_in_truth,missing_in_result{}\n",
                  columns(metrics, true, key), columns(metrics, false, key));
  for (const VariableScore& score : evaluation.variables)
    for (const StepScore& step : score.steps) {
      const auto number = [&step](const MetricInfo& info) {
        return csv_number(step.scores[info.metric]);
      };
      fmt::format_to(std::back_inserter(text), "{},{},{},{}{},{},{}{}\n", csv_cell(score.name),
                     step.step, step.time, enum_name(step.group), columns(metrics, true, number),
                     step.missing_in_truth, step.missing_in_result,
                     columns(metrics, false, number));
    }
  return text;
}

std::string evaluation_text(const Evaluation& evaluation, bool steps) {
  std::string text;
  for (const Metric metric : evaluation.metrics) {
    if (!text.empty()) text += "\n";
    text += means_table(evaluation, metric);
  }
  for (const VariableScore& score : evaluation.variables)
    text += notes(score.name, score, evaluation.metrics);
  if (steps)
    for (const VariableScore& score : evaluation.variables)
      text += steps_table(score, evaluation.metrics);
  return text;
}

std::string comparison_text(const std::vector<std::string>& labels,
                            const std::vector<Evaluation>& evaluations) {
  std::size_t width = 8;
  for (const std::string& label : labels) width = std::max(width, label.size());
  const std::array<std::pair<const char*, double GroupMeans::*>, 4> groups{
      {{"kept", &GroupMeans::kept},
       {"between", &GroupMeans::between},
       {"extrapolated", &GroupMeans::extrapolated},
       {"all", &GroupMeans::all}}};
  std::string text;
  for (const Metric metric : evaluations.front().metrics) {
    text += fmt::format("{}{:<34}", text.empty() ? "" : "\n", metric_title(metric_info(metric)));
    for (const std::string& label : labels) text += fmt::format("  {:>{}}", label, width);
    text += "\n";
    for (std::size_t v = 0; v < evaluations.front().variables.size(); ++v)
      for (const auto& [group, mean] : groups) {
        text += fmt::format("{:<20} {:<13}", evaluations.front().variables[v].name, group);
        for (const Evaluation& evaluation : evaluations)
          text += fmt::format("  {:>{}}", cell(evaluation.variables[v].means[metric].*mean, metric),
                              width);
        text += "\n";
      }
  }
  for (std::size_t i = 0; i < labels.size(); ++i)
    for (const VariableScore& score : evaluations[i].variables)
      text += notes(labels[i] + ": " + score.name, score, evaluations[i].metrics);
  return text;
}

}  // namespace stsr

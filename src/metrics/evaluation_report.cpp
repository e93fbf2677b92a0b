#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

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

Json json_scores(const VariableScore& score, const GroupMeans& means, double StepScore::*value) {
  Json json = json_means(means);
  json["steps"] = Json::array();
  for (const StepScore& step : score.steps) json["steps"].push_back(json_number(step.*value));
  return json;
}

std::size_t sum_of(const VariableScore& score, std::size_t StepScore::*count) {
  std::size_t sum = 0;
  for (const StepScore& step : score.steps) sum += step.*count;
  return sum;
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_number(double value) {
  return std::isnan(value) ? "" : fmt::format("{}", value);
}

std::string cell(double value) {
  return std::isnan(value) ? fmt::format("{:>13}", "-") : fmt::format("{:>13.2f}", value);
}

std::string means_line(const std::string& name, std::size_t width, const GroupMeans& means) {
  return fmt::format("{:<{}}{}{}{}{}\n", name, width, cell(means.all), cell(means.kept),
                     cell(means.between), cell(means.extrapolated));
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

std::string steps_table(const VariableScore& score) {
  std::string text = fmt::format("\n{}\n{:>6}{:>16}{:>14}{:>13}\n", score.name, "step", "time",
                                 "group", "PSNR (dB)");
  for (const StepScore& step : score.steps)
    text += fmt::format("{:>6}{:>16}{:>14}{}\n", step.step, fmt::format("{:.8g}", step.time),
                        enum_name(step.group), cell(step.psnr));
  return text;
}

std::string notes(const VariableScore& score) {
  std::string text;
  if (score.undefined_steps > 0)
    text += fmt::format(
        "note: {}: {} of {} time steps have no PSNR (constant truth, or nothing to compare) and "
        "are left out\n",
        score.name, score.undefined_steps, score.steps.size());
  const std::size_t in_truth = sum_of(score, &StepScore::missing_in_truth);
  if (in_truth > 0)
    text += fmt::format("note: {}: {} voxels are missing in the truth and left out\n", score.name,
                        in_truth);
  const std::size_t in_result = sum_of(score, &StepScore::missing_in_result);
  if (in_result > 0)
    text += fmt::format(
        "warning: {}: the result misses {} voxels that the truth holds; they are not scored\n",
        score.name, in_result);
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
    entry["psnr_db"] = json_scores(score, score.psnr, &StepScore::psnr);
    entry["psnr_db_normalised"] =
        json_scores(score, score.psnr_normalised, &StepScore::psnr_normalised);
    entry["undefined_steps"] = score.undefined_steps;
    entry["missing_in_truth"] = sum_of(score, &StepScore::missing_in_truth);
    entry["missing_in_result"] = sum_of(score, &StepScore::missing_in_result);
    variables[score.name] = std::move(entry);
  }
  const Json json{{"variables", std::move(variables)},
                  {"mean",
                   {{"psnr_db", json_means(evaluation.psnr)},
                    {"psnr_db_normalised", json_means(evaluation.psnr_normalised)}}}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string evaluation_csv(const Evaluation& evaluation) {
  std::string text =
      "variable,step,time,group,psnr_db,psnr_db_normalised,missing_in_truth,missing_in_result\n";
  for (const VariableScore& score : evaluation.variables)
    for (const StepScore& step : score.steps)
      fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{}\n", csv_text(score.name),
                     step.step, step.time, enum_name(step.group), csv_number(step.psnr),
                     csv_number(step.psnr_normalised), step.missing_in_truth,
                     step.missing_in_result);
  return text;
}

std::string evaluation_text(const Evaluation& evaluation, bool steps) {
  std::size_t width = std::string("  time steps").size() + 2;
  for (const VariableScore& score : evaluation.variables)
    width = std::max(width, score.name.size() + 2);
  std::string text = fmt::format("{:<{}}{:>13}{:>13}{:>13}{:>13}\n", "PSNR (dB)", width, "all",
                                 "kept", "between", "extrapolated");
  for (const VariableScore& score : evaluation.variables)
    text += means_line(score.name, width, score.psnr) + counts_line(score, width);
  if (evaluation.variables.size() > 1) text += means_line("mean", width, evaluation.psnr);
  for (const VariableScore& score : evaluation.variables) text += notes(score);
  if (steps)
    for (const VariableScore& score : evaluation.variables) text += steps_table(score);
  return text;
}

}  // namespace stsr

#include "tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "stsr/base/csv.h"
#include "stsr/io/atomic_file.h"

namespace stsr {

namespace {

/// A column of numbers beside the labels of methods.
struct Column {
  std::string header;
  int decimals = 2;
  bool higher_is_better = true;
  std::vector<double> values;  ///< one per method
};

/// Columns of one variable, or of the means over all.
/// @param mean_of  (method, metric, group) -> value
template <class MeanOf>
std::vector<Column> score_columns(std::size_t methods, const MeanOf& mean_of) {
  std::vector<Column> columns;
  const auto add = [&](const MetricInfo& metric, const std::string& header,
                       std::optional<StepGroup> group) {
    Column column{header, metric.decimals, metric.higher_is_better, {}};
    for (std::size_t m = 0; m < methods; ++m)
      column.values.push_back(mean_of(m, metric.compared_key, group));
    const auto defined = [](double value) { return !std::isnan(value); };
    if (std::any_of(column.values.begin(), column.values.end(), defined))
      columns.push_back(std::move(column));
  };
  for (const Metric one : named_metrics) {
    const MetricInfo& metric = metric_info(one);
    add(metric, fmt::format("{} {}", metric_title(metric), metric.higher_is_better ? "↑" : "↓"),
        {});
    if (!metric.by_group) continue;
    for (const StepGroup group : {StepGroup::kept, StepGroup::between, StepGroup::extrapolated})
      add(metric, std::string(enum_name(group)), group);
  }
  return columns;
}

/// The rows of methods from their columns, the best of each column marked.
void fill(Table& table, const std::vector<MethodResult>& methods,
          const std::vector<Column>& columns) {
  table.header = {"method"};
  for (const Column& column : columns) table.header.push_back(column.header);
  for (std::size_t m = 0; m < methods.size(); ++m) {
    std::vector<std::string> row{methods[m].entry.name};
    for (const Column& column : columns)
      row.push_back(number_cell(column.values[m], column.decimals));
    table.rows.push_back(std::move(row));
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::optional<std::size_t> best;
    for (std::size_t m = 0; m < methods.size(); ++m) {
      const double value = columns[c].values[m];
      if (std::isnan(value)) continue;
      const double sign = columns[c].higher_is_better ? 1.0 : -1.0;
      if (!best || sign * value > sign * columns[c].values[*best]) best = m;
    }
    if (best && methods.size() > 1) table.best.emplace_back(*best, c + 1);
  }
}

/// The number of a metric, whose key is that of the field.
std::optional<double> published(const PublishedScore& score, const MetricInfo& metric) {
  std::optional<double> found;
  PublishedScore::fields(score, [&](std::string_view key, const auto& value, const auto&...) {
    if constexpr (std::is_same_v<decltype(value), const std::optional<double>&>)
      if (key == metric.compared_key) found = value;
  });
  return found;
}

/// Published numbers below our own, in the columns that they have.
void add_published(Table& table, const ComparisonResults& results,
                   const std::vector<ComparedVariable>& variables,
                   std::optional<std::size_t> variable) {
  for (const PublishedScore& score : results.request->config.reference) {
    std::optional<std::size_t> of;
    if (!score.variable.empty()) of = find_compared(variables, score.variable, "[[reference]]");
    if (of != variable) continue;
    std::vector<std::string> row(table.header.size(), "-");
    row[0] = fmt::format("{} [{}]", score.method, score.source);
    for (const Metric metric : named_metrics) {
      const MetricInfo& info = metric_info(metric);
      const std::optional<double> value = published(score, info);
      for (std::size_t c = 1; value && c < table.header.size(); ++c)
        if (table.header[c].starts_with(info.label))
          row[c] = number_cell(*value, info.published_decimals);
    }
    table.rows.push_back(std::move(row));
  }
}

Table cost_table(const ComparisonResults& results) {
  Table table{"Time and size",
              {"method", "training", "inference", "model size", "parameters", "output / model",
               "epochs", "loss"},
              {},
              {}};
  for (const MethodResult& method : results.methods) {
    const TrainingCost& cost = method.cost;
    const bool trained = cost.models > 0;
    const bool written = method.error.empty();
    const auto total = static_cast<double>(results.output_bytes(method));
    table.rows.push_back(
        {method.entry.name, trained ? duration_cell(cost.seconds) : "-",
         written ? duration_cell(method.inference_seconds) : "-", size_cell(cost.model_bytes),
         trained ? fmt::format("{}", cost.parameters) : "-",
         trained ? fmt::format("{:.3g} x", total / static_cast<double>(cost.model_bytes)) : "-",
         trained ? fmt::format("{}", cost.epochs) : "-",
         trained && !std::isnan(cost.loss) ? fmt::format("{:.3g}", cost.loss) : "-"});
  }
  return table;
}

nlohmann::ordered_json number_json(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

nlohmann::ordered_json json_of(const VariableScores& scores) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const MetricSeries& series : scores.series) {
    nlohmann::ordered_json one{{"all", number_json(scores.mean(series.key))}};
    for (const StepGroup group : {StepGroup::kept, StepGroup::between, StepGroup::extrapolated})
      one[std::string(enum_name(group))] = number_json(scores.mean(series.key, group));
    one["steps"] = nlohmann::ordered_json::array();
    for (const double value : series.values) one["steps"].push_back(number_json(value));
    all[series.key] = std::move(one);
  }
  return all;
}

nlohmann::ordered_json json_of(const ComparisonResults& results) {
  nlohmann::ordered_json methods = nlohmann::ordered_json::object();
  for (const MethodResult& method : results.methods) {
    nlohmann::ordered_json variables = nlohmann::ordered_json::object();
    for (std::size_t v = 0; v < results.variables.size(); ++v)
      if (method.variables[v].exists)
        variables[results.variables[v].key] = json_of(method.variables[v].scores);
    methods[method.entry.name] = {{"error", method.error},
                                  {"training_seconds", method.cost.seconds},
                                  {"inference_seconds", method.inference_seconds},
                                  {"model_bytes", method.cost.model_bytes},
                                  {"parameters", method.cost.parameters},
                                  {"epochs", method.cost.epochs},
                                  {"loss", number_json(method.cost.loss)},
                                  {"commands", method.commands},
                                  {"variables", std::move(variables)}};
  }
  nlohmann::ordered_json pictures = nlohmann::ordered_json::array();
  for (const PictureScore& score : results.picture_scores)
    pictures.push_back({{"picture", score.picture},
                        {"method", score.method},
                        {"cieluv_mean", number_json(score.difference)},
                        {"ssim", number_json(score.ssim)},
                        {"lpips", number_json(score.lpips)}});
  return {{"title", results.request->config.title},
          {"command", results.request->command},
          {"methods", std::move(methods)},
          {"pictures", std::move(pictures)},
          {"remarks", results.remarks}};
}

std::string csv_of(const ComparisonResults& results) {
  std::string text = "method,variable,step,time,group";
  for (const Metric metric : named_metrics)
    text += fmt::format(",{}", metric_info(metric).compared_key);
  text += "\n";
  for (const MethodResult& method : results.methods)
    for (std::size_t v = 0; v < results.variables.size(); ++v) {
      const VariableScores& scores = method.variables[v].scores;
      for (std::size_t step = 0; step < scores.times.size(); ++step) {
        text += fmt::format("{},{},{},{},{}", csv_cell(method.entry.name),
                            csv_cell(results.variables[v].key), step, scores.times[step],
                            enum_name(scores.groups[step]));
        for (const Metric metric : named_metrics) {
          const MetricSeries* series = scores.find(metric_info(metric).compared_key);
          const bool defined = series != nullptr && !std::isnan(series->values[step]);
          text += defined ? fmt::format(",{}", series->values[step]) : ",";
        }
        text += "\n";
      }
    }
  return text;
}

void save(const std::filesystem::path& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

}  // namespace

std::vector<Table> report_tables(const ComparisonResults& results) {
  std::vector<Table> tables;
  const auto& methods = results.methods;
  const bool one = results.variables.size() == 1;
  Table summary{one ? results.variables.front().key : "Mean over the variables", {}, {}, {}};
  fill(summary, methods,
       score_columns(methods.size(),
                     [&](std::size_t m, std::string_view key, std::optional<StepGroup> group) {
                       return methods[m].mean(key, group);
                     }));
  add_published(summary, results, results.variables, {});
  if (one) add_published(summary, results, results.variables, 0);
  tables.push_back(std::move(summary));
  tables.push_back(cost_table(results));
  for (std::size_t v = 0; !one && v < results.variables.size(); ++v) {
    Table table{results.variables[v].key, {}, {}, {}};
    fill(table, methods,
         score_columns(methods.size(),
                       [&](std::size_t m, std::string_view key, std::optional<StepGroup> group) {
                         return methods[m].variables[v].scores.mean(key, group);
                       }));
    add_published(table, results, results.variables, v);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::string summary_text(const ComparisonResults& results) {
  const Table table = report_tables(results).front();
  std::vector<std::size_t> widths;
  const auto columns_of = [](const std::string& text) {  // code points, not bytes
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
  };
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    widths.push_back(columns_of(table.header[c]));
    for (const auto& row : table.rows) widths[c] = std::max(widths[c], columns_of(row[c]));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string padding(widths[c] - columns_of(cells[c]), ' ');
      text += c == 0 ? cells[c] + padding : "  " + padding + cells[c];
    }
    return text + "\n";
  };
  std::string text = table.title + "\n" + line(table.header);
  for (const auto& row : table.rows) text += line(row);
  return text;
}

void write_tables(const ComparisonResults& results) {
  save(results.request->folder / "scores.csv", csv_of(results));
  save(results.request->folder / "scores.json", json_of(results).dump(2) + "\n");
}

std::string number_cell(double value, int decimals) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return "inf";
  return fmt::format("{:.{}f}", value, decimals);
}

std::string duration_cell(double seconds) {
  if (seconds < 90.0) return fmt::format("{:.3g} s", seconds);
  if (seconds < 5400.0) return fmt::format("{:.1f} min", seconds / 60.0);
  return fmt::format("{:.2f} h", seconds / 3600.0);
}

std::string size_cell(std::size_t bytes) {
  if (bytes == 0) return "-";
  const auto size = static_cast<double>(bytes);
  if (size < 1e6) return fmt::format("{:.1f} kB", size / 1e3);
  if (size < 1e9) return fmt::format("{:.2f} MB", size / 1e6);
  return fmt::format("{:.2f} GB", size / 1e9);
}

}  // namespace stsr

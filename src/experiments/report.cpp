#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "html.h"
#include "stsr/base/parallel.h"
#include "stsr/io/atomic_file.h"
#include "stsr/rendering/line_chart.h"

namespace stsr {

namespace {

/// Curves of one metric of one variable, a line per method; kept steps are marked.
std::string metric_curves(const ComparisonResults& results, std::size_t variable,
                          const MetricInfo& metric) {
  LineChart chart;
  chart.title = fmt::format("{}: {}", results.variables[variable].key, metric.label);
  chart.y_label = metric_title(metric);
  chart.marked_name = "kept steps";
  for (std::size_t m = 0; m < results.methods.size(); ++m) {
    const MethodResult& method = results.methods[m];
    const VariableScores& scores = method.variables[variable].scores;
    const MetricSeries* values = scores.find(metric.compared_key);
    if (values == nullptr || std::isnan(scores.mean(metric.compared_key))) continue;
    chart.x.clear();
    chart.marked.clear();
    for (std::size_t step = 0; step < scores.groups.size(); ++step) {
      chart.x.push_back(static_cast<double>(step));
      if (scores.groups[step] == StepGroup::kept) chart.marked.push_back(step);
    }
    chart.series.push_back({method.entry.name, values->values, m});
  }
  if (chart.series.empty()) return {};
  return fmt::format("<figure>{}</figure>\n", line_chart_svg(chart));
}

/// The losses of a training log, an epoch each.
std::vector<double> losses_of(const std::filesystem::path& log) {
  std::vector<double> losses;
  std::ifstream stream(log);
  for (std::string line; std::getline(stream, line);) {
    const auto entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object() && entry.contains("loss") && entry["loss"].is_number())
      losses.push_back(std::log10(entry["loss"].get<double>()));
  }
  return losses;
}

/// The training loss of every network, over its epochs.
std::string loss_curves(const ComparisonResults& results) {
  LineChart chart;
  chart.title = "Training loss";
  chart.x_label = "epoch";
  chart.y_label = "log10 of the mean squared error";
  for (std::size_t m = 0; m < results.methods.size(); ++m) {
    const MethodResult& method = results.methods[m];
    for (const std::filesystem::path& path : method.logs) {
      std::vector<double> losses = losses_of(path);
      if (losses.size() < 2) continue;
      std::string name = method.entry.name;
      if (method.logs.size() > 1) name += fmt::format(" ({})", path.stem().stem().stem().string());
      chart.series.push_back({std::move(name), std::move(losses), m});
    }
  }
  constexpr std::size_t in_the_legend = 8;  // in any case
  if (chart.series.size() > in_the_legend)
    chart.height += 20 * (chart.series.size() - in_the_legend);
  std::size_t epochs = 0;
  for (const ChartSeries& series : chart.series) epochs = std::max(epochs, series.values.size());
  for (std::size_t epoch = 1; epoch <= epochs; ++epoch)
    chart.x.push_back(static_cast<double>(epoch));
  for (ChartSeries& series : chart.series) series.values.resize(epochs, undefined_score);
  if (chart.series.empty()) return {};
  return fmt::format("<figure>{}</figure>\n", line_chart_svg(chart));
}

std::string failures(const ComparisonResults& results) {
  std::string text;
  for (const MethodResult& method : results.methods)
    if (!method.error.empty())
      text += fmt::format("<p class=\"remark\"><b>{}</b> failed: {}</p>\n",
                          html_escaped(method.entry.name), html_escaped(method.error));
  for (const std::string& remark : results.remarks)
    text += fmt::format("<p class=\"remark\">{}</p>\n", html_escaped(remark));
  for (const MethodResult& method : results.methods)
    if (!method.cost.remark.empty())
      text += fmt::format("<p><b>{}</b>: {}</p>\n", html_escaped(method.entry.name),
                          html_escaped(method.cost.remark));
  return text;
}

std::string data_section(const ComparisonResults& results) {
  Table table{"Data", {"variable", "unit", "seen by the methods", "written"}, {}, {}};
  const auto shape = [](const Dims& dims, std::size_t steps) {
    return fmt::format("{} × {} × {} × {}", dims.x, dims.y, dims.z, steps);
  };
  for (const ComparedVariable& variable : results.variables) {
    const VariableInfo& coarse = variable.coarse_info();
    const OutputGrid output = output_grid(coarse, variable.data->output_request(variable.name()));
    table.rows.push_back({variable.key, coarse.unit.empty() ? "-" : coarse.unit,
                          shape(coarse.grid.dims, coarse.times.size()),
                          shape(output.grid.dims, output.times.size())});
  }
  return html_table(table);
}

std::string picture_section(const ComparisonResults& results) {
  std::string text;
  for (const ReportPicture& picture : results.pictures) {
    std::ifstream stream(picture.file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    const std::span png(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    text += fmt::format("<figure>{}<figcaption><b>{}</b>. {}</figcaption></figure>\n",
                        html_image(png, picture.title), html_escaped(picture.title),
                        html_escaped(picture.caption));
  }
  if (results.picture_scores.empty()) return text;
  Table table{"Pictures against the truth's",
              {"picture", "method", "mean CIELUV distance", "SSIM", "LPIPS"},
              {},
              {}};
  for (const PictureScore& score : results.picture_scores)
    table.rows.push_back({score.picture, score.method, number_cell(score.difference, 3),
                          number_cell(score.ssim, 4), number_cell(score.lpips, 4)});
  return text + html_table(table);
}

std::string command_section(const ComparisonResults& results) {
  std::string text = "<details open><summary>Commands</summary><pre>";
  const auto line = [&](const std::string& command) { text += html_escaped(command) + "\n"; };
  line("# everything in this report");
  line(results.request->command);
  line("\n# the same by hand");
  for (const auto& data : results.cases)
    for (const std::string& command : data->commands()) line(command);
  for (const MethodResult& method : results.methods) {
    line(fmt::format("# {}", method.entry.name));
    for (const std::string& command : method.commands) line(command);
  }
  text += "</pre></details>\n<details open><summary>Configuration</summary><pre>";
  return text + html_escaped(results.request->config_text) + "</pre></details>\n";
}

/// "PSNR, SSIM and CD".
std::string volume_metric_labels() {
  std::string text;
  for (std::size_t i = 0; i < volume_metrics.size(); ++i)
    text += fmt::format("{}{}",
                        i == 0                           ? ""
                        : i + 1 == volume_metrics.size() ? " and "
                                                         : ", ",
                        metric_info(volume_metrics[i]).label);
  return text;
}

}  // namespace

std::filesystem::path write_report(const ComparisonResults& results) {
  const ComparisonConfig& config = results.request->config;
  std::string body = fmt::format("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
                                 html_escaped(config.title), html_escaped(config.description));
  body += failures(results);
  body += "<h2>Scores</h2>\n";
  const std::vector<Table> tables = report_tables(results);
  for (const Table& table : tables) body += html_table(table);
  body += data_section(results);

  std::string curves;
  for (std::size_t v = 0; v < results.variables.size(); ++v)
    for (const Metric metric : named_metrics)
      curves += metric_curves(results, v, metric_info(metric));
  curves += loss_curves(results);
  if (!curves.empty())
    body += fmt::format("<h2>Curves</h2>\n<div class=\"curves\">\n{}</div>\n", curves);
  if (const std::string pictures = picture_section(results); !pictures.empty())
    body += "<h2>Pictures</h2>\n" + pictures;
  body += "<h2>How it was made</h2>\n" + command_section(results);
  body += fmt::format(
      "<footer>STSR {}, {} threads, instruction set {}. {} are means over the time steps; "
      "docs/metrics.md defines every metric.</footer>\n",
      results.request->version, thread_count(), enum_name(results.request->compute.instruction_set),
      volume_metric_labels());
  const std::filesystem::path path = results.request->folder / "report.html";
  AtomicFile file(path);
  file.write(html_page(config.title, body));
  file.commit();
  return path;
}

}  // namespace stsr

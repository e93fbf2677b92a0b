#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "commands.h"
#include "renamed_dataset.h"
#include "stsr/base/error.h"
#include "stsr/io/atomic_file.h"
#include "stsr/metrics/evaluation.h"
#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr evaluate --truth tornado --result fine --kept-from coarse\n"
    "  stsr evaluate --truth tornado --result fine --result tl --kept-from coarse\n"
    "  stsr evaluate --truth tornado --result fine --steps --json psnr.json --csv psnr.csv\n"
    "\n"
    "Variables are matched by name; a result that was trained on several data sets with equal "
    "names\n"
    "is matched as <truth's folder>_<name>. With several results, the JSON file has one object a\n"
    "result under 'results', and the CSV file a first column 'result'.\n";

struct Options {
  std::string truth;
  std::vector<std::string> results;
  std::string kept_from;
  std::vector<std::string> variables;
  std::string json;
  std::string csv;
  bool steps = false;
};

/// The score of one result, and what it is called in tables.
struct Scored {
  std::string label;
  Evaluation evaluation;
};

std::string cell(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.2f}", value);
}

/// A row a variable and group, a column a result.
std::string comparison(const std::vector<Scored>& scored) {
  std::size_t width = 8;
  for (const Scored& one : scored) width = std::max(width, one.label.size());
  std::string text = fmt::format("{:<34}", "PSNR (dB)");
  for (const Scored& one : scored) text += fmt::format("  {:>{}}", one.label, width);
  text += "\n";
  const std::vector<std::pair<const char*, double GroupMeans::*>> groups{
      {"kept", &GroupMeans::kept},
      {"between", &GroupMeans::between},
      {"extrapolated", &GroupMeans::extrapolated},
      {"all", &GroupMeans::all}};
  for (std::size_t v = 0; v < scored.front().evaluation.variables.size(); ++v) {
    for (const auto& [group, mean] : groups) {
      text += fmt::format("{:<20} {:<13}", scored.front().evaluation.variables[v].name, group);
      for (const Scored& one : scored)
        text += fmt::format("  {:>{}}", cell(one.evaluation.variables[v].psnr.*mean), width);
      text += "\n";
    }
  }
  return text;
}

std::string json_of(const std::vector<Scored>& scored) {
  if (scored.size() == 1) return evaluation_json(scored.front().evaluation);
  nlohmann::ordered_json results = nlohmann::ordered_json::object();
  for (const Scored& one : scored)
    results[one.label] = nlohmann::ordered_json::parse(evaluation_json(one.evaluation));
  return nlohmann::ordered_json{{"results", results}}.dump(2) + "\n";
}

std::string csv_of(const std::vector<Scored>& scored) {
  if (scored.size() == 1) return evaluation_csv(scored.front().evaluation);
  std::string text;
  for (const Scored& one : scored) {
    std::string table = evaluation_csv(one.evaluation);
    const std::size_t header = table.find('\n') + 1;
    if (text.empty()) text = "result," + table.substr(0, header);
    for (std::size_t begin = header; begin < table.size();) {
      const std::size_t end = table.find('\n', begin) + 1;
      text += one.label + "," + table.substr(begin, end - begin);
      begin = end;
    }
  }
  return text;
}

void save(const std::string& path, const std::string& text) {
  if (path.empty()) return;
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void run(const Options& options, bool quiet) {
  const auto truth = open_dataset(options.truth);
  std::unique_ptr<RenamedDataset> kept;
  if (!options.kept_from.empty())
    kept = std::make_unique<RenamedDataset>(open_dataset(options.kept_from), *truth, options.truth);

  std::vector<Scored> scored;
  for (const std::string& path : options.results) {
    const RenamedDataset result(open_dataset(path), *truth, options.truth);
    TerminalProgress progress("evaluating", quiet);
    std::string label = data_set_name(path);
    for (const Scored& other : scored)
      if (other.label == label) label = path;
    scored.push_back({label, evaluate(*truth, result, {options.variables, kept.get()}, progress)});
  }
  if (scored.size() == 1 || options.steps) {
    for (const Scored& one : scored)
      fmt::print("{}{}", scored.size() == 1 ? "" : one.label + "\n",
                 evaluation_text(one.evaluation, options.steps));
  }
  if (scored.size() > 1) fmt::print("{}", comparison(scored));
  save(options.json, json_of(scored));
  save(options.csv, csv_of(scored));
}

}  // namespace

void add_evaluate(CLI::App& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      add_command(program, invocation, "evaluate", "Score results against the truth (PSNR)",
                  examples, [options, &invocation] { run(*options, invocation.common.quiet); });
  command->add_option("--truth", options->truth, "The full-resolution data set")
      ->required()
      ->type_name("DATA");
  command->add_option("--result", options->results, "Result to score; may be given several times")
      ->required()
      ->type_name("DATA")
      ->allow_extra_args(false);
  command
      ->add_option("--kept-from", options->kept_from,
                   "The reduced data set, whose times say which steps were kept")
      ->type_name("DATA");
  command->add_option("--variables", options->variables, "Only these (default: all of the truth)")
      ->type_name("A,B,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--json", options->json, "Write the scores as JSON")->type_name("FILE");
  command->add_option("--csv", options->csv, "Write the scores as CSV")->type_name("FILE");
  command->add_flag("--steps", options->steps, "Print every time step");
}

}  // namespace stsr::app

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "parse.h"
#include "renamed_dataset.h"
#include "stsr/base/csv.h"
#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/io/atomic_file.h"
#include "stsr/io/output_kind.h"
#include "stsr/metrics/evaluation.h"
#include "terminal_progress.h"
#include "training_data.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr evaluate --truth tornado --result fine --kept-from coarse\n"
    "  stsr evaluate --truth tornado --result fine --result tl --kept-from coarse\n"
    "  stsr evaluate --truth tornado --result fine --steps --json psnr.json --csv psnr.csv\n"
    "  stsr evaluate --truth tornado --result fine --metrics psnr,ssim,cd --isovalue 0.3\n"
    "  stsr evaluate --truth wake --result fine --metrics cd --isovalue p=-0.2 "
    "--isovalue speed=0.8\n"
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
  std::vector<std::string> metrics{"psnr"};
  std::vector<std::string> isovalues;
  std::string isovalue_scale = "data";
  std::string json;
  std::string csv;
  bool steps = false;
};

/// The scores of the results, and what these are called in tables.
struct Scored {
  std::vector<std::string> labels;
  std::vector<Evaluation> evaluations;
};

/// What to score by, from --metrics and --isovalue.
EvaluationRequest request_of(const Options& options, const Dataset& truth,
                             const Dataset* kept_from) {
  std::vector<std::string> names;
  for (const VariableInfo& info : truth.variables()) names.push_back(info.name);
  EvaluationRequest request{joined_names(options.variables, names), kept_from, {}};
  for (const std::string& text : options.metrics)
    request.metrics.push_back(enum_from_name<Metric>(text, "--metrics: unknown name"));
  request.isovalue_scale =
      enum_from_name<IsovalueScale>(options.isovalue_scale, "--isovalue-scale: unknown name");
  for (const std::string& text : options.isovalues) {
    const std::size_t sign = text.rfind('=');
    const double value =
        parse_number("--isovalue", sign == std::string::npos ? text : text.substr(sign + 1));
    const bool first = sign == std::string::npos
                           ? !std::exchange(request.isovalue, value).has_value()
                           : request.isovalues.emplace(text.substr(0, sign), value).second;
    if (!first)
      throw ValueError(
          fmt::format("--isovalue: '{}' is the second value {}; give one", text,
                      sign == std::string::npos ? "for all variables" : "for this variable"));
  }
  return request;
}

std::string json_of(const Scored& scored) {
  if (scored.labels.size() == 1) return evaluation_json(scored.evaluations.front());
  nlohmann::ordered_json json{{json_mark_key, json_mark_value}, {"results", nullptr}};
  for (std::size_t i = 0; i < scored.labels.size(); ++i) {
    auto& result = json["results"][scored.labels[i]];
    result = nlohmann::ordered_json::parse(evaluation_json(scored.evaluations[i]));
    result.erase(json_mark_key);
  }
  return json.dump(2) + "\n";
}

std::string csv_of(const Scored& scored) {
  if (scored.labels.size() == 1) return evaluation_csv(scored.evaluations.front());
  std::string text;
  for (std::size_t i = 0; i < scored.labels.size(); ++i) {
    std::string table = evaluation_csv(scored.evaluations[i]);
    const std::size_t header = table.find('\n') + 1;
    if (text.empty()) text = "result," + table.substr(0, header);
    for (std::size_t begin = header; begin < table.size();) {
      const std::size_t end = table.find('\n', begin) + 1;
      text += csv_cell(scored.labels[i]) + "," + table.substr(begin, end - begin);
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
  if (!options.json.empty()) check_replaceable(options.json, json_output);
  if (!options.csv.empty()) check_replaceable(options.csv, scores_csv_output);
  const auto truth = open_dataset(options.truth);
  std::unique_ptr<RenamedDataset> kept;
  if (!options.kept_from.empty())
    kept = std::make_unique<RenamedDataset>(open_dataset(options.kept_from), *truth, options.truth);

  const EvaluationRequest request = request_of(options, *truth, kept.get());
  Scored scored;
  for (const std::string& path : options.results) {
    const RenamedDataset result(open_dataset(path), *truth, options.truth);
    TerminalProgress progress("evaluating", quiet);
    std::string label = data_set_name(path);
    const auto taken = [&] {
      return std::find(scored.labels.begin(), scored.labels.end(), label) != scored.labels.end();
    };
    if (taken()) label = path;
    if (taken()) throw ValueError(fmt::format("--result names {} twice; name it once", path));
    scored.labels.push_back(label);
    scored.evaluations.push_back(evaluate(*truth, result, request, progress));
  }
  save(options.json, json_of(scored));
  save(options.csv, csv_of(scored));
  const bool alone = scored.labels.size() == 1;
  if (alone || options.steps) {
    for (std::size_t i = 0; i < scored.labels.size(); ++i)
      fmt::print("{}{}", alone ? "" : scored.labels[i] + "\n",
                 evaluation_text(scored.evaluations[i], options.steps));
  }
  if (!alone) fmt::print("{}", comparison_text(scored.labels, scored.evaluations));
}

}  // namespace

void add_evaluate(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command =
      add_command(program, invocation, "evaluate", "Score results against the truth", examples,
                  [options, &invocation] { run(*options, invocation.common.quiet); });
  command.add_option("--truth", options->truth, "The full-resolution data set")
      .required()
      .type_name("DATA");
  command.add_option("--result", options->results, "Result to score; may be given several times")
      .required()
      .type_name("DATA")
      .allow_extra_args(false);
  command
      .add_option("--kept-from", options->kept_from,
                  "The reduced data set, whose times say which steps were kept")
      .type_name("DATA");
  command.add_option("--variables", options->variables, "Only these (default: all of the truth)")
      .type_name("A,B,...")
      .delimiter(',')
      .allow_extra_args(false);
  command
      .add_option("--metrics", options->metrics,
                  "psnr; ssim, structural similarity; cd, chamfer distance of isosurfaces")
      .type_name("A,B,...")
      .delimiter(',')
      .capture_default_str()
      .allow_extra_args(false);
  command
      .add_option(
          "--isovalue", options->isovalues,
          "For cd: VALUE for all variables, or NAME=VALUE for one; may be given several times")
      .type_name("[NAME=]VALUE")
      .allow_extra_args(false);
  command
      .add_option("--isovalue-scale", options->isovalue_scale,
                  "data (in the data's units) or step ([-1, 1] over each time step of the truth)")
      .type_name("NAME")
      .capture_default_str();
  command.add_option("--json", options->json, "Write the scores as JSON").type_name("FILE");
  command.add_option("--csv", options->csv, "Write the scores as CSV").type_name("FILE");
  command.add_flag("--steps", options->steps, "Print every time step");
}

}  // namespace stsr::app

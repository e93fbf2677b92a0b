#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "commands.h"
#include "config_options.h"
#include "data_options.h"
#include "field_writing.h"
#include "parse.h"
#include "stsr/base/error.h"
#include "stsr/base/text.h"

namespace stsr::app {

namespace {

constexpr const char* examples =
    "  stsr blend wake.stsr --from re160_vlm --to re640_vlm --count 9 -o blends\n"
    "  stsr blend wake.stsr --from re160_vlm --to re640_vlm --count 5 --times 6:7:3 -o blends\n"
    "  stsr blend wake.stsr --mix re160_vlm=0.3,re640_vlm=0.7 --name between -o mixture\n"
    "  stsr blend wake.stsr --from re160_vlm --to re640_vlm --count 9 --resume -o blends\n"
    "                                        resumes after Ctrl-C or a crash, with the same "
    "options\n";

struct Options {
  std::string model;
  std::string precision;
  std::string from;
  std::string to;
  std::string count;
  std::string mix;
  std::string name = "mixture";
  GridOptions grid;
  OutputPlace place;
};

/// "a=0.3,b=0.7" to one weight per variable of the model.
std::vector<double> weights_of(const std::string& mix, const std::vector<VariableInfo>& known) {
  const auto is_known = [&](const std::string& name) {
    return std::any_of(known.begin(), known.end(),
                       [&](const VariableInfo& info) { return info.name == name; });
  };
  std::vector<double> weights(known.size(), 0.0);
  std::string item;  // longer than a piece where a name holds a comma
  const std::vector<std::string> pieces = split(mix, ',');
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    item += (item.empty() ? "" : ",") + pieces[i];
    const std::size_t equals = item.rfind('=');
    const std::string name = item.substr(0, equals);
    if (i + 1 < pieces.size() && (equals == std::string::npos || !is_known(name)) &&
        std::any_of(known.begin(), known.end(),
                    [&](const VariableInfo& info) { return info.name.starts_with(item + ","); }))
      continue;
    if (equals == std::string::npos)
      throw ValueError(fmt::format("--mix must be name=weight,name=weight, got '{}'", mix));
    weights[find_variable(known, name)] += parse_number("--mix", item.substr(equals + 1));
    item.clear();
  }
  return weights;
}

void run(const Options& options, const CommonOptions& common) {
  const ComputeOptions compute = compute_options(common, options.precision);
  const auto field = std::make_shared<const NetworkField>(load_model(options.model), compute);
  const std::vector<VariableInfo>& known = field->variables();
  std::vector<FieldOutput> outputs;
  if (!options.mix.empty()) {
    outputs.push_back(field_output(field->mixture(weights_of(options.mix, known), options.name), 0,
                                   options.grid.request(options.name)));
  } else {
    if (options.from.empty() || options.to.empty() || options.count.empty())
      throw ValueError("blend needs --from A --to B --count N, or --mix A=0.3,B=0.7");
    outputs =
        blend_series(*field, find_variable(known, options.from), find_variable(known, options.to),
                     parse_count("--count", options.count, 2), options.grid.request(options.from));
  }
  write_fields(outputs, options.place, "writing", common.quiet);
}

}  // namespace

void add_blend(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command = add_command(
      program, invocation, "blend", "Write mixtures of the latent vectors of a model's variables",
      examples, [options, &invocation] { run(*options, invocation.common); });
  command.add_option("model", options->model, "Model file or checkpoint of stsr train")
      .required()
      .type_name("MODEL");
  const Option from = command.add_option("--from", options->from, "First variable").type_name("A");
  command.add_option("--to", options->to, "Last variable").type_name("B").needs(from);
  command.add_option("--count", options->count, "Mixtures from one to the other, ends included")
      .type_name("N")
      .needs(from);
  const Option mix =
      command.add_option("--mix", options->mix, "One mixture; the weights add up to 1")
          .type_name("A=W,B=W,...")
          .excludes(from);
  command.add_option("--name", options->name, "Name of the mixture (default: mixture)")
      .type_name("NAME")
      .needs(mix);
  options->grid.add_to(command);
  add_precision_option(command, options->precision);
  options->place.add_to(command);
  options->place.add_resume_to(command);
}

}  // namespace stsr::app

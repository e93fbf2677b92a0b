#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "stsr/base/error.h"
#include "stsr/io/dataset.h"
#include "stsr/model/model.h"
#include "stsr/volume/value_range.h"

namespace stsr::app {

namespace {

using nlohmann::json;

constexpr const char* examples =
    "  stsr info coarse                   what a data set holds\n"
    "  stsr info coarse --values          and the range of its values\n"
    "  stsr info wake.stsr                what a model holds\n"
    "  stsr info wake.stsr --config > again.toml\n";

struct Options {
  std::string path;
  bool json = false;
  bool values = false;
  bool config = false;
};

bool is_data_set(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return true;
  if (!std::filesystem::exists(path, code))  // perhaps a pattern
    return path.filename().string().find_first_of("*?") != std::string::npos;
  return find_format(path) != nullptr;
}

json json_of(const VariableInfo& info) {
  const Grid& grid = info.grid;
  json out{{"name", info.name},
           {"unit", info.unit},
           {"dims", {grid.dims.x, grid.dims.y, grid.dims.z}},
           {"spacing", grid.spacing},
           {"origin", grid.origin},
           {"times", info.times}};
  if (!info.packing.plain())
    out["packing"] = {{"offset", info.packing.offset}, {"scale", info.packing.scale}};
  if (info.reduction) {
    const Reduction& reduction = *info.reduction;
    out["reduction"] = {
        {"space", reduction.space},
        {"time", reduction.time},
        {"full_dims", {reduction.full_dims.x, reduction.full_dims.y, reduction.full_dims.z}},
        {"full_times", reduction.full_times}};
  }
  return out;
}

/// Range of the finite values, and how many there are not.
json values_of(const Dataset& data, std::size_t variable) {
  ValueRange range = ValueRange::of_nothing();
  std::size_t missing = 0;
  for (std::size_t step = 0; step < data.variables()[variable].times.size(); ++step) {
    const std::vector<float> values = data.read(variable, step);
    range.include(finite_range(values));
    missing += static_cast<std::size_t>(std::count_if(
        values.begin(), values.end(), [](float value) { return !std::isfinite(value); }));
  }
  json out{{"missing", missing}};
  const Packing& packing = data.variables()[variable].packing;
  if (range.holds_values())
    out["range"] = {packing.unpacked(range.low), packing.unpacked(range.high)};
  return out;
}

std::string joined(const json& list) {
  std::string text;
  for (const json& item : list) text += (text.empty() ? "" : " x ") + item.dump();
  return text;
}

void print_variable(const json& variable) {
  const std::string unit = variable["unit"];
  fmt::print("{}{}\n", variable["name"].get<std::string>(), unit.empty() ? "" : " [" + unit + "]");
  fmt::print("  grid     {}, spacing {}, origin {}\n", joined(variable["dims"]),
             variable["spacing"].dump(), variable["origin"].dump());
  const json& times = variable["times"];
  fmt::print("  steps    {}, times {} to {}\n", times.size(), times.front().dump(),
             times.back().dump());
  if (variable.contains("reduction")) {
    const json& reduction = variable["reduction"];
    fmt::print("  reduced  by {} in space from {}, {} left out between two of {} steps\n",
               joined(reduction["space"]), joined(reduction["full_dims"]), reduction["time"].dump(),
               reduction["full_times"].size());
  }
  if (variable.contains("range"))
    fmt::print("  values   {} to {}\n", variable["range"][0].dump(), variable["range"][1].dump());
  if (variable.contains("packing"))
    fmt::print("  packed   in float32 as differences from {} in units of {}\n",
               variable["packing"]["offset"].dump(), variable["packing"]["scale"].dump());
  if (variable.contains("correction"))
    fmt::print("  expects  {}\n", variable["correction"]["text"].get<std::string>());
  if (variable.contains("missing") && variable["missing"] != 0)
    fmt::print("  missing  {} values\n", variable["missing"].dump());
}

void print_all(const json& content) {
  for (const auto& [key, value] : content.items())
    if (key != "variables")
      fmt::print("{}: {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  for (const json& variable : content["variables"]) print_variable(variable);
}

json data_set_content(const Options& options) {
  if (options.config) throw ValueError("--config is for models; this is a data set");
  const auto data = open_dataset(options.path);
  json variables = json::array();
  for (std::size_t i = 0; i < data->variables().size(); ++i) {
    variables.push_back(json_of(data->variables()[i]));
    if (options.values) variables.back().update(values_of(*data, i));
  }
  return {{"kind", "data set"}, {"variables", variables}};
}

/// What the network of a model is, in words.
std::string network_text(const NetworkConfig& network) {
  if (network.architecture == Architecture::coordnet)
    return fmt::format("CoordNet, {} residual blocks of width {}, one output per variable",
                       network.residual_blocks, network.width);
  return fmt::format("{} residual blocks of width {}, {} heads, latents {} of length {}",
                     network.residual_blocks, network.width, enum_name(network.head),
                     enum_name(network.latent), network.latent_length);
}

/// Where the coarse samples are that a model was trained on.
std::string where_samples_are(const Model& model) {
  if (!model.samples.empty()) return "in the file";
  const auto& source = model.variables.front().source;
  return source ? fmt::format("not in the file, but in {}", source->data) : "not in the file";
}

json model_content(const Options& options, const Model& model) {
  json variables = json::array();
  for (const TrainedVariable& variable : model.variables) {
    json item = json_of(variable.info);
    if (variable.correction) {
      const auto write = [&](const char* name, double x) { item["correction"][name] = x; };
      Correction::fields(*variable.correction, write, write);
      item["correction"]["text"] = expectation_text(*variable.correction);
    }
    if (options.values) {
      ValueRange whole = ValueRange::of_nothing();
      for (const ValueRange& range : variable.ranges.ranges) whole.include(range);
      const Packing& packing = variable.info.packing;
      item["range"] = {packing.unpacked(whole.low), packing.unpacked(whole.high)};
    }
    variables.push_back(item);
  }
  return {
      {"kind", "model"},
      {"parameters", model.parameters.size()},
      {"samples", where_samples_are(model)},
      {"architecture", enum_name(model.network.architecture)},
      {"heads", model.plan().heads},
      {"network", network_text(model.network)},
      {"blocks", fmt::format("{}, {} x {} x {}", enum_name(model.blocks.mode),
                             model.blocks.split[0], model.blocks.split[1], model.blocks.split[2])},
      {"variables", variables}};
}

void run(const Options& options) {
  json content;
  if (is_data_set(options.path)) {
    content = data_set_content(options);
  } else {
    const Model model = load_model(options.path);
    if (options.config) {
      fmt::print("{}", model.config);
      return;
    }
    content = model_content(options, model);
  }
  if (options.json)
    fmt::print("{}\n", content.dump(2));
  else
    print_all(content);
}

}  // namespace

void add_info(Command& program, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  Command command =
      add_command(program, invocation, "info", "Print what a data set or a model holds", examples,
                  [options] { run(*options); });
  command.add_option("file", options->path, "Data set file, .pvd, .vti, folder, or model")
      .required()
      .type_name("FILE");
  const Option json = command.add_flag("--json", options->json, "As JSON");
  const Option values = command.add_flag("--values", options->values,
                                         "Also the range of the values (reads all of them)");
  command.add_flag("--config", options->config, "Of a model: the settings of its training, as TOML")
      .excludes(json)
      .excludes(values);
}

}  // namespace stsr::app

#include "stsr/model/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "stsr/base/error.h"
#include "stsr/base/fingerprint.h"
#include "stsr/base/finite.h"
#include "stsr/base/text.h"
#include "stsr/io/config_file.h"
#include "stsr/io/output_kind.h"

namespace stsr {

namespace {

using nlohmann::json;
static_assert(std::endian::native == std::endian::little, "model files are written as they lie");

json to_json(const TrainedVariable& variable) {
  const VariableInfo& info = variable.info;
  json ranges = json::array();
  for (const ValueRange& range : variable.ranges.ranges) ranges.push_back({range.low, range.high});
  json result{{"name", info.name},
              {"unit", info.unit},
              {"dims", {info.grid.dims.x, info.grid.dims.y, info.grid.dims.z}},
              {"spacing", info.grid.spacing},
              {"origin", info.grid.origin},
              {"times", info.times},
              {"range_mode", enum_name(variable.ranges.mode)},
              {"ranges", ranges},
              {"time_span", variable.time_span}};
  if (variable.fingerprint) result["fingerprint"] = fingerprint_text(*variable.fingerprint);
  if (variable.source)
    result["source"] = {{"data", variable.source->data}, {"variable", variable.source->variable}};
  if (variable.correction) {
    const auto write = [&](const char* name, double x) { result["correction"][name] = x; };
    Correction::fields(*variable.correction, write, write);
  }
  if (!info.packing.plain())
    result["packing"] = {{"offset", info.packing.offset}, {"scale", info.packing.scale}};
  if (info.reduction) {
    const Reduction& r = *info.reduction;
    result["reduction"] = {{"space", r.space},
                           {"time", r.time},
                           {"dims", {r.full_dims.x, r.full_dims.y, r.full_dims.z}},
                           {"times", r.full_times}};
  }
  return result;
}

Dims dims_from(const json& value) {
  const auto n = value.get<std::array<std::size_t, 3>>();
  for (const std::size_t extent : n)
    if (extent == 0) throw ValueError("a dimension is 0");
  const Dims dims{n[0], n[1], n[2]};
  (void)dims.count();
  return dims;
}

void require_finite(std::span<const double> values, const char* what) {
  for (const double value : values)
    if (!std::isfinite(value)) throw ValueError(fmt::format("{} holds {}", what, value));
}

void require_increasing(std::span<const double> times) {
  require_finite(times, "times");
  for (std::size_t i = 1; i < times.size(); ++i)
    if (times[i] <= times[i - 1]) throw ValueError("times do not increase");
}

/// @throws ValueError or json::exception  what is wrong, without file and variable
TrainedVariable variable_from(const json& value) {
  TrainedVariable result;
  VariableInfo& info = result.info;
  info.name = value.at("name").get<std::string>();
  info.unit = value.at("unit").get<std::string>();
  for (const std::string* text : {&info.name, &info.unit})
    if (printable(*text) != *text)
      throw ValueError(fmt::format("its name or unit holds control characters: '{}'", *text));
  info.grid.dims = dims_from(value.at("dims"));
  info.grid.spacing = value.at("spacing").get<std::array<double, 3>>();
  info.grid.origin = value.at("origin").get<std::array<double, 3>>();
  info.times = value.at("times").get<std::vector<double>>();
  require_finite(info.grid.spacing, "spacing");
  require_finite(info.grid.origin, "origin");
  require_increasing(info.times);
  if (info.times.empty()) throw ValueError("times is empty");
  result.ranges.mode =
      enum_from_name<RangeMode>(value.at("range_mode").get<std::string>(), "range_mode cannot be");
  if (result.ranges.mode == RangeMode::per_step) result.ranges.times = info.times;
  for (const json& range : value.at("ranges")) {
    const auto ends = range.get<std::array<double, 2>>();
    require_finite(ends, "ranges");
    result.ranges.ranges.push_back({ends[0], ends[1]});
  }
  const std::size_t expected = result.ranges.mode == RangeMode::global ? 1 : info.times.size();
  if (result.ranges.ranges.size() != expected)
    throw ValueError(fmt::format("ranges has {} entries; it must have {}",
                                 result.ranges.ranges.size(), expected));
  result.time_span = value.at("time_span").get<std::array<double, 2>>();
  require_finite(result.time_span, "time_span");
  if (value.contains("fingerprint"))
    result.fingerprint = fingerprint_from(value.at("fingerprint").get<std::string>());
  if (value.contains("source")) {
    const json& source = value.at("source");
    result.source = SampleSource{source.at("data").get<std::string>(),
                                 source.at("variable").get<std::string>()};
  }
  if (value.contains("correction")) {
    const json& c = value.at("correction");
    // Files of earlier versions have only the first two weights, or three.
    const double space = c.at("space").get<double>();
    const double time = c.at("time").get<double>();
    result.correction = Correction{space, time, space, time, time};
    Correction::fields(
        *result.correction,
        [&](const char* name, double& weight) {
          weight = c.value(name, weight);
          if (!(weight >= 0.0 && weight <= 1.0))
            throw ValueError(fmt::format("a weight of its correction is {}", weight));
        },
        [&](const char* name, double& gain) { gain = c.at(name).get<double>(); });
  }
  if (value.contains("packing")) {
    const json& p = value.at("packing");
    info.packing = {p.at("offset").get<double>(), p.at("scale").get<double>()};
    require_finite(std::array{info.packing.offset, info.packing.scale}, "packing");
    if (!(info.packing.scale > 0.0)) throw ValueError("packing.scale is not above 0");
  }
  if (value.contains("reduction")) {
    const json& r = value.at("reduction");
    info.reduction =
        Reduction{r.at("space").get<std::array<std::size_t, 3>>(), r.at("time").get<std::size_t>(),
                  dims_from(r.at("dims")), r.at("times").get<std::vector<double>>()};
    require_increasing(info.reduction->full_times);
    for (std::size_t axis = 0; axis < 3; ++axis)
      if (info.reduction->space[axis] == 0 ||
          ceil_divide(info.reduction->full_dims[axis], info.reduction->space[axis]) !=
              info.grid.dims[axis])
        throw ValueError("reduction does not lead to dims");
    if (info.reduction->full_times.empty()) throw ValueError("reduction.times is empty");
    if (kept_steps(info.reduction->full_times.size(), info.reduction->time).size() !=
        info.times.size())
      throw ValueError("reduction does not lead to times");
  }
  return result;
}

Tensor missing_tensor(const MissingMap& map) {
  Tensor tensor{TensorType::u8, {map.steps.size(), map.steps.front().size()}, {}};
  for (const auto& step : map.steps)
    for (const std::uint8_t byte : step) tensor.bytes.push_back(static_cast<std::byte>(byte));
  return tensor;
}

MissingMap missing_from(const Tensor& tensor, const VariableInfo& info) {
  const std::size_t bytes = ceil_divide(info.grid.dims.count(), 8);
  if (tensor.type != TensorType::u8 || tensor.shape.size() != 2 || tensor.shape[1] != bytes ||
      (tensor.shape[0] != 1 && tensor.shape[0] != info.times.size()))
    throw ValueError("its map of missing values has a wrong shape");
  MissingMap map;
  for (std::size_t step = 0; step < tensor.shape[0]; ++step) {
    map.steps.emplace_back(bytes);
    std::memcpy(map.steps.back().data(), tensor.bytes.data() + step * bytes, bytes);
  }
  return map;
}

/// [step][z][y][x] of one variable.
Tensor samples_tensor(const std::vector<StoredStep>& steps, const Dims& dims) {
  Tensor tensor{TensorType::f32, {steps.size(), dims.z, dims.y, dims.x}, {}};
  for (const StoredStep& step : steps) tensor.borrowed.push_back(std::as_bytes(step.values));
  return tensor;
}

std::vector<StoredStep> samples_from(const Tensor& tensor, const VariableInfo& info) {
  const Dims& dims = info.grid.dims;
  if (tensor.type != TensorType::f32 ||
      tensor.shape != std::vector<std::size_t>{info.times.size(), dims.z, dims.y, dims.x} ||
      !tensor.borrowed.empty())
    throw ValueError("its samples have a wrong shape");
  Sequence sequence;
  for (std::size_t t = 0; t < info.times.size(); ++t) {
    std::vector<float>& step = sequence.steps.emplace_back(dims.count());
    std::memcpy(step.data(), tensor.bytes.data() + t * dims.count() * sizeof(float),
                dims.count() * sizeof(float));
  }
  return StoredSequence(std::move(sequence)).steps;
}

const std::string& metadata(const std::filesystem::path& path, const TensorFile& file,
                            const std::string& key) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw FileError(
        fmt::format("{}: not an STSR model: its metadata has no '{}'", path.string(), key));
  return found->second;
}

void check_version(const std::filesystem::path& path, const TensorFile& file) {
  if (metadata(path, file, "format") != "stsr-model")
    throw FileError(fmt::format("{}: not an STSR model: its format is '{}'", path.string(),
                                metadata(path, file, "format")));
  const std::string& text = metadata(path, file, "version");
  const bool digits = !text.empty() && text.size() <= 6 &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || std::stoi(text) < 1)
    throw FileError(
        fmt::format("{}: the version '{}' is not a positive integer", path.string(), text));
  if (std::stoi(text) > model_file_version)
    throw FileError(
        fmt::format("{}: version {} is newer than this program, which reads up to {}; "
                    "use a newer STSR",
                    path.string(), text, model_file_version));
}

void read_variables(const std::filesystem::path& path, const TensorFile& file, Model& model) {
  model.variables = variables_from_text(path, metadata(path, file, "variables"));
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const auto missing = file.tensors.find(fmt::format("missing.{}", i));
    const auto samples = file.tensors.find(fmt::format("samples.{}", i));
    const VariableInfo& info = model.variables[i].info;
    try {
      if (missing != file.tensors.end())
        model.variables[i].missing = missing_from(missing->second, info);
      if (samples != file.tensors.end()) {
        model.samples.resize(model.variables.size());
        model.samples[i] = samples_from(samples->second, info);
      }
    } catch (const ValueError& e) {
      throw FileError(fmt::format("{}: variable {}: {}", path.string(), i, e.what()));
    }
  }
}

void read_parameters(const std::filesystem::path& path, const TensorFile& file, Model& model) {
  const NetworkPlan plan = [&] {
    try {
      return model.plan();
    } catch (const ValueError& e) {
      throw FileError(fmt::format("{}: {}", path.string(), e.what()));
    }
  }();
  for (const ParameterTensor& tensor : plan.layout.tensors()) {
    const auto found = file.tensors.find(tensor.name);
    if (found == file.tensors.end())
      throw FileError(fmt::format("{}: the tensor '{}' is missing", path.string(), tensor.name));
    if (found->second.type != TensorType::f32 || found->second.shape != tensor.shape)
      throw FileError(
          fmt::format("{}: the tensor '{}' has {} values or another type; its "
                      "configuration needs {} float32 values",
                      path.string(), tensor.name, found->second.bytes.size() / 4, tensor.count));
  }
  model.parameters.resize(plan.layout.size());
  for (const ParameterTensor& tensor : plan.layout.tensors())
    std::memcpy(model.parameters.data() + tensor.offset, file.tensors.at(tensor.name).bytes.data(),
                tensor.count * sizeof(float));
}

}  // namespace

std::string variables_text(const std::vector<TrainedVariable>& variables) {
  json list = json::array();
  for (const TrainedVariable& variable : variables) list.push_back(to_json(variable));
  return list.dump();
}

std::vector<TrainedVariable> variables_from_text(const std::filesystem::path& path,
                                                 const std::string& text) {
  const json list = json::parse(text, nullptr, false);
  if (!list.is_array() || list.empty())
    throw FileError(fmt::format("{}: the metadata 'variables' is not a list", path.string()));
  std::vector<TrainedVariable> variables;
  for (std::size_t i = 0; i < list.size(); ++i) {
    try {
      variables.push_back(variable_from(list[i]));
    } catch (const json::exception& e) {
      throw FileError(fmt::format("{}: variable {}: {}; the file is damaged", path.string(), i,
                                  untagged(e.what())));
    } catch (const ValueError& e) {
      throw FileError(fmt::format("{}: variable {}: {}", path.string(), i, e.what()));
    }
  }
  return variables;
}

TensorFile to_tensor_file(const Model& model) {
  check_finite_weights(model.parameters);
  TensorFile file;
  const NetworkPlan plan = model.plan();
  if (model.parameters.size() != plan.layout.size())
    throw ShapeError(fmt::format("a model of {} parameters cannot have {}", plan.layout.size(),
                                 model.parameters.size()));
  for (const ParameterTensor& tensor : plan.layout.tensors()) {
    const auto bytes =
        std::as_bytes(std::span(model.parameters).subspan(tensor.offset, tensor.count));
    file.tensors[tensor.name] = {TensorType::f32, tensor.shape, {bytes.begin(), bytes.end()}};
  }
  for (std::size_t i = 0; i < model.variables.size(); ++i)
    if (model.variables[i].missing.any())
      file.tensors[fmt::format("missing.{}", i)] = missing_tensor(model.variables[i].missing);
  for (std::size_t i = 0; i < model.samples.size(); ++i)
    if (!model.samples[i].empty())
      file.tensors[fmt::format("samples.{}", i)] =
          samples_tensor(model.samples[i], model.variables[i].info.grid.dims);
  file.metadata = {{"format", "stsr-model"},
                   {"version", std::to_string(model_file_version)},
                   {"config", model.config},
                   {"variables", variables_text(model.variables)}};
  return file;
}

Model from_tensor_file(const std::filesystem::path& path, const TensorFile& file) {
  check_version(path, file);
  Model model;
  model.config = metadata(path, file, "config");
  const std::string source = path.string() + " (config)";
  read_config_section(model.config, source, "network", model.network);
  read_config_section(model.config, source, "blocks", model.blocks);
  read_variables(path, file, model);
  read_parameters(path, file, model);
  return model;
}

void save_model(const std::filesystem::path& path, const Model& model) {
  check_replaceable(path, model_output);
  write_safetensors(path, to_tensor_file(model));
}

Model load_model(const std::filesystem::path& path) {
  return from_tensor_file(path, read_safetensors(path));
}

}  // namespace stsr

#include "baselines/stnet/model_file.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "baselines/stnet/sample_source.h"
#include "stsr/base/error.h"
#include "stsr/base/finite.h"
#include "stsr/base/text.h"
#include "stsr/io/config_file.h"
#include "stsr/io/output_kind.h"
#include "stsr/io/safetensors.h"

namespace stsr {

namespace stnet {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* format_name = "stsr-stnet";
constexpr const char* version = "1";

std::vector<std::size_t> weight_shape(const Convolution& layer) {
  return {layer.out, layer.in, layer.kernel, layer.kernel, layer.kernel};
}

Tensor tensor_of(std::vector<std::size_t> shape, std::span<const float> values) {
  const auto bytes = std::as_bytes(values);
  return {TensorType::f32, std::move(shape), {bytes.begin(), bytes.end()}};
}

/// A network's layers as `<prefix>.<layer>.weight` and `.bias`.
void put_layers(TensorFile& file, const std::string& prefix, const Layers& layers,
                std::span<const float> values) {
  for (const Convolution& layer : layers) {
    const std::string name = prefix + "." + layer.name;
    file.tensors[name + ".weight"] = tensor_of(weight_shape(layer), values.first(layer.weights()));
    values = values.subspan(layer.weights());
    file.tensors[name + ".bias"] = tensor_of({layer.out}, values.first(layer.out));
    values = values.subspan(layer.out);
  }
}

void append_tensor(const fs::path& path, const TensorFile& file, const std::string& name,
                   const std::vector<std::size_t>& shape, std::vector<float>& values) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end())
    throw FileError(fmt::format("{}: the tensor '{}' is missing", path.string(), name));
  const Tensor& tensor = found->second;
  if (tensor.type != TensorType::f32 || tensor.shape != shape)
    throw FileError(
        fmt::format("{}: the tensor '{}' has another shape or type than its "
                    "configuration needs",
                    path.string(), name));
  const std::size_t before = values.size();
  values.resize(before + tensor.bytes.size() / sizeof(float));
  std::memcpy(values.data() + before, tensor.bytes.data(), tensor.bytes.size());
}

std::vector<float> get_layers(const fs::path& path, const TensorFile& file,
                              const std::string& prefix, const Layers& layers) {
  std::vector<float> values;
  for (const Convolution& layer : layers) {
    const std::string name = prefix + "." + layer.name;
    append_tensor(path, file, name + ".weight", weight_shape(layer), values);
    append_tensor(path, file, name + ".bias", {layer.out}, values);
  }
  return values;
}

const std::string& metadata(const fs::path& path, const TensorFile& file, const std::string& key) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw FileError(
        fmt::format("{}: not an STNet model: its metadata has no '{}'", path.string(), key));
  return found->second;
}

TensorFile tensors_of(const StnetModel& model) {
  check_finite_weights(model.generator);
  TensorFile file;
  put_layers(file, "generator", plan_of(model).generator, model.generator);
  file.metadata = {{"format", format_name},
                   {"version", version},
                   {"config", write_config(model.config)},
                   {"variables", variables_text(model.variables)}};
  return file;
}

StnetModel read_model(const fs::path& path, const TensorFile& file) {
  if (metadata(path, file, "format") != format_name)
    throw FileError(fmt::format("{}: not an STNet model but '{}'; 'stsr stnet train' makes one",
                                path.string(), metadata(path, file, "format")));
  if (metadata(path, file, "version") != version)
    throw FileError(fmt::format("{}: version {}; this program reads version {}", path.string(),
                                metadata(path, file, "version"), version));
  StnetModel model;
  read_config_text(metadata(path, file, "config"), path.string() + " (config)", model.config);
  model.variables = variables_from_text(path, metadata(path, file, "variables"));
  try {
    const Factors factors = factors_of(model.variables.front().info);
    model.space = factors.space;
    model.time = factors.time;
    model.generator = get_layers(path, file, "generator", plan_of(model).generator);
  } catch (const ValueError& error) {
    throw FileError(fmt::format("{}: {}", path.string(), error.what()));
  }
  return model;
}

void put_moments(TensorFile& file, const std::string& name, const NetworkState& state) {
  file.tensors["optimiser." + name + ".first_moment"] =
      tensor_of({state.first_moment.size()}, state.first_moment);
  file.tensors["optimiser." + name + ".second_moment"] =
      tensor_of({state.second_moment.size()}, state.second_moment);
}

void get_moments(const fs::path& path, const TensorFile& file, const std::string& name,
                 NetworkState& state) {
  const std::vector<std::size_t> shape{state.parameters.size()};
  append_tensor(path, file, "optimiser." + name + ".first_moment", shape, state.first_moment);
  append_tensor(path, file, "optimiser." + name + ".second_moment", shape, state.second_moment);
}

json to_json(const Checkpoint& checkpoint) {
  const Position& position = checkpoint.position;
  return {{"phase", position.phase},
          {"epoch", position.epoch},
          {"sample", position.sample},
          {"epochs_before", position.epochs_before},
          {"sums", position.sums},
          {"last_loss", position.last_loss},
          {"seconds", position.seconds},
          {"fingerprint", position.fingerprint},
          {"generator_steps", checkpoint.state.generator.steps},
          {"discriminator_steps", checkpoint.state.discriminator.steps}};
}

void read_position(const json& value, Checkpoint& checkpoint) {
  Position& position = checkpoint.position;
  value.at("phase").get_to(position.phase);
  value.at("epoch").get_to(position.epoch);
  value.at("sample").get_to(position.sample);
  value.at("epochs_before").get_to(position.epochs_before);
  value.at("sums").get_to(position.sums);
  value.at("last_loss").get_to(position.last_loss);
  value.at("seconds").get_to(position.seconds);
  value.at("fingerprint").get_to(position.fingerprint);
  value.at("generator_steps").get_to(checkpoint.state.generator.steps);
  value.at("discriminator_steps").get_to(checkpoint.state.discriminator.steps);
}

}  // namespace

Plan plan_of(const StnetModel& model) {
  return make_plan(model.config.network, model.space, model.time + 2);
}

void save_model(const fs::path& path, const StnetModel& model) {
  check_replaceable(path, model_output);
  write_safetensors(path, tensors_of(model));
}

void save_checkpoint(const fs::path& path, const Checkpoint& checkpoint) {
  check_replaceable(path, model_output);
  TensorFile file = tensors_of(checkpoint.model);
  put_layers(file, "discriminator", plan_of(checkpoint.model).discriminator,
             checkpoint.state.discriminator.parameters);
  put_moments(file, "generator", checkpoint.state.generator);
  put_moments(file, "discriminator", checkpoint.state.discriminator);
  file.metadata["checkpoint"] = to_json(checkpoint).dump();
  write_safetensors(path, file);
}

Checkpoint load_checkpoint(const fs::path& path) {
  const TensorFile file = read_safetensors(path);
  Checkpoint checkpoint;
  checkpoint.model = read_model(path, file);
  const auto found = file.metadata.find("checkpoint");
  if (found == file.metadata.end())
    throw FileError(fmt::format(
        "{}: a model, not a checkpoint; training resumes from the file that ends in .checkpoint",
        path.string()));
  State& state = checkpoint.state;
  state.generator.parameters = checkpoint.model.generator;
  state.discriminator.parameters =
      get_layers(path, file, "discriminator", plan_of(checkpoint.model).discriminator);
  get_moments(path, file, "generator", state.generator);
  get_moments(path, file, "discriminator", state.discriminator);
  try {
    read_position(json::parse(found->second), checkpoint);
  } catch (const json::exception& error) {
    throw FileError(fmt::format("{}: the metadata 'checkpoint': {}; the file is damaged",
                                path.string(), untagged(error.what())));
  }
  return checkpoint;
}

}  // namespace stnet

StnetModel load_stnet(const std::filesystem::path& path) {
  return stnet::read_model(path, read_safetensors(path));
}

}  // namespace stsr

#include "stsr/training/checkpoint.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "stsr/base/error.h"
#include "stsr/base/text.h"
#include "stsr/io/output_kind.h"

namespace stsr {

namespace {

using nlohmann::json;

Tensor flat_tensor(const std::vector<float>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {TensorType::f32, {values.size()}, {bytes.begin(), bytes.end()}};
}

std::vector<float> flat_values(const std::filesystem::path& path, const TensorFile& file,
                               const std::string& name, std::size_t count) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end() || found->second.type != TensorType::f32 ||
      found->second.shape != std::vector<std::size_t>{count})
    throw FileError(
        fmt::format("{}: not a checkpoint of this network: it needs a tensor '{}' of {} "
                    "float32 values",
                    path.string(), name, count));
  std::vector<float> values(count);
  std::memcpy(values.data(), found->second.bytes.data(), count * sizeof(float));
  return values;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  check_replaceable(path, model_output);
  TensorFile file = to_tensor_file(checkpoint.model);
  file.tensors["optimiser.first_moment"] = flat_tensor(checkpoint.optimiser.first_moment);
  file.tensors["optimiser.second_moment"] = flat_tensor(checkpoint.optimiser.second_moment);
  const TrainingPosition& position = checkpoint.position;
  file.metadata["checkpoint"] = json{{"epoch", position.epoch},
                                     {"batch", position.batch},
                                     {"epoch_loss", position.epoch_loss},
                                     {"last_loss", position.last_loss},  // NaN is null
                                     {"seconds", checkpoint.seconds},
                                     {"fingerprint", checkpoint.fingerprint},
                                     {"network_steps", checkpoint.optimiser.network_steps},
                                     {"latent_steps", checkpoint.optimiser.latent_steps}}
                                    .dump();
  write_safetensors(path, file);
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  const TensorFile file = read_safetensors(path);
  Checkpoint checkpoint;
  checkpoint.model = from_tensor_file(path, file);
  const auto found = file.metadata.find("checkpoint");
  if (found == file.metadata.end())
    throw FileError(
        fmt::format("{}: a model, not a checkpoint; training resumes from the file "
                    "that ends in .checkpoint",
                    path.string()));
  try {
    const json position = json::parse(found->second);
    checkpoint.position = {
        position.at("epoch").get<std::size_t>(), position.at("batch").get<std::size_t>(),
        position.at("epoch_loss").get<double>(),
        position.value("last_loss", json()).is_null() ? std::numeric_limits<double>::quiet_NaN()
                                                      : position.at("last_loss").get<double>()};
    checkpoint.seconds = position.at("seconds").get<double>();
    checkpoint.fingerprint = position.at("fingerprint").get<std::uint64_t>();
    checkpoint.optimiser.network_steps = position.at("network_steps").get<std::size_t>();
    checkpoint.optimiser.latent_steps = position.at("latent_steps").get<std::size_t>();
  } catch (const json::exception& e) {
    throw FileError(fmt::format("{}: the metadata 'checkpoint': {}; the file is damaged",
                                path.string(), untagged(e.what())));
  }
  const std::size_t count = checkpoint.model.parameters.size();
  checkpoint.optimiser.first_moment = flat_values(path, file, "optimiser.first_moment", count);
  checkpoint.optimiser.second_moment = flat_values(path, file, "optimiser.second_moment", count);
  return checkpoint;
}

}  // namespace stsr

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "stsr/base/error.h"
#include "stsr/io/safetensors.h"
#include "stsr/metrics/lpips.h"

namespace stsr {

namespace {

constexpr const char* remedy = "write the file with scripts/export-lpips-weights.py";

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& problem) {
  throw FileError(fmt::format("{}: {}; {}", path.string(), problem, remedy));
}

TensorFile opened(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    refuse(path, "there is no such file of LPIPS weights, which cannot be shipped with STSR");
  try {
    return read_safetensors(path);
  } catch (const FileError& error) {
    throw FileError(fmt::format("{}; {}", error.what(), remedy));
  }
}

std::vector<float> tensor(const std::filesystem::path& path, const TensorFile& file,
                          const std::string& name, const std::vector<std::size_t>& shape) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) refuse(path, fmt::format("has no tensor '{}'", name));
  if (found->second.type != TensorType::f32)
    refuse(path, fmt::format("tensor '{}' is not float32", name));
  if (found->second.shape != shape)
    refuse(path, fmt::format("tensor '{}' has the shape {}, LPIPS with AlexNet needs {}", name,
                             found->second.shape, shape));
  std::vector<float> values(found->second.bytes.size() / sizeof(float));
  std::memcpy(values.data(), found->second.bytes.data(), found->second.bytes.size());
  if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
    refuse(path, fmt::format("tensor '{}' holds values that are not finite", name));
  return values;
}

}  // namespace

LpipsWeights read_lpips_weights(const std::filesystem::path& path) {
  const TensorFile file = opened(path);
  LpipsWeights weights;
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    const ImageConvolution& c = alexnet[n];
    weights.layers[n] = {tensor(path, file, fmt::format("conv{}.weight", n + 1),
                                {c.outputs, c.inputs, c.window, c.window}),
                         tensor(path, file, fmt::format("conv{}.bias", n + 1), {c.outputs}),
                         tensor(path, file, fmt::format("lin{}.weight", n + 1), {c.outputs})};
  }
  return weights;
}

}  // namespace stsr

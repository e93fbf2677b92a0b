#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include "io/test_folder.h"
#include "made_up.h"
#include "made_up_weights.h"
#include "stsr/base/error.h"
#include "stsr/base/parallel.h"
#include "stsr/io/safetensors.h"
#include "stsr/metrics/lpips.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Tensor as_tensor(const std::vector<float>& values, std::vector<std::size_t> shape) {
  Tensor tensor{TensorType::f32, std::move(shape), std::vector<std::byte>(4 * values.size())};
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  return tensor;
}

TensorFile as_file(const LpipsWeights& weights) {
  TensorFile file;
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    const ImageConvolution& c = alexnet[n];
    const LpipsWeights::Layer& layer = weights.layers[n];
    const std::string number = std::to_string(n + 1);
    file.tensors["conv" + number + ".weight"] =
        as_tensor(layer.weights, {c.outputs, c.inputs, c.window, c.window});
    file.tensors["conv" + number + ".bias"] = as_tensor(layer.bias, {c.outputs});
    file.tensors["lin" + number + ".weight"] = as_tensor(layer.linear, {c.outputs});
  }
  return file;
}

std::string reading_fails(const std::filesystem::path& path) {
  try {
    (void)read_lpips_weights(path);
  } catch (const FileError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Lpips, AgreesWithPyTorch) {
  const Lpips lpips(made_up_weights());
  const auto cases = golden("lpips.json");
  ASSERT_EQ(cases.size(), 5U);
  for (const auto& c : cases) {
    const auto [truth, result] = made_up_pictures(c["width"], c["height"]);
    const double expected = c["lpips"];
    EXPECT_NEAR(lpips.distance(truth, result), expected, 1e-5 * expected) << c;
  }
}

TEST(Lpips, IsZeroForIdenticalPicturesAndSymmetric) {
  const Lpips lpips(made_up_weights());
  const auto [truth, result] = made_up_pictures(40, 33);
  EXPECT_EQ(lpips.distance(truth, truth), 0.0);
  EXPECT_NEAR(lpips.distance(truth, result), lpips.distance(result, truth), 1e-12);
}

TEST(Lpips, HasTheSameBitsForAnyThreadCount) {
  const Lpips lpips(made_up_weights());
  const auto [truth, result] = made_up_pictures(70, 60);
  set_thread_count(1);
  const double one = lpips.distance(truth, result);
  for (const int threads : {2, 5}) {
    set_thread_count(threads);
    EXPECT_EQ(lpips.distance(truth, result), one);
  }
}

TEST(Lpips, RefusesSmallPicturesAndOtherSizesAndWeights) {
  LpipsWeights weights = made_up_weights();
  const Lpips lpips(weights);
  const auto small = made_up_pictures(30, 31);
  EXPECT_THROW((void)lpips.distance(small.truth, small.result), ShapeError);
  EXPECT_THROW((void)lpips.distance(made_up_pictures(31, 40).truth, made_up_pictures(40, 31).truth),
               ShapeError);
  weights.layers[3].bias.pop_back();
  try {
    (void)Lpips(std::move(weights));
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(), HasSubstr("layer 4 of AlexNet"));
  }
}

TEST(LpipsWeights, ComeBackFromTheirFile) {
  const TestFolder folder;
  const LpipsWeights weights = made_up_weights();
  write_safetensors(folder / "w.safetensors", as_file(weights));
  const LpipsWeights read = read_lpips_weights(folder / "w.safetensors");
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    EXPECT_EQ(read.layers[n].weights, weights.layers[n].weights);
    EXPECT_EQ(read.layers[n].bias, weights.layers[n].bias);
    EXPECT_EQ(read.layers[n].linear, weights.layers[n].linear);
  }
}

TEST(LpipsWeights, ErrorsNameTheTensorAndTheScript) {
  const TestFolder folder;
  const auto path = folder / "w.safetensors";
  const auto script = HasSubstr("scripts/export-lpips-weights.py");
  EXPECT_THAT(reading_fails(path), AllOf(HasSubstr("no such file"), script));

  const TensorFile good = as_file(made_up_weights());
  TensorFile bad = good;
  bad.tensors["conv2.weight"].shape = {192, 64, 25};
  write_safetensors(path, bad);
  EXPECT_THAT(
      reading_fails(path),
      AllOf(HasSubstr("'conv2.weight' has the shape [192, 64, 25], LPIPS with AlexNet needs "
                      "[192, 64, 5, 5]"),
            script));
  bad = good;
  bad.tensors.erase("lin3.weight");
  write_safetensors(path, bad);
  EXPECT_THAT(reading_fails(path), AllOf(HasSubstr("has no tensor 'lin3.weight'"), script));
  bad = good;
  bad.tensors["conv1.bias"] =
      as_tensor(std::vector<float>(64, std::numeric_limits<float>::quiet_NaN()), {64});
  write_safetensors(path, bad);
  EXPECT_THAT(reading_fails(path), AllOf(HasSubstr("'conv1.bias' holds values"), script));
  bad = good;
  bad.tensors["conv1.bias"].type = TensorType::f64;
  bad.tensors["conv1.bias"].bytes.resize(512);
  write_safetensors(path, bad);
  EXPECT_THAT(reading_fails(path), AllOf(HasSubstr("'conv1.bias' is not float32"), script));
  std::filesystem::resize_file(path, 1000);
  EXPECT_THAT(reading_fails(path), script);
}

}  // namespace
}  // namespace stsr

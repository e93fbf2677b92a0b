#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/test_folder.h"
#include "stsr/base/error.h"
#include "stsr/io/config_file.h"
#include "stsr/model/model.h"

namespace stsr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// [network] and [blocks], as a training configuration has them.
struct ModelSections {
  NetworkConfig network;
  BlockConfig blocks;
  template <class Self, class Visitor>
  static void fields(Self& self, Visitor&& section) {
    section("network", self.network, "");
    section("blocks", self.blocks, "");
  }
};

Model example() {
  Model model;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.network.latent_length = 4;
  model.blocks.split = {2, 1, 1};
  model.config = write_config(ModelSections{model.network, model.blocks});
  TrainedVariable first;
  first.info = {"speed",
                "m/s",
                {{5, 3, 2}, {0.1, 0.2, 0.3}, {-1, 0, 1}},
                {0.0, 0.4, 1.0 / 3.0 + 1},
                Reduction{{2, 1, 2}, 1, {9, 3, 4}, {0.0, 0.2, 0.4, 0.8, 1.0 / 3.0 + 1}}};
  first.ranges = {RangeMode::per_step, first.info.times, {{0, 1}, {0.1, 1.0 / 7.0}, {3, 3}}};
  first.time_span = {0.0, 1.0 / 3.0 + 1};
  TrainedVariable second;
  second.info = {"p", "", {{4, 4, 1}, {1, 1, 1}, {0, 0, 0}}, {0.0, 1.0}, {}};
  second.ranges = {RangeMode::global, {}, {{-2, 5}}};
  second.time_span = {0.0, 1.0};
  second.missing.steps = {{0x01, 0x80}};
  model.variables = {first, second};
  const NetworkPlan plan = model.plan();
  model.parameters.resize(plan.layout.size());
  initialise_parameters(plan, 9, model.parameters);
  return model;
}

void expect_same(const Model& a, const Model& b) {
  EXPECT_EQ(a.network, b.network);
  EXPECT_EQ(a.blocks, b.blocks);
  EXPECT_EQ(a.config, b.config);
  EXPECT_EQ(a.parameters, b.parameters);
  ASSERT_EQ(a.variables.size(), b.variables.size());
  for (std::size_t i = 0; i < a.variables.size(); ++i) {
    EXPECT_EQ(a.variables[i].info, b.variables[i].info);
    EXPECT_EQ(a.variables[i].ranges, b.variables[i].ranges);
    EXPECT_EQ(a.variables[i].time_span, b.variables[i].time_span);
    EXPECT_EQ(a.variables[i].missing, b.variables[i].missing);
  }
}

TEST(ModelFile, RoundTripsToTheSameBits) {
  const TestFolder folder;
  const Model model = example();
  save_model(folder / "m.stsr", model);
  expect_same(model, load_model(folder / "m.stsr"));
}

TEST(ModelFile, ACoordNetRoundTripsToTheSameBits) {
  const TestFolder folder;
  Model model = example();
  model.network.architecture = Architecture::coordnet;
  model.blocks.split = {1, 1, 1};
  model.config = write_config(ModelSections{model.network, model.blocks});
  model.variables[1] = model.variables[0];
  model.variables[1].info.name = "p";
  model.parameters.resize(model.plan().layout.size());
  initialise_parameters(model.plan(), 9, model.parameters);
  save_model(folder / "m.stsr", model);
  const Model loaded = load_model(folder / "m.stsr");
  expect_same(model, loaded);
  EXPECT_EQ(loaded.plan().heads, 2U);
  EXPECT_EQ(to_tensor_file(loaded).tensors.count("output.projection.weight"), 1U);
  EXPECT_EQ(to_tensor_file(loaded).tensors.count("latent.mu"), 0U);
}

/// The message that a changed file gives.
template <class Change>
void expect_refused(Change change, const char* part) {
  TensorFile file = to_tensor_file(example());
  change(file);
  EXPECT_THAT([&] { (void)from_tensor_file("m.stsr", file); },
              ThrowsMessage<FileError>(AllOf(HasSubstr("m.stsr"), HasSubstr(part))));
}

TEST(ModelFile, RefusesWhatIsNotAModel) {
  expect_refused([](TensorFile& f) { f.metadata.clear(); }, "not an STSR model");
  expect_refused([](TensorFile& f) { f.metadata["format"] = "other"; }, "not an STSR model");
  expect_refused([](TensorFile& f) { f.metadata["version"] = "2"; }, "newer than this program");
  expect_refused([](TensorFile& f) { f.metadata["version"] = "-1"; }, "version");
  expect_refused([](TensorFile& f) { f.metadata["version"] = "99999999999999"; }, "version");
  expect_refused([](TensorFile& f) { f.metadata["config"] = "[network]\n"; }, "blocks");
  expect_refused([](TensorFile& f) { f.metadata["variables"] = "{"; }, "variables");
  expect_refused([](TensorFile& f) { f.tensors.erase("heads.bias"); }, "heads.bias");
  expect_refused([](TensorFile& f) { f.tensors["heads.weight"].shape = {1, 16}; }, "heads.weight");
  expect_refused([](TensorFile& f) { f.tensors["missing.1"].shape = {3, 2}; }, "missing values");
}

TEST(ModelFile, RefusesBrokenVariables) {
  using nlohmann::json;
  const auto with = [](const char* key, const json& value) {
    return [key, value](TensorFile& file) {
      json variables = json::parse(file.metadata["variables"]);
      variables[0][key] = value;
      file.metadata["variables"] = variables.dump();
    };
  };
  expect_refused(with("dims", {5, 0, 2}), "dimension is 0");
  expect_refused(with("dims", {5, 3}), "variable 0");
  expect_refused(with("dims", {4294967295U, 4294967295U, 4294967295U}), "variable 0");
  expect_refused(with("times", {0.0, 0.0, 1.0}), "do not increase");
  expect_refused(with("times", json::array()), "empty");
  expect_refused(with("ranges", json::array({{0, 1}})), "ranges has 1");
  expect_refused(with("range_mode", "none"), "range_mode");
  expect_refused(with("name", 3), "variable 0");
  expect_refused(with("reduction",
                      {{"space", {2, 2, 2}}, {"time", 1}, {"dims", {9, 3, 4}}, {"times", {0, 1}}}),
                 "reduction");
  expect_refused(
      with("reduction",
           {{"space", {1, 1, 1}}, {"time", -1}, {"dims", {5, 3, 2}}, {"times", {0.0, 1.0, 2.0}}}),
      "reduction");
}

TEST(Model, KeepsCorrectionsAndSamples) {
  const TestFolder folder;
  Model model = example();
  model.variables[1].correction = Correction{0.25, 1.0, 0.75, 0.5, 0.125, 1.5, 6.125};
  model.samples.resize(2);
  Sequence kept{{}, {std::vector<float>(16, 0.5F), std::vector<float>(16, -1.0F)}};
  kept.steps[1][3] = std::numeric_limits<float>::quiet_NaN();
  model.samples[1] = StoredSequence(kept).steps;
  save_model(folder / "m", model);
  const Model read = load_model(folder / "m");
  expect_same(read, model);
  EXPECT_FALSE(read.variables[0].correction);
  EXPECT_EQ(read.variables[1].correction, model.variables[1].correction);
  ASSERT_EQ(read.samples.size(), 2U);
  EXPECT_TRUE(read.samples[0].empty());
  ASSERT_EQ(read.samples[1].size(), 2U);
  EXPECT_THAT(read.samples[1][0].values, testing::ElementsAreArray(kept.steps[0]));
  EXPECT_TRUE(std::isnan(read.samples[1][1].values[3]));
  EXPECT_EQ(read.samples[1][1].values[4], -1.0F);
}

TEST(Model, RefusesAWeightThatIsNone) {
  const TestFolder folder;
  Model model = example();
  model.variables[0].correction = Correction{.time = 1.5};
  save_model(folder / "m", model);
  EXPECT_THAT([&] { (void)load_model(folder / "m"); },
              ThrowsMessage<FileError>(HasSubstr("a weight of its correction is 1.5")));
}

TEST(Model, RefusesSamplesOfAnotherShape) {
  const TestFolder folder;
  TensorFile file = to_tensor_file(example());
  file.tensors["samples.1"] = {TensorType::f32, {2, 1, 2, 4}, std::vector<std::byte>(64)};
  write_safetensors(folder / "m", file);
  EXPECT_THAT([&] { (void)load_model(folder / "m"); },
              ThrowsMessage<FileError>(HasSubstr("its samples have a wrong shape")));
}

}  // namespace
}  // namespace stsr

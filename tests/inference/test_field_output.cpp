#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "inference/fake_network.h"
#include "stsr/base/error.h"
#include "stsr/inference/field_output.h"

namespace stsr {
namespace {

/// Keeps what is written. With `mapped`, its values pretend not to fit into memory.
class MemoryWriter final : public DatasetWriter {
 public:
  explicit MemoryWriter(std::span<const FieldOutput> outputs, bool mapped = false)
      : infos_(output_infos(outputs)), mapped_(mapped) {}
  [[nodiscard]] bool found(std::size_t variable, std::size_t step) const override {
    return found_before.contains({variable, step});
  }
  [[nodiscard]] StepValues make_values(std::size_t variable) const override {
    const std::size_t count = infos_.at(variable).grid.dims.count();
    return {std::filesystem::temp_directory_path(), count, mapped_ ? 0 : count};
  }
  void write(std::size_t variable, std::size_t step, StepValues values) override {
    EXPECT_EQ(values.mapped(), mapped_);
    order.emplace_back(step, variable);
    volumes[{variable, step}].assign(values.values().begin(), values.values().end());
  }
  void close() override {}
  std::set<std::pair<std::size_t, std::size_t>> found_before;
  std::vector<std::pair<std::size_t, std::size_t>> order;
  std::map<std::pair<std::size_t, std::size_t>, std::vector<float>> volumes;

 private:
  std::vector<VariableInfo> infos_;
  bool mapped_;
};

class StopAfter final : public Progress {
 public:
  explicit StopAfter(std::size_t samples) : samples_(samples) {}
  void report(std::size_t done, std::size_t total, std::string_view unit,
              std::string_view note) override {
    last_done = done;
    last_total = total;
    EXPECT_EQ(unit, "sample");
    EXPECT_FALSE(note.empty());
  }
  [[nodiscard]] bool stop_requested() const override { return last_done >= samples_; }
  std::size_t last_done = 0;
  std::size_t last_total = 0;

 private:
  std::size_t samples_;
};

const BlockConfig blocks{BlockMode::shared_faces, {2, 1, 1}};

/// phi + t/8 everywhere.
std::shared_ptr<const Decoder> decoder_of(std::span<const float> latent) {
  return std::make_shared<FakeDecoder>(
      [phi = latent[0]](std::span<const float> c, std::size_t) { return phi + c[0] / 8.0F; });
}

/// All variables of a field on the grids before their reduction.
std::vector<FieldOutput> outputs_of(const std::shared_ptr<const Field>& field) {
  std::vector<FieldOutput> outputs;
  for (std::size_t i = 0; i < field->variables().size(); ++i)
    outputs.push_back(field_output(field, i, {}));
  return outputs;
}

TrainedVariable halved(const std::string& name, Dims full, std::size_t steps) {
  return reduced_variable(name, full, {2, 2, 2}, steps);
}

TEST(WriteOutputs, WritesEveryStepOfVariablesThatDiffer) {
  const auto outputs = outputs_of(fake_field(
      blocks, {halved("a", {5, 5, 5}, 3), halved("b", {8, 3, 1}, 2)}, {0.25F, -0.5F}, decoder_of));
  MemoryWriter writer(outputs);
  StopAfter progress(1U << 30U);
  write_outputs(outputs, writer, progress);
  EXPECT_THAT(writer.order,
              testing::ElementsAre(testing::Pair(0, 0), testing::Pair(0, 1), testing::Pair(1, 0),
                                   testing::Pair(1, 1), testing::Pair(2, 0)));
  EXPECT_EQ(writer.volumes.at({0, 1}), std::vector<float>(125, 0.25F));
  EXPECT_EQ(writer.volumes.at({0, 2}), std::vector<float>(125, 0.375F));
  EXPECT_EQ(writer.volumes.at({1, 0}), std::vector<float>(24, -0.625F));
  EXPECT_EQ(progress.last_total, 3U * 125 + 2 * 24);
  EXPECT_EQ(progress.last_done, progress.last_total);
}

TEST(WriteOutputs, StepsLargerThanMemoryHaveTheSameValues) {
  const auto everywhere_different = [](std::span<const float>) {
    return std::make_shared<FakeDecoder>([](std::span<const float> c, std::size_t head) {
      return 0.1F * c[0] + 0.2F * c[1] + 0.3F * c[2] + 0.4F * c[3] +
             0.01F * static_cast<float>(head);
    });
  };
  const BlockConfig split_z{BlockMode::shared_faces, {1, 1, 2}};
  const auto outputs =
      outputs_of(fake_field(split_z, {halved("a", {6, 5, 9}, 2)}, {0.25F}, everywhere_different));
  MemoryWriter in_memory(outputs);
  MemoryWriter mapped(outputs, true);
  write_outputs(outputs, in_memory, Progress::silent());
  write_outputs(outputs, mapped, Progress::silent());
  EXPECT_EQ(in_memory.volumes, mapped.volumes);
}

TEST(WriteOutputs, StopsInsideAStepWhenAsked) {
  const auto outputs =
      outputs_of(fake_field(blocks, {halved("a", {9, 9, 9}, 4)}, {0.0F}, decoder_of));
  MemoryWriter writer(outputs);
  StopAfter progress(729 + 10);
  EXPECT_THROW(write_outputs(outputs, writer, progress), Interrupted);
  EXPECT_EQ(writer.order.size(), 1U);
}

TEST(WriteOutputs, LeavesOutWhatIsThereAlready) {
  const auto outputs = outputs_of(fake_field(
      blocks, {halved("a", {5, 5, 5}, 3), halved("b", {5, 5, 5}, 3)}, {0.25F, -0.5F}, decoder_of));
  MemoryWriter whole(outputs);
  write_outputs(outputs, whole, Progress::silent());
  MemoryWriter others(outputs);
  others.found_before = {{0, 0}, {1, 0}, {0, 1}};
  StopAfter progress(1U << 30U);
  write_outputs(outputs, others, progress);
  EXPECT_THAT(others.order,
              testing::ElementsAre(testing::Pair(1, 1), testing::Pair(2, 0), testing::Pair(2, 1)));
  for (const auto& [key, volume] : others.volumes) EXPECT_EQ(volume, whole.volumes.at(key));
  EXPECT_EQ(progress.last_done, 6U * 125);
  EXPECT_EQ(progress.last_total, 6U * 125);
}

TEST(FingerprintOf, ChangesWithAllThatTheValuesDependOn) {
  Model model;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.network.latent_length = 2;
  model.blocks.split = {2, 2, 2};
  model.config = "[network]\n";
  for (const char* name : {"a", "b"})
    model.variables.push_back(reduced_variable(name, {5, 5, 5}, {2, 2, 2}));
  model.parameters.assign(model.plan().layout.size(), 0.5F);
  const auto of = [&](const Model& changed, const GridRequest& request = {}) {
    const auto field = std::make_shared<const NetworkField>(changed);
    const std::vector both{field_output(field, 0, request), field_output(field, 1, request)};
    return fingerprint_of(both);
  };
  const std::string first = of(model);
  EXPECT_EQ(of(model), first);
  std::set<std::string> all{first};
  const auto changed = [&](auto change) {
    Model other = model;
    change(other);
    all.insert(of(other));
  };
  changed([](Model& m) { m.parameters[3] = 0.50001F; });
  changed([](Model& m) { m.parameters.back() = -0.5F; });
  changed([](Model& m) { m.variables[1].ranges.ranges[0].high = 2.0; });
  changed([](Model& m) { m.variables[0].time_span[1] = 9.0; });
  changed(
      [](Model& m) { m.variables[0].missing.steps.assign(1, std::vector<std::uint8_t>(4, 1)); });
  changed([](Model& m) { std::swap(m.variables[0].info.name, m.variables[1].info.name); });
  changed([](Model& m) { m.config = "[network]\nomega_stem = 4.0\n"; });
  GridRequest finer;
  finer.space = {3.0, 3.0, 3.0};
  all.insert(of(model, finer));
  GridRequest later;
  later.times = std::vector{0.25, 0.5};
  all.insert(of(model, later));
  const auto field = std::make_shared<const NetworkField>(model);
  const std::vector one{field_output(field, 0, {})};
  all.insert(fingerprint_of(one));
  const auto bf16 =
      std::make_shared<const NetworkField>(model, ComputeOptions{.precision = Precision::bf16});
  all.insert(fingerprint_of(std::vector{field_output(bf16, 0, {})}));
  EXPECT_EQ(all.size(), 12U);
}

TEST(FieldOutput, DescribesWhatIsWritten) {
  TrainedVariable speed = halved("speed", {9, 9, 9}, 3);
  speed.info.unit = "m/s";
  FieldOutput output = field_output(fake_field(blocks, {speed}, {0.0F}, decoder_of), 0, {});
  output.name = "fast";
  const VariableInfo info = output_infos(std::span(&output, 1)).front();
  EXPECT_EQ(info.name, "fast");
  EXPECT_EQ(info.unit, "m/s");
  EXPECT_EQ(info.grid.dims, (Dims{9, 9, 9}));
  EXPECT_EQ(info.times.size(), 3U);
  EXPECT_FALSE(info.reduction.has_value());
}

TEST(FieldOutput, RefusesWhatTheVariableCannotMeetByItsName) {
  const auto field = fake_field(blocks, {halved("c", {5, 5, 5}, 2)}, {0.0F}, decoder_of);
  EXPECT_THROW((void)field_output(field, 1, {}), ValueError);
  GridRequest zero;
  zero.space = {0.0, 1.0, 1.0};
  try {
    (void)field_output(field, 0, zero);
    ADD_FAILURE();
  } catch (const ValueError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("variable 'c': "));
  }
}

TEST(WriteOutputs, VariablesOfACoordNetShareItsPasses) {
  Model model;
  model.network.architecture = Architecture::coordnet;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.blocks.split = {1, 1, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    model.variables.push_back(reduced_variable(fmt::format("v{}", i), {6, 5, 7}, {2, 2, 2}, 3));
    model.variables.back().ranges.ranges[0].high = 1.0 + static_cast<double>(i);
  }
  model.variables[1].missing.steps = {{0, 255, 1, 7, 0}};
  model.variables[3].time_span[1] += 1.0;
  model.parameters.assign(model.plan().layout.size(), 0.0F);
  const auto decoder = std::make_shared<FakeDecoder>([](std::span<const float> c, std::size_t h) {
    return 0.1F * c[0] + 0.2F * c[1] + 0.3F * c[2] + 0.4F * c[3] * static_cast<float>(h);
  });
  const auto evaluator =
      std::make_shared<FakeEvaluator>([&](std::span<const float>) { return decoder; });
  const auto outputs = outputs_of(std::make_shared<const NetworkField>(model, evaluator));
  EXPECT_EQ(evaluator->made, 1) << "one decoder gives all variables";

  MemoryWriter apart(outputs);
  for (std::size_t i = 0; i < 4; ++i) {
    MemoryWriter alone(outputs);
    for (std::size_t other = 0; other < 4; ++other)
      for (std::size_t step = 0; step < 3; ++step)
        if (other != i) alone.found_before.insert({other, step});
    write_outputs(outputs, alone, Progress::silent());
    apart.volumes.merge(alone.volumes);
  }
  const std::size_t rows = decoder->rows.exchange(0);
  for (const bool mapped : {false, true}) {
    MemoryWriter writer(outputs, mapped);
    StopAfter progress(1U << 30U);
    write_outputs(outputs, writer, progress);
    EXPECT_EQ(decoder->rows.exchange(0), rows / 2)
        << "three variables share their passes, the fourth has other times";
    EXPECT_EQ(progress.last_done, progress.last_total);
    ASSERT_EQ(writer.volumes.size(), 12U);
    for (const auto& [key, volume] : writer.volumes) {
      const std::vector<float>& expected = apart.volumes.at(key);
      ASSERT_EQ(volume.size(), expected.size());
      for (std::size_t i = 0; i < volume.size(); ++i)
        EXPECT_TRUE(volume[i] == expected[i] || std::isnan(expected[i])) << key.first << ' ' << i;
      EXPECT_EQ(std::isnan(volume[100]), std::isnan(expected[100]));
    }
  }
  MemoryWriter others(outputs);
  others.found_before = {{1, 0}};
  write_outputs(outputs, others, Progress::silent());
  EXPECT_EQ(decoder->rows, rows / 12 * (3 + 2 + 2)) << "in step 0 the second interrupts";
  EXPECT_EQ(others.volumes.size(), 11U);
}

}  // namespace
}  // namespace stsr

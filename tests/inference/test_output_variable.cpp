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
#include "stsr/inference/output_variable.h"

namespace stsr {
namespace {

/// Keeps what is written. With `mapped`, its values pretend not to fit into memory.
class MemoryWriter final : public DatasetWriter {
 public:
  explicit MemoryWriter(std::span<const OutputVariable> outputs, bool mapped = false)
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

OutputVariable output_of(const std::string& name, Dims full, std::size_t steps, float latent) {
  const TrainedVariable trained = reduced_variable(name, full, {2, 2, 2}, steps);
  return {trained, {latent}, output_grid(trained.info, {})};
}

const BlockConfig blocks{BlockMode::shared_faces, {2, 1, 1}};

/// phi + t/8 everywhere.
std::unique_ptr<Decoder> decoder_of(std::span<const float> latent) {
  return std::make_unique<FakeDecoder>(
      [phi = latent[0]](std::span<const float> c, std::size_t) { return phi + c[0] / 8.0F; });
}
const DecoderFactory decoders{decoder_of, 4};

TEST(WriteOutputs, WritesEveryStepOfVariablesThatDiffer) {
  const std::vector<OutputVariable> outputs{output_of("a", {5, 5, 5}, 3, 0.25F),
                                            output_of("b", {8, 3, 1}, 2, -0.5F)};
  MemoryWriter writer(outputs);
  StopAfter progress(1U << 30U);
  write_outputs(blocks, outputs, decoders, writer, progress);
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
  const std::vector<OutputVariable> outputs{output_of("a", {6, 5, 9}, 2, 0.25F)};
  const auto everywhere_different = [](std::span<const float>) {
    return std::make_unique<FakeDecoder>([](std::span<const float> c, std::size_t head) {
      return 0.1F * c[0] + 0.2F * c[1] + 0.3F * c[2] + 0.4F * c[3] +
             0.01F * static_cast<float>(head);
    });
  };
  const DecoderFactory different{everywhere_different, 4};
  const BlockConfig split_z{BlockMode::shared_faces, {1, 1, 2}};
  MemoryWriter in_memory(outputs);
  MemoryWriter mapped(outputs, true);
  write_outputs(split_z, outputs, different, in_memory, Progress::silent());
  write_outputs(split_z, outputs, different, mapped, Progress::silent());
  EXPECT_EQ(in_memory.volumes, mapped.volumes);
}

TEST(WriteOutputs, KeepsAsManyDecodersAsFitIntoMemory) {
  std::vector<OutputVariable> outputs;
  for (const char* name : {"a", "b", "c"})
    outputs.push_back(output_of(name, {5, 5, 5}, 4, static_cast<float>(outputs.size()) / 4.0F));
  MemoryWriter expected(outputs);
  write_outputs(blocks, outputs, decoders, expected, Progress::silent());
  for (const auto& [mib, made] : {std::pair{1U, 3}, {32U, 2 + 4}, {65U, 4 * 3}}) {
    int count = 0;
    const DecoderFactory counted{[&](std::span<const float> latent) {
                                   ++count;
                                   return decoder_of(latent);
                                 },
                                 std::size_t{mib} << 20U};
    MemoryWriter writer(outputs);
    write_outputs(blocks, outputs, counted, writer, Progress::silent());
    EXPECT_EQ(count, made) << mib;
    EXPECT_EQ(writer.volumes, expected.volumes);
  }
}

TEST(WriteOutputs, StopsInsideAStepWhenAsked) {
  const std::vector<OutputVariable> outputs{output_of("a", {9, 9, 9}, 4, 0.0F)};
  MemoryWriter writer(outputs);
  StopAfter progress(729 + 10);
  EXPECT_THROW(write_outputs(blocks, outputs, decoders, writer, progress), Interrupted);
  EXPECT_EQ(writer.order.size(), 1U);
}

TEST(WriteOutputs, LeavesOutWhatIsThereAlready) {
  const std::vector<OutputVariable> outputs{output_of("a", {5, 5, 5}, 3, 0.25F),
                                            output_of("b", {5, 5, 5}, 3, -0.5F)};
  MemoryWriter whole(outputs);
  write_outputs(blocks, outputs, decoders, whole, Progress::silent());
  MemoryWriter rest(outputs);
  rest.found_before = {{0, 0}, {1, 0}, {0, 1}};
  StopAfter progress(1U << 30U);
  write_outputs(blocks, outputs, decoders, rest, progress);
  EXPECT_THAT(rest.order,
              testing::ElementsAre(testing::Pair(1, 1), testing::Pair(2, 0), testing::Pair(2, 1)));
  for (const auto& [key, volume] : rest.volumes) EXPECT_EQ(volume, whole.volumes.at(key));
  EXPECT_EQ(progress.last_done, 6U * 125);
  EXPECT_EQ(progress.last_total, 6U * 125);
}

TEST(FingerprintOf, ChangesWithAllThatTheValuesDependOn) {
  Model model;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.network.latent_length = 2;
  model.config = "[network]\n";
  for (const char* name : {"a", "b"})
    model.variables.push_back(reduced_variable(name, {5, 5, 5}, {2, 2, 2}));
  model.parameters.assign(model.plan().layout.size(), 0.5F);
  const std::vector<std::size_t> both{0, 1};
  const auto of = [&](const Model& changed, const GridRequest& request = {}) {
    return fingerprint_of(changed, output_variables(changed, both, request));
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
  const std::vector<std::size_t> one{0};
  all.insert(fingerprint_of(model, output_variables(model, one, {})));
  EXPECT_EQ(all.size(), 11U);
}

TEST(OutputVariables, DescribeWhatIsWritten) {
  OutputVariable output = output_of("speed", {9, 9, 9}, 3, 0.0F);
  output.trained.info.unit = "m/s";
  const VariableInfo info = output_infos(std::span(&output, 1)).front();
  EXPECT_EQ(info.name, "speed");
  EXPECT_EQ(info.unit, "m/s");
  EXPECT_EQ(info.grid.dims, (Dims{9, 9, 9}));
  EXPECT_EQ(info.times.size(), 3U);
  EXPECT_FALSE(info.reduction.has_value());
}

TEST(WriteOutputs, AVariableOfACoordNetIsTheOutputOfItsNumber) {
  Model model;
  model.network.architecture = Architecture::coordnet;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.blocks.split = {1, 1, 1};
  for (const double low : {0.0, 10.0, 20.0})
    model.variables.push_back(
        reduced_variable(fmt::format("at {}", low), {5, 4, 3}, {2, 1, 1}, 2, low, low + 2.0));
  const auto engine = make_cpu_engine(model.plan());
  initialise_parameters(engine->plan(), 4, engine->parameters());
  model.parameters.assign(engine->parameters().begin(), engine->parameters().end());
  const std::vector<std::size_t> chosen{2, 0};
  const auto outputs = output_variables(model, chosen, {});
  MemoryWriter writer(outputs);
  const DecoderFactory decode{[&](std::span<const float> phi) { return engine->decoder(phi); }, 4};
  write_outputs(model.blocks, outputs, decode, writer, Progress::silent());

  // The sample in the middle of x and y, at the far end of z and of time.
  const std::vector<float> place{1.0F, 1.0F, -1.0F / 3.0F, 0.0F};
  const std::vector<std::size_t> heads{0, 1, 2};
  std::vector<float> values(3);
  decode.make({})->evaluate(place, heads, values);
  const std::size_t sample = (2 * 4 + 1) * 5 + 2;
  EXPECT_NEAR(writer.volumes.at({0, 1})[sample], 21.0F + values[2], 1e-5F);
  EXPECT_NEAR(writer.volumes.at({1, 1})[sample], 1.0F + values[0], 1e-5F);
  EXPECT_NE(values[0], values[2]);
  EXPECT_NE(fingerprint_of(model, std::span(outputs).first(1)),
            fingerprint_of(model, std::span(outputs).last(1)));
}

TEST(WriteOutputs, VariablesOfOneDecoderShareItsPasses) {
  std::vector<OutputVariable> outputs;
  for (std::size_t i = 0; i < 4; ++i) {
    outputs.push_back(output_of("v" + std::to_string(i), {6, 5, 7}, 3, 0.0F));
    outputs.back().first_head = i;
    outputs.back().trained.ranges.ranges[0].high = 1.0 + static_cast<double>(i);
  }
  outputs[1].trained.missing.steps = {{0, 255, 1, 7, 0}};
  outputs[3].latent = {1.0F};
  const BlockConfig one{BlockMode::shared_faces, {1, 1, 1}};
  const auto value = [](std::span<const float> c, std::size_t head) {
    return 0.1F * c[0] + 0.2F * c[1] + 0.3F * c[2] + 0.4F * c[3] * static_cast<float>(head);
  };
  std::size_t made = 0;
  const auto make = [&](std::span<const float>) {
    ++made;
    return std::make_unique<FakeDecoder>(value);
  };
  const DecoderFactory counted{make, std::size_t{1} << 40U};  // too large to be kept
  MemoryWriter apart(outputs);
  for (std::size_t i = 0; i < 4; ++i) {
    MemoryWriter alone(outputs);
    for (std::size_t other = 0; other < 4; ++other)
      for (std::size_t step = 0; step < 3; ++step)
        if (other != i) alone.found_before.insert({other, step});
    write_outputs(one, outputs, counted, alone, Progress::silent());
    apart.volumes.merge(alone.volumes);
  }
  EXPECT_EQ(made, 4U * 3);
  for (const bool mapped : {false, true}) {
    MemoryWriter writer(outputs, mapped);
    StopAfter progress(1U << 30U);
    made = 0;
    write_outputs(one, outputs, counted, writer, progress);
    EXPECT_EQ(made, 2U * 3) << "three variables share a decoder, the fourth has another";
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
  MemoryWriter rest(outputs);
  rest.found_before = {{1, 0}};
  made = 0;
  write_outputs(one, outputs, counted, rest, Progress::silent());
  EXPECT_EQ(made, 3U + 2 + 2) << "in step 0 the second interrupts";
  EXPECT_EQ(rest.volumes.size(), 11U);
}

TEST(OutputVariables, TakeTheChosenVariablesWithTheirLatents) {
  Model model;
  model.network.width = 8;
  model.network.residual_blocks = 1;
  model.network.latent = LatentKind::one_hot;
  for (const char* name : {"a", "b", "c"})
    model.variables.push_back(reduced_variable(name, {5, 5, 5}, {2, 2, 2}));
  model.parameters.assign(model.plan().layout.size(), 0.0F);
  const std::vector<std::size_t> chosen{2, 0};
  const auto outputs = output_variables(model, chosen, {});
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].trained.info.name, "c");
  EXPECT_THAT(outputs[0].latent, testing::ElementsAre(0.0F, 0.0F, 1.0F));
  EXPECT_THAT(outputs[1].latent, testing::ElementsAre(1.0F, 0.0F, 0.0F));
  const std::vector<std::size_t> wrong{3};
  EXPECT_THROW((void)output_variables(model, wrong, {}), ValueError);
  GridRequest zero;
  zero.space = {0.0, 1.0, 1.0};
  try {
    (void)output_variables(model, chosen, zero);
    ADD_FAILURE();
  } catch (const ValueError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("variable 'c': "));
  }
}

}  // namespace
}  // namespace stsr

// Training on values that are mapped from files.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/test_folder.h"
#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/training/network_training.h"
#include "training/small_training.h"
#include "training/stop_after.h"

namespace stsr {
namespace {

using ::testing::HasSubstr;

/// Two variables of different size in a raw data set, one with missing values.
class MappedTraining : public testing::Test {
 protected:
  MappedTraining() {
    const std::vector<VariableInfo> infos{
        {"a", "", {{21, 18, 5}, {1, 1, 1}, {0, 0, 0}}, {0.0, 1.0, 2.0, 3.0}, {}},
        {"b", "", {{6, 7, 4}, {1, 1, 1}, {0, 0, 0}}, {0.0, 1.5, 3.0}, {}}};
    const auto writer = create_dataset(folder_ / "data", infos, format_named("raw"));
    for (std::size_t v = 0; v < infos.size(); ++v)
      for (std::size_t t = 0; t < infos[v].times.size(); ++t) {
        std::vector<float> values(infos[v].grid.dims.count());
        for (std::size_t i = 0; i < values.size(); ++i)
          values[i] = static_cast<float>(std::sin(0.3 * static_cast<double>(i + 5 * t)));
        if (v == 0) values[11 + t] = std::numeric_limits<float>::quiet_NaN();
        writer->write(v, t, values);
      }
    writer->close();
  }

  /// A short training of all variables; `where` says where their values are.
  enum class Values { in_memory, mapped };
  [[nodiscard]] TrainingRequest request(Values where, const std::string& model,
                                        const std::string& data_set = "data") const {
    TrainingRequest request;
    const std::shared_ptr<const Dataset> data = open_dataset(folder_ / data_set);
    for (std::size_t v = 0; v < data->variables().size(); ++v)
      request.sequences.push_back(where == Values::mapped ? map_sequence(data, v, folder_.path())
                                                          : read_sequence(*data, v));
    request.output = folder_ / model;
    request.config = small_config();
    request.config.training.epochs = 3;
    return request;
  }

  [[nodiscard]] std::string bytes(const std::string& model) const {
    return read_all(folder_ / model);
  }

  TestFolder folder_;
};

TEST_F(MappedTraining, GivesTheSameBitsAsInMemory) {
  for (const RowOrder order : {RowOrder::pool, RowOrder::balanced})
    for (const RangeMode range : {RangeMode::global, RangeMode::per_step})
      for (const std::uint64_t shuffle_rows : {50U, 300U, 1'000'000U}) {
        for (const Values where : {Values::in_memory, Values::mapped}) {
          TrainingRequest r = request(where, where == Values::mapped ? "mapped" : "memory");
          r.config.training.order = order;
          r.config.training.range = range;
          r.config.training.shuffle_rows = shuffle_rows;
          r.config.training.epochs = 1;
          (void)train(std::move(r), Progress::silent());
        }
        EXPECT_EQ(bytes("mapped"), bytes("memory")) << shuffle_rows;
      }
}

TEST_F(MappedTraining, CoordNetGivesTheSameBitsAsInMemory) {
  const std::vector<VariableInfo> infos(
      3, {"", "", {{12, 9, 5}, {1, 1, 1}, {0, 0, 0}}, {0.0, 1.0, 2.0}, {}});
  const auto writer = [&] {
    std::vector<VariableInfo> named = infos;
    for (std::size_t v = 0; v < 3; ++v) named[v].name = fmt::format("v{}", v);
    return create_dataset(folder_ / "three", named, format_named("raw"));
  }();
  for (std::size_t v = 0; v < 3; ++v)
    for (std::size_t t = 0; t < 3; ++t) {
      std::vector<float> values(infos[v].grid.dims.count());
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(std::sin(0.2 * static_cast<double>(i + 7 * t + 31 * v)));
      writer->write(v, t, values);
    }
  writer->close();
  for (const Values where : {Values::in_memory, Values::mapped}) {
    TrainingRequest r = request(where, where == Values::mapped ? "mapped" : "memory", "three");
    r.config.network.architecture = Architecture::coordnet;
    r.config.network.latent_length = Config{}.network.latent_length;
    r.config.blocks.split = {1, 1, 1};
    r.config.training.shuffle_rows = 200;
    (void)train(std::move(r), Progress::silent());
  }
  EXPECT_EQ(bytes("mapped"), bytes("memory"));
}

TEST_F(MappedTraining, WindowsAreAnOrderOfTheirOwn) {
  for (const std::uint64_t shuffle_rows : {0U, 300U}) {
    TrainingRequest r = request(Values::in_memory, shuffle_rows == 0 ? "all" : "windows");
    r.config.training.shuffle_rows = shuffle_rows;
    (void)train(std::move(r), Progress::silent());
  }
  EXPECT_NE(load_model(folder_ / "all").parameters, load_model(folder_ / "windows").parameters);
}

TEST_F(MappedTraining, StoppedAndResumedElsewhereGivesTheSameBitsAsUninterrupted) {
  for (const std::uint64_t shuffle_rows : {0U, 300U}) {
    TrainingRequest whole = request(Values::mapped, "whole");
    whole.config.training.shuffle_rows = shuffle_rows;
    (void)train(std::move(whole), Progress::silent());
    TrainingRequest begun = request(Values::mapped, "parts");
    begun.config.training.shuffle_rows = shuffle_rows;
    StopAfter stop(9);
    EXPECT_THROW((void)train(std::move(begun), stop), Interrupted);
    // In memory now, and without a word on how rows are shuffled: as they were.
    TrainingRequest resumed = request(Values::in_memory, "parts");
    resumed.resume = true;
    (void)train(std::move(resumed), Progress::silent());
    EXPECT_EQ(bytes("parts"), bytes("whole"));
    EXPECT_THAT(load_model(folder_ / "parts").config,
                HasSubstr(shuffle_rows == 0 ? "shuffle_rows = 33554432" : "shuffle_rows = 300"));
  }
}

TEST_F(MappedTraining, AnInfiniteValueInAMappedFileIsRefused) {
  std::string values = bytes("data/b_0001.raw");
  const float infinity = std::numeric_limits<float>::infinity();
  std::memcpy(values.data() + 4 * sizeof(float), &infinity, sizeof infinity);
  folder_.write("data/b_0001.raw", values);
  EXPECT_THAT(
      message_of([&] { (void)train(request(Values::mapped, "model"), Progress::silent()); }),
      AllOf(HasSubstr("b_0001.raw"), HasSubstr("index 4 "), HasSubstr("infinite")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "model"));
}

}  // namespace
}  // namespace stsr

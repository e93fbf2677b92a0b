#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "program.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace fs = std::filesystem;

constexpr const char* small_network =
    " --epochs 1 --set network.width=16 --set network.latent_length=8 "
    "--set network.residual_blocks=1";

/// A data set of 4 x 3 x 2 samples, three steps, in `data`.
class BadInput : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "data");
    describe("dims = [4, 3, 2]");
    for (int step = 0; step < 3; ++step) write_step(step, values(24));
  }

  void describe(const std::string& dims) const {
    write_text(folder_ / "data/dataset.toml",
               "stsr_dataset = 1\nformat = \"raw\"\ntype = \"float32\"\n" + dims +
                   "\ntimes = [0.0, 1.0, 2.0]\n[[variable]]\nname = \"p\"\nfiles = "
                   "[\"p_0.raw\", \"p_1.raw\", \"p_2.raw\"]\n");
  }

  [[nodiscard]] static std::vector<float> values(std::size_t count) {
    std::vector<float> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(std::sin(static_cast<float>(i)));
    return all;
  }

  void write_step(int step, const std::vector<float>& all) const {
    write_text(folder_ / ("data/p_" + std::to_string(step) + ".raw"),
               {reinterpret_cast<const char*>(all.data()), all.size() * sizeof(float)});
  }

  /// Expects an exit code, one line of error, and nothing written to `out`; returns the line.
  [[nodiscard]] std::string refused(const std::string& arguments, int code) const {
    const Outcome outcome = folder_.stsr(arguments);
    EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.err;
    std::string line =
        outcome.err.substr(std::min(outcome.err.find("stsr: error: "), outcome.err.size()));
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << outcome.err;
    EXPECT_EQ(listing(folder_ / "out"), "") << arguments;
    return line;
  }

  void train_model() const {
    const Outcome outcome = folder_.stsr("train data -o model" + std::string(small_network));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }

  TestFolder folder_;
};

TEST_F(BadInput, TheDataSetIsFineAsItIs) {
  EXPECT_EQ(folder_.stsr("info data").code, 0);
  EXPECT_EQ(folder_.stsr("interpolate data --space 2 --format raw -o out").code, 0);
}

TEST_F(BadInput, MissingFiles) {
  EXPECT_THAT(refused("interpolate nowhere --space 2 -o out", 3), HasSubstr("nowhere"));
  fs::remove(folder_ / "data/p_1.raw");
  EXPECT_THAT(refused("interpolate data --space 2 -o out", 3), HasSubstr("p_1.raw"));
  EXPECT_THAT(refused("train data -o out", 3), HasSubstr("p_1.raw"));
}

TEST_F(BadInput, TruncatedAndOverlongRawFiles) {
  write_step(2, values(23));
  EXPECT_THAT(refused("train data -o out", 3),
              AllOf(HasSubstr("p_2.raw"), HasSubstr("96"), HasSubstr("92")));
  write_step(2, values(25));
  EXPECT_THAT(refused("train data -o out", 3),
              AllOf(HasSubstr("p_2.raw"), HasSubstr("96"), HasSubstr("100")));
}

TEST_F(BadInput, WrongAndOverflowingDimensions) {
  describe("dims = [4, 3, 3]");
  EXPECT_THAT(refused("train data -o out", 3), HasSubstr("p_0.raw"));
  describe("dims = [0, 3, 2]");
  EXPECT_THAT(refused("train data -o out", 3), HasSubstr("dims"));
  describe("dims = [4294967296, 4294967296, 4294967296]");
  EXPECT_THAT(refused("train data -o out", 3), HasSubstr("4294967296"));
}

TEST_F(BadInput, MappedFilesOfTheWrongSize) {
  fs::resize_file(folder_ / "data/p_1.raw", 92);
  EXPECT_THAT(refused("train data --memory 0 -o out", 3),
              AllOf(HasSubstr("p_1.raw"), HasSubstr("truncated")));
  EXPECT_THAT(refused("train data --memory lots -o out", 2), HasSubstr("8G"));
}

TEST_F(BadInput, UnknownKeysHaveTheirLine) {
  describe("dim = [4, 3, 2]");
  EXPECT_THAT(refused("train data -o out", 3),
              AllOf(HasSubstr("dataset.toml:4"), HasSubstr("'dims'")));
}

TEST_F(BadInput, ValuesThatAreAllMissing) {
  for (int step = 0; step < 3; ++step)
    write_step(step, std::vector<float>(24, std::numeric_limits<float>::quiet_NaN()));
  EXPECT_THAT(refused("train data -o out" + std::string(small_network), 2), HasSubstr("'p'"));
}

TEST_F(BadInput, AConstantVariableComesBack) {
  for (int step = 0; step < 3; ++step) write_step(step, std::vector<float>(24, 2.5F));
  train_model();
  ASSERT_EQ(folder_.stsr("upscale model --format raw -o out").code, 0);
  const std::string bytes = text_of(folder_ / "out/p_0000.raw");
  ASSERT_EQ(bytes.size(), 96U);
  float first = 0.0F;
  std::copy_n(bytes.data(), sizeof first, reinterpret_cast<char*>(&first));
  EXPECT_EQ(first, 2.5F);
}

TEST_F(BadInput, UnknownVariables) {
  EXPECT_THAT(refused("train data --variables q -o out", 2), HasSubstr("'q'"));
  EXPECT_THAT(refused("interpolate data --variables pp -o out", 2), HasSubstr("'p'"));
  train_model();
  EXPECT_THAT(refused("upscale model --variables pp -o out", 2), HasSubstr("'p'"));
  EXPECT_THAT(refused("upscale model --variables p,p -o out", 2), HasSubstr("twice"));
}

TEST_F(BadInput, FewerThanTwoKeptSteps) {
  EXPECT_THAT(refused("reduce data --time 2 -o out", 2),
              AllOf(HasSubstr("keeps 1 of the 3 steps"), HasSubstr("--time 1")));
}

TEST_F(BadInput, ScalesThatAreZeroOrNegative) {
  train_model();
  for (const char* command : {"upscale model", "interpolate data"}) {
    EXPECT_THAT(refused(std::string(command) + " --space 0 -o out", 2), HasSubstr("0"));
    EXPECT_THAT(refused(std::string(command) + " --space -1 -o out", 2), HasSubstr("-1"));
    EXPECT_THAT(refused(std::string(command) + " --time -1 -o out", 2), HasSubstr("-1"));
    EXPECT_THAT(refused(std::string(command) + " --times 2,1 -o out", 2), HasSubstr("increas"));
    EXPECT_THAT(refused(std::string(command) + " --space 2 --dims 2,2,2 -o out", 2),
                HasSubstr("stsr: error"));
  }
}

TEST_F(BadInput, BrokenModels) {
  train_model();
  const std::string model = text_of(folder_ / "model");
  const auto with = [&](const std::string& bytes) {
    write_text(folder_ / "broken", bytes);
    return refused("upscale broken -o out", 3);
  };
  EXPECT_THAT(with(""), HasSubstr("broken"));
  EXPECT_THAT(with(model.substr(0, 5)), HasSubstr("broken"));
  EXPECT_THAT(with(model.substr(0, model.size() / 2)), HasSubstr("broken"));
  EXPECT_THAT(with(model + "x"), HasSubstr("broken"));
  EXPECT_THAT(with(std::string(8, '\xff') + model.substr(8)), HasSubstr("broken"));

  std::string newer = model;
  const std::size_t version = newer.find("\"version\":\"1\"");
  ASSERT_NE(version, std::string::npos);
  newer[version + 11] = '9';
  EXPECT_THAT(with(newer), HasSubstr("newer"));

  std::string reshaped = model;  // the first digit of a shape
  const std::size_t shape = reshaped.find("\"shape\":[");
  ASSERT_NE(shape, std::string::npos);
  reshaped[shape + 9] = reshaped[shape + 9] == '7' ? '6' : '7';
  EXPECT_THAT(with(reshaped), HasSubstr("broken"));
  EXPECT_THAT(refused("upscale data/p_0.raw -o out", 3), HasSubstr("p_0.raw"));
}

TEST_F(BadInput, OutputThatCannotBeWritten) {
  write_text(folder_ / "file", "");
  EXPECT_THAT(refused("interpolate data --space 2 -o file/inside", 3), HasSubstr("file"));
  EXPECT_THAT(refused("interpolate data --space 2 -o data", 2), HasSubstr("another folder"));
  EXPECT_THAT(refused("train data -o missing/model" + std::string(small_network), 3),
              HasSubstr("missing"));
  EXPECT_FALSE(fs::exists(folder_ / "missing"));
}

TEST_F(BadInput, AFullDiskLeavesNoDataSet) {
  const Outcome outcome =
      stsr("interpolate data --dims 40,40,40 --format raw -o out", {folder_.path(), 20000});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("stsr: error: "));
  EXPECT_EQ(listing(folder_ / "out"), "");
}

}  // namespace
}  // namespace stsr

// Inputs as shells and simulations leave them: many names for one series, times beyond the data,
// numbers in small files that ask for much memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "program.h"
#include "stsr/io/formats.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

const std::string small = " --epochs 1 --threads 1 --set network.width=16 -o m";

nlohmann::json info_of(const TestFolder& folder, const std::string& path) {
  const Outcome outcome = folder.stsr("info " + path + " --json");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out, nullptr, false);
}

TEST(Inputs, FilesOfOneStepAreATimeSeries) {
  if (!format_named("vti").missing_module().empty()) GTEST_SKIP() << "needs VTK";
  const TestFolder folder;
  ASSERT_EQ(folder.stsr("generate hill --dims 8,8,8 --steps 11 --format vti -q -o made").code, 0);
  std::string all;
  for (int step = 0; step < 11; ++step) {  // no .pvd, and numbers that are not padded
    const std::string name = "p_" + std::to_string(step) + ".vti";
    fs::copy_file(folder / ("made/volumes_00" + std::to_string(step / 10) +
                            std::to_string(step % 10) + ".vti"),
                  folder / name);
    all += " " + name;
  }
  const Outcome outcome = folder.stsr("train" + all + small);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("11 time steps of one series"), HasSubstr(".pvd")));
  const nlohmann::json model = info_of(folder, "m");
  ASSERT_EQ(model["variables"].size(), 1U);
  EXPECT_EQ(model["variables"][0]["times"].size(), 11U);
  EXPECT_EQ(info_of(folder, "p_*.vti")["variables"][0]["times"].size(), 11U);
  // The same values in the same order as the series that was copied.
  EXPECT_EQ(folder.stsr("evaluate --truth p_*.vti --result p_*.vti -q").code, 0);

  const Outcome some = folder.stsr("train p_0.vti p_1.vti p_2.vti" + small);
  EXPECT_EQ(some.code, 3);
  EXPECT_THAT(some.err, HasSubstr("not all that 'p_*.vti' finds"));
  EXPECT_THAT(folder.stsr("reduce p_0.vti p_1.vti -o r").err, HasSubstr("quote a pattern"));
  EXPECT_THAT(folder.stsr("info q_*.vti").err, HasSubstr("q_*.vti: no file fits"));
}

TEST(Inputs, TimesOutsideTheDataNeedAWord) {
  const TestFolder folder;
  ASSERT_EQ(folder.stsr("generate hill --dims 8,8,8 --steps 5 --format raw -q -o data").code, 0);
  ASSERT_EQ(folder.stsr("train data" + small).code, 0);
  const double last = info_of(folder, "data")["variables"][0]["times"].back();
  const std::string beyond = std::to_string(last + 1000.0);
  for (const std::string command : {"upscale m", "interpolate data"}) {
    const Outcome outcome = folder.stsr(command + " --times " + beyond + " --format raw -o out");
    EXPECT_EQ(outcome.code, 2) << command;
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("lies outside the times of 'speed'"), HasSubstr("--extrapolate")));
    EXPECT_EQ(
        folder.stsr(command + " --times " + beyond + " --extrapolate --format raw -q -o out").code,
        0)
        << command;
    EXPECT_EQ(
        folder.stsr(command + " --times 0:" + std::to_string(last) + ":3 --format raw -q -o out")
            .code,
        0)
        << command;
  }
}

TEST(Inputs, NumbersInSmallFilesTakeNoMemory) {
  const TestFolder folder;
  write_text(folder / "x_0.raw", std::string(32, '\0'));
  const auto refused = [&](const std::string& keys, const std::string& words) {
    write_text(folder / "d.toml", "stsr_dataset = 1\ndims = [2, 2, 2]\n" + keys);
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = folder.stsr("info d.toml");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << keys;
    EXPECT_EQ(outcome.code, 3) << keys;
    EXPECT_THAT(outcome.err, HasSubstr(words)) << keys;
  };
  const std::string many = "[[variable]]\nname = \"a\"\nfiles = \"x_%d.raw\"\n";
  refused("times = { count = 100000000 }\n" + many, "'count' must be from 1 to 1048576");
  refused("times = { count = 1000000 }\n" + many,
          "x_999999.raw: is missing; there must be 1000000");
  refused("reduction = { dims = [2, 2, 2], times = { count = 100000000 } }\n" + many,
          "'count' must be from 1 to 1048576");
  refused("reduction = { dims = [2, 2, 2], times = { count = 1000000 } }\n" + many,
          "gives 1000000 steps, and there are 1");
  refused("reduction = { dims = [2, 2, 2], time = 999, times = { count = 1000000 } }\n" + many,
          "gives 1000 steps, and there are 1");
  fs::create_directories(folder / "out");
  write_text(folder / "out/dataset.unfinished",
             "stsr_unfinished = 1\n[[series]]\nfiles = \"v_%d.raw\"\ncount = 16000000\n");
  ASSERT_EQ(folder.stsr("generate hill --dims 4,4,4 --steps 2 --format raw -q -o out").code, 0);
}

TEST(Inputs, TextsThatAreNotUtf8AreNamed) {
  const TestFolder folder;
  write_text(folder / "d.toml", "stsr_dataset = 1\n# caf\xe9\n");
  const Outcome data = folder.stsr("info d.toml");
  EXPECT_EQ(data.code, 3);
  EXPECT_THAT(data.err, HasSubstr("d.toml:2: is not UTF-8 text; save it as UTF-8"));
  write_text(folder / "c.toml", "[training]\n# \xff\n");
  EXPECT_THAT(folder.stsr("config --config c.toml").err, HasSubstr("c.toml:2: is not UTF-8 text"));
}

/// Small variations of large values through the whole pipeline, in the data's own numbers.
TEST(Inputs, SmallVariationsSurviveThePipeline) {
  const TestFolder folder;
  fs::create_directories(folder / "data");
  std::vector<double> values(8 * 8 * 8);
  const auto value = [](std::size_t i, int step) {
    return 1e6 + 1e-3 * std::sin(0.05 * static_cast<double>(i) + step);
  };
  for (int step = 0; step < 3; ++step) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = value(i, step);
    write_text(folder / ("data/p_" + std::to_string(step) + ".raw"),
               {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)});
  }
  write_text(folder / "data/dataset.toml",
             "stsr_dataset = 1\ntype = \"float64\"\ndims = [8, 8, 8]\n[[variable]]\nname = "
             "\"p\"\nfiles = \"p_%d.raw\"\n");
  const auto done = [&](const std::string& arguments) {
    const Outcome outcome = folder.stsr(arguments);
    EXPECT_EQ(outcome.code, 0) << arguments << "\n" << outcome.err;
    return outcome.err;
  };
  done("train data" + small);
  for (const std::string command : {"upscale m", "interpolate data", "reduce data"}) {
    done(command + " --type float64 --format raw -q -o out");
    const std::string text = text_of(folder / "out/p_0001.raw");
    ASSERT_EQ(text.size(), values.size() * sizeof(double)) << command;
    for (const std::size_t i : {0U, 100U, 511U}) {
      double written = 0.0;
      std::memcpy(&written, text.data() + i * sizeof(double), sizeof(double));
      EXPECT_NEAR(written, value(i, 1), 1e-8) << command;  // a hundred-thousandth of the variation
    }
    EXPECT_THAT(done(command + " --format raw -o narrow"), HasSubstr("--type float64")) << command;
  }
  const nlohmann::json info = nlohmann::json::parse(folder.stsr("info data --values --json").out);
  EXPECT_NEAR(info["variables"][0]["range"][1].get<double>(), 1e6 + 1e-3, 1e-8);
  done("evaluate --truth data --result out -q --json s.json");
  const nlohmann::json scores = nlohmann::json::parse(text_of(folder / "s.json"));
  EXPECT_EQ(scores["variables"]["p"]["psnr_db"]["all"],
            "inf");  // to the last bit of what float32 holds
}

}  // namespace
}  // namespace stsr

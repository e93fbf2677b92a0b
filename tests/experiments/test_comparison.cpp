#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/test_folder.h"
#include "metrics/made_up_weights.h"
#include "stsr/experiments/comparison.h"
#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/io/safetensors.h"

namespace stsr {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace fs = std::filesystem;

/// Keeps what it is told; asks to stop when a piece of work begins whose label holds `stop_at`.
class RecordingObserver final : public ComparisonObserver {
 public:
  [[nodiscard]] std::unique_ptr<Progress> progress(const std::string& label,
                                                   std::optional<double>) override {
    labels.push_back(label);
    class Stopper final : public Progress {
     public:
      explicit Stopper(bool stop) : stop_(stop) {}
      void report(std::size_t, std::size_t, std::string_view, std::string_view) override {}
      [[nodiscard]] bool stop_requested() const override { return stop_; }

     private:
      bool stop_;
    };
    const bool stop = !stop_at.empty() && label.find(stop_at) != std::string::npos;
    return std::make_unique<Stopper>(stop);
  }
  void note(const std::string& line) override { notes.push_back(line); }

  std::string stop_at;
  std::vector<std::string> labels;
  std::vector<std::string> notes;
};

const std::string small_network =
    "set = ['network.width=16', 'network.latent_length=8', 'training.batch_rows=64', "
    "'training.noise_group=8']\nepochs = 3\n";

const std::string tiny =
    "title = 'A <tiny> comparison'\n"
    "[[data]]\nname = 'h'\nfield = 'hill'\nvariables = ['speed', 'w']\ndims = [12, 12, 12]\n"
    "steps = 5\nspace = [2, 2, 2]\ntime = 1\n"
    "[[method]]\nname = 'TL'\nkind = 'interpolation'\n"
    "[[method]]\nname = 'net'\n" +
    small_network +
    "[[isosurface]]\nvariable = 'speed'\nisovalue = 0.0\nnormalised = true\n"
    "[[isosurface]]\nvariable = 'w'\nisovalue = 1e6\n";

class Comparison : public testing::Test {
 protected:
  ComparisonSummary run(const std::string& text) {
    ComparisonRequest request;
    request.config = read_comparison_config(folder_.write("c.toml", text));
    request.config_text = text;
    request.command = "stsr compare c.toml -o out";
    request.version = "test";
    request.folder = folder_ / "out";
    observer_.labels.clear();
    observer_.notes.clear();
    return run_comparison(request, observer_);
  }
  [[nodiscard]] nlohmann::json scores() const {
    return nlohmann::json::parse(read_all(folder_ / "out/scores.json"));
  }
  [[nodiscard]] std::string report() const { return read_all(folder_ / "out/report.html"); }

  TestFolder folder_;
  RecordingObserver observer_;
};

TEST_F(Comparison, TellsAllMetricsOfAllMethodsVariablesAndSteps) {
  const ComparisonSummary summary = run(tiny);
  EXPECT_EQ(summary.failed_methods, 0U);
  EXPECT_THAT(summary.table, HasSubstr("TL "));
  const auto json = scores();
  for (const char* method : {"TL", "net"}) {
    const auto& speed = json["methods"][method]["variables"]["speed"];
    EXPECT_EQ(speed["psnr"]["steps"].size(), 5U);
    EXPECT_GT(speed["psnr"]["all"].get<double>(), 5.0) << method;
    EXPECT_GT(speed["ssim"]["all"].get<double>(), 0.0) << method;
    EXPECT_GT(speed["chamfer"]["all"].get<double>(), 0.0) << method;
  }
  // Steps 0, 2, 4 were kept: the mean of all is that of the groups, weighted.
  const auto& psnr = json["methods"]["TL"]["variables"]["speed"]["psnr"];
  EXPECT_NEAR(psnr["all"].get<double>(),
              0.6 * psnr["kept"].get<double>() + 0.4 * psnr["between"].get<double>(), 1e-9);
  EXPECT_GT(json["methods"]["net"]["model_bytes"].get<std::size_t>(), 1000U);
  // 5 steps of 2 variables of 2 methods, and the header.
  const std::string csv = read_all(folder_ / "out/scores.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 21);
}

TEST_F(Comparison, AnEmptyIsosurfaceIsADash) {
  run(tiny);
  const nlohmann::json w = scores()["methods"]["TL"]["variables"]["w"];
  EXPECT_TRUE(w["chamfer"]["all"].is_null());
  EXPECT_THAT(w["chamfer"]["steps"], testing::Each(nlohmann::json(nullptr)));
}

TEST_F(Comparison, WhatShowsNothingIsSaidOnceBeforeTraining) {
  std::string text = tiny;
  for (const int step : {0, 3})
    text += fmt::format(
        "[[picture]]\nvariable = 'w'\nkind = 'isosurface'\nisovalue = 1e6\nstep = {}\n", step);
  folder_.write("clear.toml",
                "stsr_transfer_function = 1\nover = 'values'\ncolours = [0, 0, 0, 0, 1, 1, 1, 1]\n"
                "opacities = [100, 0, 200, 1]\n");
  text +=
      "[[picture]]\nvariable = 'speed'\ntransfer_function = 'clear.toml'\n[pictures]\nsize = 64\n";
  observer_.stop_at = "net: training";
  EXPECT_THROW(run(text), Interrupted);
  ASSERT_EQ(observer_.notes.size(), 2U);
  // Hill's vortex in a box: the truth says how large its values are.
  const auto truth = open_dataset(folder_ / "out/data/truth/h");
  std::vector<float> w;
  for (std::size_t step = 0; step < 5; ++step) {
    const auto values = truth->read(find_variable(truth->variables(), "w"), step);
    w.insert(w.end(), values.begin(), values.end());
  }
  const auto [low, high] = std::minmax_element(w.begin(), w.end());
  EXPECT_EQ(observer_.notes[0],
            fmt::format("'w' has no surface at 1000000 ([[isosurface]], [[picture]]): its values "
                        "there go from {:.6g} to {:.6g}",
                        *low, *high));
  EXPECT_THAT(observer_.notes[1], HasSubstr("'speed' is all transparent with '"));
  EXPECT_THAT(observer_.notes[1],
              HasSubstr("clear.toml' ([[picture]]): its values there go from "));

  observer_.stop_at.clear();
  run(text);
  EXPECT_EQ(observer_.notes.size(), vtk_available() ? 2U : 3U) << observer_.notes.back();
  EXPECT_EQ(scores()["remarks"].size(), observer_.notes.size());
}

TEST_F(Comparison, TheReportHoldsEverything) {
  run(tiny);
  const std::string text = report();
  EXPECT_THAT(text, HasSubstr("A &lt;tiny&gt; comparison"));
  EXPECT_THAT(text, HasSubstr("<svg"));
  EXPECT_THAT(text, HasSubstr("stsr compare c.toml -o out"));
  EXPECT_THAT(text, HasSubstr("stsr train "));
  EXPECT_THAT(text, HasSubstr("network.width=16"));
  EXPECT_THAT(text, Not(HasSubstr("src=\"http")));
  EXPECT_THAT(text, Not(HasSubstr("<link")));
}

TEST_F(Comparison, ASecondRunDoesNothingAgain) {
  run(tiny);
  const std::string first = read_all(folder_ / "out/scores.json");
  const auto written = fs::last_write_time(folder_ / "out/methods/net/model.stsr");
  run(tiny);
  EXPECT_THAT(observer_.labels, Not(Contains(HasSubstr("training"))));
  EXPECT_THAT(observer_.labels, Not(Contains(HasSubstr("writing"))));
  EXPECT_THAT(observer_.labels, Not(Contains(HasSubstr("measuring"))));
  EXPECT_EQ(fs::last_write_time(folder_ / "out/methods/net/model.stsr"), written);
  EXPECT_EQ(read_all(folder_ / "out/scores.json"), first);
}

TEST_F(Comparison, ANetworkWithoutAStepHasNoLossAndIsFoundAgain) {
  std::string untrained = tiny;
  untrained.replace(untrained.find("epochs = 3"), 10, "epochs = 0");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run(untrained).failed_methods, 0U);
    EXPECT_TRUE(scores()["methods"]["net"]["loss"].is_null());
  }
  EXPECT_THAT(observer_.labels, Not(Contains(HasSubstr("training"))));
}

TEST_F(Comparison, AnInterruptedRunResumesToTheSameScores) {
  run(tiny);
  const nlohmann::json whole = scores();
  fs::remove_all(folder_ / "out");
  for (const char* place : {"generating", "net: training", "net: writing h", "measuring w"}) {
    observer_.stop_at = place;
    EXPECT_THROW(run(tiny), Interrupted) << place;
    EXPECT_FALSE(fs::exists(folder_ / "out/report.html")) << place;
  }
  observer_.stop_at.clear();
  run(tiny);
  for (const char* method : {"TL", "net"})
    EXPECT_EQ(scores()["methods"][method]["variables"], whole["methods"][method]["variables"]);
}

TEST_F(Comparison, OnlyWhatChangedIsDoneAgain) {
  run(tiny);
  std::string changed = tiny;
  changed.replace(changed.find("width=16"), 8, "width=20");
  run(changed);
  EXPECT_THAT(observer_.labels, Contains("net: training"));
  EXPECT_THAT(observer_.labels, Not(Contains(HasSubstr("TL"))));
}

TEST_F(Comparison, AMethodThatFailsIsReportedAndTheOthersContinue) {
  const ComparisonSummary summary = run(
      tiny + "[[method]]\nname = 'bad'\nset = ['network.width=5']\n[[method]]\nname = 'last'\n" +
      small_network);
  EXPECT_EQ(summary.failed_methods, 1U);
  EXPECT_THAT(observer_.notes, ElementsAre(HasSubstr("no surface"), HasSubstr("bad failed: ")));
  EXPECT_THAT(report(), HasSubstr("<b>bad</b> failed: "));
  EXPECT_THAT(report(), HasSubstr("<td>bad</td><td>–</td>"));
  EXPECT_FALSE(scores()["methods"]["bad"]["error"].get<std::string>().empty());
  EXPECT_TRUE(scores()["methods"]["last"]["variables"].contains("speed"));
}

TEST_F(Comparison, SeparateTrainingGivesEachVariableItsModel) {
  run(tiny + "[[method]]\nname = 'alone'\nseparate = true\n" + small_network);
  EXPECT_TRUE(fs::exists(folder_ / "out/methods/alone/speed.stsr"));
  EXPECT_TRUE(fs::exists(folder_ / "out/methods/alone/w.stsr"));
  EXPECT_TRUE(scores()["methods"]["alone"]["variables"].contains("w"));
}

TEST_F(Comparison, VariablesThatAMethodLeavesOutGetADash) {
  run(tiny + "[[method]]\nname = 'half'\nvariables = ['w']\n" + small_network);
  EXPECT_FALSE(scores()["methods"]["half"]["variables"].contains("speed"));
  EXPECT_TRUE(scores()["methods"]["half"]["variables"].contains("w"));
}

// Positions 0, 1/1.75, ... of a field known in closed form: scored although no method saw them.
TEST_F(Comparison, FinerThanTheDataIsMeasuredAgainstTheFormula) {
  run("[[data]]\nfield = 'hill'\ndims = [12, 12, 12]\nsteps = 5\noutput_space = [1.75, 1.75, "
      "1.75]\n"
      "output_steps = 11\n[[method]]\nname = 'TL'\nkind = 'interpolation'\n");
  const nlohmann::json psnr = scores()["methods"]["TL"]["variables"]["speed"]["psnr"];
  EXPECT_EQ(psnr["steps"].size(), 11U);
  EXPECT_GT(psnr["all"].get<double>(), 25.0);
  const auto written = open_dataset(folder_ / "out/methods/TL/volumes/data");
  EXPECT_EQ(written->variables()[0].grid.dims, (Dims{21, 21, 21}));
}

TEST_F(Comparison, DataSetsOfDifferentSizesTrainTogether) {
  run("[[data]]\nname = 'a'\nfield = 'hill'\ndims = [12, 12, 12]\nsteps = 5\nspace = [2, 2, 2]\n"
      "time = 1\n[[data]]\nname = 'b'\nfield = 'tornado'\ndims = [9, 9, 10]\nsteps = 7\n"
      "space = [1, 2, 3]\ntime = 2\n[[method]]\nname = 'net'\n" +
      small_network);
  const nlohmann::json variables = scores()["methods"]["net"]["variables"];
  EXPECT_EQ(variables["a/speed"]["psnr"]["steps"].size(), 5U);
  EXPECT_EQ(variables["b/speed"]["psnr"]["steps"].size(), 7U);
}

TEST_F(Comparison, AMethodMayUseAnothersModelAndPassThroughTheSamples) {
  std::string text = tiny;
  text.insert(text.find("set = [") + 7, "'training.keep_samples=false', ");
  run(text + "[[method]]\nname = 'net through'\nmodel_of = 'net'\nthrough_samples = true\n");
  const auto methods = scores()["methods"];
  const auto& net = methods["net"];
  const auto& through = methods["net through"];
  EXPECT_EQ(through["loss"], net["loss"]);
  EXPECT_EQ(through["training_seconds"], net["training_seconds"]);
  EXPECT_GT(through["variables"]["speed"]["psnr"]["kept"].get<double>(),
            net["variables"]["speed"]["psnr"]["kept"].get<double>());
  ASSERT_EQ(through["commands"].size(), 1U);
  EXPECT_THAT(through["commands"][0].get<std::string>(), HasSubstr("/data/coarse/h -o DIR"));
  EXPECT_FALSE(fs::exists(folder_ / "out/methods/net_through/model.stsr"));
  // At a kept step, every sample that the methods saw comes back.
  const auto coarse = open_dataset(folder_ / "out/data/coarse/h");
  const auto fine = open_dataset(folder_ / "out/methods/net_through/volumes/h");
  const std::vector<float> seen = coarse->read(0, 1);
  const std::vector<float> written = fine->read(0, 2);
  const Dims n = coarse->variables()[0].grid.dims;
  const Dims big = fine->variables()[0].grid.dims;
  for (std::size_t z = 0; z < n.z; ++z)
    for (std::size_t y = 0; y < n.y; ++y)
      for (std::size_t x = 0; x < n.x; ++x)
        EXPECT_NEAR(written[(2 * z * big.y + 2 * y) * big.x + 2 * x], seen[(z * n.y + y) * n.x + x],
                    1e-5);
}

TEST_F(Comparison, VariablesWhoseNamesMakeOneFileNameAreKeptApart) {
  const std::string truth =
      "stsr_dataset = 1\nformat = \"raw\"\ndims = [5, 4, 3]\ntimes = [0, 1, 2]\n"
      "[[variable]]\nname = \"u x\"\nfiles = \"a%d.raw\"\n"
      "[[variable]]\nname = \"u_x\"\nfiles = \"b%d.raw\"\n";
  fs::create_directories(folder_ / "truth");
  folder_.write("truth/dataset.toml", truth);
  for (const char* name : {"a", "b"})
    for (int step = 0; step < 3; ++step) {
      std::vector<float> values(60);
      for (std::size_t i = 0; i < 60; ++i)
        values[i] = std::sin((name[0] == 'a' ? 0.1F : 1.3F) * static_cast<float>(i) +
                             static_cast<float>(step));
      folder_.write_values<float>(fmt::format("truth/{}{}.raw", name, step), values);
    }
  run("[[data]]\nname = 'd'\ntruth = 'truth'\nspace = [2, 1, 1]\ntime = 1\n"
      "[[method]]\nname = 'TL'\nkind = 'interpolation'\n");
  const auto tl = scores()["methods"]["TL"]["variables"];
  EXPECT_NE(tl["u x"]["psnr"]["all"], tl["u_x"]["psnr"]["all"]);
}

TEST_F(Comparison, AChangedTruthIsMeasuredAnew) {
  run(tiny);
  const std::string with_both =
      "[[data]]\nname = 'h'\ntruth = 'mine'\ncoarse = 'out/data/coarse/h'\n"
      "[[method]]\nname = 'TL'\nkind = 'interpolation'\n";
  fs::copy(folder_ / "out/data/truth/h", folder_ / "mine", fs::copy_options::recursive);
  fs::copy(folder_ / "out", folder_ / "first", fs::copy_options::recursive);
  fs::remove_all(folder_ / "out");
  std::string second = with_both;
  second.replace(second.find("'out/"), 5, "'first/");
  run(second);
  const auto before = scores()["methods"]["TL"]["variables"]["speed"]["psnr"]["steps"];
  std::string values = read_all(folder_ / "mine/speed_0001.raw");
  values[3] = static_cast<char>(values[3] ^ 1);  // an exponent
  folder_.write("mine/speed_0001.raw", values);
  run(second);
  const auto after = scores()["methods"]["TL"]["variables"]["speed"]["psnr"]["steps"];
  EXPECT_EQ(before[0], after[0]);
  EXPECT_NE(before[1], after[1]);
}

TEST_F(Comparison, WhatCannotBeDrawnIsARemarkAndTheTablesAreThere) {
  const ComparisonSummary summary =
      run("[[data]]\nname = 'flat'\nfield = 'hill'\ndims = [8, 8, 1]\nsteps = 3\ntime = 1\n"
          "[[method]]\nname = 'TL'\nkind = 'interpolation'\n[[picture]]\nvariable = 'speed'\n");
  EXPECT_EQ(summary.failed_methods, 0U);
  EXPECT_THAT(report(),
              HasSubstr(vtk_available() ? "could not be drawn" : "There are no pictures: "));
}

TEST_F(Comparison, BadInputIsOneLine) {
  const auto failure = [&](const std::string& text) {
    return message_of<Error>([&] { run(text); });
  };
  EXPECT_THAT(failure("[[data]]\ntruth = 'nowhere'\n[[method]]\nname='TL'\nkind='interpolation'\n"),
              HasSubstr("nowhere"));
  EXPECT_THAT(failure(tiny + "[[isosurface]]\nvariable = 'sped'\n"),
              HasSubstr("[[isosurface]]: there is no variable 'sped'; did you mean 'speed'?"));
  EXPECT_THAT(failure(tiny + "[[method]]\nname = 'x'\nvariables = ['q']\n"),
              HasSubstr("[[method]] 'x': there is no variable 'q'; did you mean 'w'?"));
  EXPECT_THAT(failure(tiny + "[[picture]]\nvariable = 'w'\nstep = 5\n"),
              HasSubstr("step must be below 5, got 5"));
}

const std::string pictures =
    "[pictures]\nsize = 64\n[[picture]]\nvariable = 'speed'\nstep = 1\nbox = [0.2, 0.2, 0.3, 0.3]\n"
    "[[picture]]\nvariable = 'speed'\nkind = 'isosurface'\nisovalue = 0.5\n"
    "[[blend]]\nfrom = 'speed'\nto = 'w'\ncount = 3\n";

TEST_F(Comparison, PicturesAreDrawnAndScored) {
  run(tiny + pictures);
  if (!vtk_available()) {
    EXPECT_THAT(report(), HasSubstr("There are no pictures: "));
    return;
  }
  EXPECT_EQ(scores()["pictures"].size(), 4U);  // 2 pictures of 2 methods
  for (const auto& score : scores()["pictures"]) {
    EXPECT_GE(score["cieluv_mean"].get<double>(), 0.0);
    EXPECT_LE(score["ssim"].get<double>(), 1.0);
    EXPECT_TRUE(score["lpips"].is_null());
  }
  EXPECT_GT(fs::file_size(folder_ / "out/pictures/01-speed-volume.png"), 500U);
  EXPECT_GT(fs::file_size(folder_ / "out/pictures/blend-01-speed-w.png"), 500U);
  const std::string text = report();
  EXPECT_THAT(text, HasSubstr("data:image/png;base64,"));
}

TEST_F(Comparison, AModelIsBlendedOnceWhoeverUsesIt) {
  run(tiny + "[[method]]\nname = 'net through'\nmodel_of = 'net'\nthrough_samples = true\n" +
      pictures);
  EXPECT_THAT(report(), Not(HasSubstr("could not be drawn")));
  EXPECT_EQ(fs::exists(folder_ / "out/pictures/blend-01-speed-w.png"), vtk_available());
}

TEST_F(Comparison, MissingWeightsOfLpipsAreARemarkAndNothingElseStops) {
  const ComparisonSummary summary =
      run(tiny + pictures + "[metrics]\nlpips_weights = 'nowhere.st'\n");
  EXPECT_EQ(summary.failed_methods, 0U);
  if (!vtk_available()) return;
  EXPECT_THAT(report(), HasSubstr("LPIPS was not measured: "));
  EXPECT_THAT(report(), HasSubstr("nowhere.st"));
  EXPECT_EQ(scores()["remarks"].size(), 2U);  // and one of the surface that is not there
}

TEST_F(Comparison, LpipsIsMeasuredAtEveryTimeStep) {
  if (!vtk_available()) GTEST_SKIP() << "built without VTK";
  TensorFile file;
  const LpipsWeights weights = made_up_weights();
  const auto add = [&](const std::string& name, const std::vector<float>& values,
                       std::vector<std::size_t> shape) {
    const auto bytes = std::as_bytes(std::span(values));
    file.tensors[name] = {TensorType::f32, std::move(shape), {bytes.begin(), bytes.end()}};
  };
  for (std::size_t n = 0; n < alexnet.size(); ++n) {
    const ImageConvolution& c = alexnet[n];
    const std::string number = std::to_string(n + 1);
    add("conv" + number + ".weight", weights.layers[n].weights,
        {c.outputs, c.inputs, c.window, c.window});
    add("conv" + number + ".bias", weights.layers[n].bias, {c.outputs});
    add("lin" + number + ".weight", weights.layers[n].linear, {c.outputs});
  }
  write_safetensors(folder_ / "weights.st", file);
  run(tiny + pictures + "[metrics]\nlpips_weights = 'weights.st'\n");
  const nlohmann::json lpips = scores()["methods"]["TL"]["variables"]["speed"]["lpips"];
  EXPECT_EQ(lpips["steps"].size(), 5U);
  EXPECT_GT(lpips["all"].get<double>(), 0.0);
  EXPECT_THAT(report(), HasSubstr("LPIPS"));
}

TEST_F(Comparison, ATruthThatDoesNotFitIsReportedInOneLine) {
  run(tiny);
  fs::rename(folder_ / "out", folder_ / "first");
  const std::string coarse = "coarse = 'first/data/coarse/h'\nvariables = ['speed']\n";
  const std::string method = "[[method]]\nname = 'TL'\nkind = 'interpolation'\n";
  // The coarse data as their own truth, written at twice the resolution: nothing to score.
  run("[[data]]\n" + coarse + "output_space = [2.0, 2.0, 2.0]\n" + method);
  EXPECT_TRUE(scores()["methods"]["TL"]["variables"]["speed"].empty());
  // A truth without the variable.
  EXPECT_THAT(message_of<Error>([&] {
                run("[[data]]\ntruth = 'first/data/truth/h'\nvariables = ['q']\n" + method);
              }),
              HasSubstr("'q'"));
}

TEST_F(Comparison, AFactorThatStnetCannotDoIsReportedInItsRow) {
  std::string text = tiny + "[[method]]\nname = 'STNet'\nkind = 'stnet'\nepochs = 1\n";
  text.replace(text.find("[2, 2, 2]"), 9, "[3, 3, 3]");
  const ComparisonSummary summary = run(text);
  EXPECT_EQ(summary.failed_methods, 1U);
  EXPECT_THAT(report(), HasSubstr("<b>STNet</b> failed: "));
  EXPECT_THAT(report(), HasSubstr("u_s must be 1, 2, 4"));
  EXPECT_TRUE(scores()["methods"]["net"]["variables"].contains("speed"));
}

TEST_F(Comparison, AFolderWithOtherFilesIsLeftAlone) {
  folder_.write("out/thesis.txt", "do not delete");
  EXPECT_THAT(message_of<FileError>([&] { run(tiny); }), HasSubstr("not of a comparison"));
  EXPECT_EQ(read_all(folder_ / "out/thesis.txt"), "do not delete");
}

TEST_F(Comparison, TruthAndCoarseDataMayBothBeGiven) {
  run(tiny);  // makes data on disk
  const std::string text =
      "[[data]]\nname = 'h'\ntruth = 'out/data/truth/h'\ncoarse = 'out/data/coarse/h'\n"
      "[[method]]\nname = 'TL'\nkind = 'interpolation'\n";
  fs::rename(folder_ / "out", folder_ / "first");
  std::string moved = text;
  for (std::size_t at = 0; (at = moved.find("out/", at)) != std::string::npos;)
    moved.replace(at, 4, "first/");
  run(moved);
  EXPECT_EQ(scores()["methods"]["TL"]["error"], "");
  EXPECT_GT(scores()["methods"]["TL"]["variables"]["speed"]["psnr"]["all"].get<double>(), 15.0);
}

}  // namespace
}  // namespace stsr

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "program.h"
#include "stsr/inference/model_field.h"
#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"

namespace stsr {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* small_network =
    " --set network.width=16 --set network.latent_length=8 --set network.residual_blocks=1";

/// Runs a command that must succeed.
std::string done(const TestFolder& folder, const std::string& arguments) {
  const Outcome outcome = folder.stsr(arguments);
  EXPECT_EQ(outcome.code, 0) << arguments << "\n" << outcome.err;
  return outcome.out;
}

json info(const TestFolder& folder, const std::string& path) {
  return json::parse(done(folder, "info " + path + " --json"));
}

TEST(Pipeline, CoarseVolumesInFineVolumesOut) {
  const TestFolder folder;
  for (const std::string format : {"raw", "vti"}) {
    if (format == "vti" && !vtk_available()) continue;
    const std::string truth = "truth-" + format;
    const std::string coarse = "coarse-" + format;
    done(folder, "generate tornado --dims 9,8,7 --steps 8 --variables speed,w -o " + truth +
                     " --format " + format);
    done(folder, "reduce " + truth + " --space 2 --time 2 -o " + coarse + " --format " + format);
    done(folder, "train " + coarse + " --epochs 3 --seed 5 -o model" + small_network);
    done(folder, "upscale model -o fine --format " + format);
    done(folder, "interpolate " + coarse + " -o tl --format " + format);

    const json expected = info(folder, truth)["variables"];
    for (const char* result : {"fine", "tl"}) {
      const json found = info(folder, result)["variables"];
      ASSERT_EQ(found.size(), 2U);
      for (std::size_t i = 0; i < 2; ++i)
        for (const char* key : {"name", "dims", "times"})
          EXPECT_EQ(found[i][key], expected[i][key]) << result << " " << key;
    }

    done(folder, "evaluate --truth " + truth + " --result tl --kept-from " + coarse +
                     " --json psnr.json --csv psnr.csv");
    const json score = json::parse(text_of(folder / "psnr.json"));
    for (const char* variable : {"speed", "w"}) {
      for (const char* scale : {"psnr_db", "psnr_db_normalised"}) {
        const json& psnr = score["variables"][variable][scale];
        EXPECT_EQ(psnr["steps"].size(), 8U);
        for (const char* group : {"all", "kept", "between", "extrapolated"})
          EXPECT_TRUE(psnr[group].is_number()) << variable << " " << group;
      }
      EXPECT_EQ(score["variables"][variable]["groups"],
                json({"kept", "between", "between", "kept", "between", "between", "kept",
                      "extrapolated"}));
    }
    EXPECT_THAT(text_of(folder / "psnr.csv"), HasSubstr("\nspeed,0,0,kept,"));
    std::filesystem::remove(folder / "model");
  }
}

TEST(Pipeline, OutputInterpolatesTheSamplesOfSeveralDataSets) {
  const TestFolder folder;
  for (const char* name : {"one", "two"}) {
    done(folder,
         fmt::format("generate {} --dims 9,9,7 --steps 5 --variables speed --format raw -o {}",
                     name[0] == 'o' ? "tornado" : "hill", name));
    done(folder, fmt::format("reduce {0} --space 2 --time 1 --format raw -o coarse/{0}", name));
  }
  done(folder, std::string("train coarse/one coarse/two --epochs 1 -o model") + small_network);
  const std::string through = "upscale model --through coarse/one --through coarse/two ";
  done(folder, through + "--space 1 --time 0 --format raw -o same");  // the coarse samples
  for (const char* name : {"one", "two"}) {
    const auto seen = open_dataset(folder / "coarse" / name)->read(0, 1);
    const auto written = open_dataset(folder / "same");
    const auto values =
        written->read(find_variable(written->variables(), fmt::format("{}_speed", name)), 1);
    ASSERT_EQ(values.size(), seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_NEAR(values[i], seen[i], 1e-5) << i;
  }
  // Stopped runs resume only through the same samples.
  done(folder, through + "--format raw -o fine");
  EXPECT_NE(folder.stsr("upscale model --through coarse/one --format raw -o out").code, 0);
  const Outcome other = folder.stsr(
      "upscale model --through one --through two --variables one_speed --format raw -o out");
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("one: variable 'speed' and what the model was trained on differ "
                                   "in dimensions, 9 x 9 x 7 and 5 x 5 x 4"));
  EXPECT_THAT(folder.stsr(through + "--format raw -o coarse/one").err, HasSubstr("coarse/one"));
  // Another run on the same grid and times.
  std::filesystem::create_directories(folder / "another");
  done(folder,
       "generate ethier-steinman --dims 9,9,7 --steps 5 --variables speed --format raw -o x");
  done(folder, "reduce x --space 2 --time 1 --format raw -o another/one");
  const auto copy_grid = [&](const std::string& file) {
    std::filesystem::copy_file(folder / "coarse/one" / file, folder / "another/one" / file,
                               std::filesystem::copy_options::overwrite_existing);
  };
  copy_grid("dataset.toml");
  const Outcome another =
      folder.stsr("upscale model --through another/one --through coarse/two --format raw -o out");
  EXPECT_EQ(another.code, 2);
  EXPECT_THAT(another.err, HasSubstr("another/one: variable 'speed' holds other values"));
  EXPECT_THAT(another.err, HasSubstr("those that model was trained on"));
}

TEST(Pipeline, SeveralResultsStandSideBySide) {
  const TestFolder folder;
  done(folder, "generate tornado --dims 9,9,9 --steps 5 --format raw -o truth");
  done(folder, "reduce truth --space 2 --time 1 --format raw -o coarse");
  done(folder, "interpolate coarse --format raw -o aligned");
  done(folder, "interpolate coarse --registration half-pixel --format raw -o resizer");
  const std::string table = done(folder,
                                 "evaluate --truth truth --result aligned --result resizer"
                                 " --kept-from coarse --json psnr.json");
  EXPECT_THAT(table, HasSubstr("aligned   resizer"));
  const json score = json::parse(text_of(folder / "psnr.json"))["results"];
  EXPECT_GT(score["aligned"]["variables"]["speed"]["psnr_db"]["kept"],
            score["resizer"]["variables"]["speed"]["psnr_db"]["kept"]);
}

TEST(Pipeline, ResultsAreScoredByTheMetricsAskedFor) {
  const TestFolder folder;
  done(folder, "generate tornado --dims 15,13,12 --steps 5 --format raw -o truth");
  done(folder, "reduce truth --space 2 --time 1 --format raw -o coarse");
  done(folder, "interpolate coarse --format raw -o tl");
  const std::string variable = info(folder, "truth")["variables"][0]["name"];
  const std::string table =
      done(folder,
           "evaluate --truth truth --result tl --kept-from coarse --metrics psnr,ssim,cd"
           " --isovalue 1e9 --isovalue " +
               variable + "=0.2 --variables " + variable + " --json scores.json");
  EXPECT_THAT(table, HasSubstr("CD (voxels)"));
  const json score = json::parse(text_of(folder / "scores.json"))["variables"][variable];
  EXPECT_EQ(score["cd_voxels"]["isovalue"], 0.2) << "the named value goes before that of all";
  for (const char* metric : {"psnr_db", "ssim", "cd_voxels"})
    EXPECT_TRUE(score[metric]["kept"].is_number()) << metric;

  const auto fails = [&](const std::string& options, const std::string& expected) {
    const Outcome outcome = folder.stsr("evaluate --truth truth --result tl " + options);
    EXPECT_EQ(outcome.code, 2) << options;
    EXPECT_THAT(outcome.err, HasSubstr(expected));
  };
  fails("--metrics sim", "--metrics: unknown name 'sim'; did you mean 'ssim'?");
  fails("--metrics cd", "needs an isovalue for variable '" + variable + "'");
  fails("--metrics cd --isovalue foo=1", "is given for 'foo', which is not scored");
  fails("--metrics cd --isovalue " + variable + "=high", "--isovalue must be a finite number");
  fails("--metrics cd --isovalue 1 --isovalue 2", "'2' is the second value for all variables");
  fails("--isovalue 1", "only the metric cd uses it");
  fails("--isovalue-scale step", "only the metric cd uses it");
  fails("--metrics cd --isovalue 1 --isovalue-scale stop", "did you mean 'step'?");
}

TEST(Pipeline, EqualNamesOfSeveralDataSetsGetAPrefix) {
  const TestFolder folder;
  done(folder,
       "generate ethier-steinman --dims 6,6,6 --steps 3 --parameter 0.1 --variables speed"
       " --format raw -o thin");
  done(folder,
       "generate ethier-steinman --dims 8,4,6 --steps 4 --parameter 0.5 --variables p,speed"
       " --format raw -o thick");
  done(folder, "train thin thick --epochs 1 -o model" + std::string(small_network));
  const json variables = info(folder, "model")["variables"];
  ASSERT_EQ(variables.size(), 3U);
  EXPECT_EQ(variables[0]["name"], "thin_speed");
  EXPECT_EQ(variables[1]["name"], "p");
  EXPECT_EQ(variables[2]["name"], "thick_speed");

  done(folder, "upscale model --format raw -o fine");
  done(folder, "evaluate --truth thick --result fine --json psnr.json");
  const json score = json::parse(text_of(folder / "psnr.json"))["variables"];
  EXPECT_TRUE(score["speed"]["psnr_db"]["all"].is_number()) << "matched as thick_speed";
}

TEST(Pipeline, OutputGridsFollowTheOptions) {
  const TestFolder folder;
  done(folder, "generate tornado --dims 9,9,9 --steps 5 --variables speed,w --format raw -o truth");
  done(folder, "reduce truth --space 2 --time 1 --format raw -o coarse");
  done(folder, "train coarse --epochs 0 -o model" + std::string(small_network));
  const auto grid_of = [&](const std::string& options) {
    done(folder, "upscale model --variables w --format raw -o out " + options);
    return info(folder, "out")["variables"][0];
  };
  EXPECT_EQ(grid_of("")["dims"], json({9, 9, 9}));
  EXPECT_EQ(grid_of("--space 1 --time 0")["dims"], json({5, 5, 5}));
  EXPECT_EQ(grid_of("--space 1 --time 0")["times"], json({0.0, 2.0, 4.0}));
  EXPECT_EQ(grid_of("--dims 7,8,3")["dims"], json({7, 8, 3}));
  EXPECT_EQ(grid_of("--times 0.5:1.5:3")["times"], json({0.5, 1.0, 1.5}));
  EXPECT_EQ(grid_of("--like truth")["dims"], json({9, 9, 9}));
  const json box = grid_of("--dims 3,3,3 --box 0.25,0.5,0,1,0.5,0.75");
  EXPECT_EQ(box["origin"], json({0.25, 0.0, 0.5}));
  EXPECT_EQ(box["spacing"], json({0.125, 0.5, 0.125}));
}

TEST(Pipeline, BlendsGoFromOneVariableToTheOther) {
  const TestFolder folder;
  done(folder, "generate tornado --dims 5,5,5 --steps 3 --variables speed,w --format raw -o truth");
  done(folder, "train truth --epochs 1 -o model" + std::string(small_network));
  done(folder, "upscale model --network-alone --format raw -o fine");
  done(folder, "blend model --from speed --to w --count 3 --format raw -o blends");
  EXPECT_EQ(info(folder, "blends")["variables"].size(), 3U);
  EXPECT_EQ(text_of(folder / "blends/speed_w_000_0001.raw"),
            text_of(folder / "fine/speed_0001.raw"));
  EXPECT_EQ(text_of(folder / "blends/speed_w_002_0001.raw"), text_of(folder / "fine/w_0001.raw"));
  done(folder, "blend model --mix speed=0.5,w=0.5 --name half --format raw -o mixture");
  EXPECT_EQ(text_of(folder / "mixture/half_0001.raw"),
            text_of(folder / "blends/speed_w_001_0001.raw"));
}

constexpr const char* small_coordnet =
    " --preset coordnet --set network.width=32 --set network.residual_blocks=1"
    " --set network.omega_stem=3 --set network.omega_residual=3 --set network.omega_head=3"
    " --set training.learning_rate=5e-3 --set training.batch_rows=128 --set training.noise_group=32"
    " --set training.schedule=cosine --set training.range=global";

TEST(Pipeline, ACoordNetLearnsAllVariablesOfAnAnalyticFlow) {
  const TestFolder folder;
  done(folder,
       "generate ethier-steinman --dims 9,9,9 --steps 9 --variables speed,p,helicity --format raw "
       "-o "
       "truth");
  done(folder, "reduce truth --space 2 --time 1 --format raw -o coarse");
  done(folder, "train coarse --epochs 150 -o model" + std::string(small_coordnet));
  done(folder, "upscale model --format raw -o fine");
  done(folder, "evaluate --truth truth --result fine --kept-from coarse --json psnr.json");
  const json score = json::parse(text_of(folder / "psnr.json"))["variables"];
  for (const char* variable : {"speed", "p", "helicity"})
    for (const char* group : {"kept", "between"})
      EXPECT_GT(score[variable]["psnr_db"][group].get<double>(), 32.0) << variable << " " << group;

  const json content = info(folder, "model");
  EXPECT_EQ(content["architecture"], "coordnet");
  EXPECT_EQ(content["heads"], 3);
  EXPECT_THAT(done(folder, "info model"), HasSubstr("CoordNet, 1 residual blocks of width 32"));
  // A variable that is written alone has the same values.
  done(folder, "upscale model --variables p --format raw -o alone");
  EXPECT_EQ(text_of(folder / "alone/p_0001.raw"), text_of(folder / "fine/p_0001.raw"));
}

TEST(Pipeline, ACoordNetRefusesWhatItDoesNotHave) {
  const TestFolder folder;
  done(folder, "generate tornado --dims 5,5,5 --steps 3 --variables speed,w --format raw -o truth");
  done(folder, "generate tornado --dims 5,5,4 --steps 3 --variables u --format raw -o other");
  const auto refusal = [&](const std::string& arguments) {
    const Outcome outcome = folder.stsr(arguments);
    EXPECT_EQ(outcome.code, 2) << arguments;
    return outcome.err;
  };
  const std::string train = "train truth -o model --epochs 0" + std::string(small_coordnet);
  EXPECT_THAT(refusal(train + " other"),
              HasSubstr("'speed' and 'u' differ in dimensions, 5 x 5 x 5 and 5 x 5 x 4"));
  EXPECT_THAT(refusal(train + " --set blocks.split=[2,2,2]"),
              HasSubstr("blocks.split must be [1, 1, 1], got 8 blocks"));
  EXPECT_THAT(refusal(train + " --set network.latent=ad"),
              HasSubstr("network.latent is only for architecture 'stsr-inr'; leave it at"));
  EXPECT_FALSE(std::filesystem::exists(folder / "model"));
  done(folder, train);
  EXPECT_THAT(refusal("blend model --from speed --to w --count 3 --format raw -o blends"),
              HasSubstr("no latent vectors"));
}

TEST(Pipeline, ModelsSayWhatTheyHold) {
  const TestFolder folder;
  done(folder, "generate tornado --dims 5,5,5 --steps 3 --format raw -o truth");
  done(folder, "train truth --epochs 1 --seed 77 -o model" + std::string(small_network));
  const json content = info(folder, "model");
  EXPECT_EQ(content["kind"], "model");
  EXPECT_EQ(content["variables"][0]["name"], "speed");
  EXPECT_THAT(done(folder, "info model"), HasSubstr("5 x 5 x 5"));
  EXPECT_THAT(done(folder, "info truth --values"), HasSubstr("values"));

  // The resolved settings of a model train the same model again.
  write_text(folder / "again.toml", done(folder, "info model --config"));
  done(folder, "train truth --config again.toml -o again");
  EXPECT_EQ(text_of(folder / "again"), text_of(folder / "model"));
}

TEST(Pipeline, AModelCarriesItsSamplesAndWhatItExpects) {
  const TestFolder folder;
  done(folder, "generate hill --dims 16,16,16 --steps 4 --format raw -o truth");
  const Outcome trained =
      folder.stsr("train truth --epochs 20 -o model" + std::string(small_network));
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr(" s of these chose blocks and measured"));
  const std::string log = text_of(folder / "model.log.jsonl");
  const auto last = json::parse(log.substr(log.rfind('\n', log.size() - 2) + 1));
  const auto first = json::parse(log.substr(0, log.find('\n')));
  EXPECT_FALSE(first.contains("kept_gain"));  // not measured yet
  const auto content = info(folder, "model");
  EXPECT_EQ(content["samples"], "in the file");
  const auto& correction = content["variables"][0]["correction"];
  EXPECT_THAT(correction["text"].get<std::string>(), HasSubstr("interpolation"));
  EXPECT_EQ(last["kept_gain"][0], correction["kept_gain"]);
  EXPECT_EQ(last["between_gain"][0], correction["between_gain"]);
  // The output interpolates the samples, as with the data set itself.
  done(folder, "upscale model --like truth --format raw -o fine");
  const auto truth = open_dataset(folder / "truth");
  const auto fine = open_dataset(folder / "fine");
  for (std::size_t t = 0; t < 4; ++t) {
    const std::vector<float> expected = truth->read(0, t);
    const std::vector<float> got = fine->read(0, t);
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(got[i], expected[i], 2e-5);
  }
  done(folder, "upscale model --space 2 --format raw -o carried");
  done(folder, "upscale model --through truth --space 2 --format raw -o through");
  EXPECT_EQ(text_of(folder / "carried/speed_0001.raw"), text_of(folder / "through/speed_0001.raw"));
  done(folder, "upscale model --network-alone --space 2 --format raw -o alone");
  EXPECT_NE(text_of(folder / "carried/speed_0001.raw"), text_of(folder / "alone/speed_0001.raw"));
  // Without them, it reads them where they were; where they are not any more, it says so and is the
  // network alone.
  done(folder, "train truth --epochs 20 --set training.keep_samples=false -o small" +
                   std::string(small_network));
  EXPECT_THAT(info(folder, "small")["samples"].get<std::string>(), HasSubstr("but in /"));
  done(folder, "upscale small --space 2 --format raw -o from_data");
  EXPECT_EQ(text_of(folder / "carried/speed_0001.raw"),
            text_of(folder / "from_data/speed_0001.raw"));
  const auto as_library = [&](const char* model) {
    std::vector<float> values(std::size_t{16} * 16 * 16);
    const auto field = open_field(folder / model);
    const VariableInfo& variable = field->variables().front();
    field->step(0, 1.5, output_grid(variable, {}), values);
    return values;
  };
  EXPECT_EQ(as_library("model"), as_library("small"));
  EXPECT_THAT(folder.stsr("upscale small --space 2 --format raw -o truth").err, HasSubstr("truth"));
  std::filesystem::rename(folder / "truth", folder / "moved");
  EXPECT_NE(as_library("model"), as_library("small"));
  const Outcome outcome = folder.stsr("upscale small --space 2 --format raw -o of_small");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("small carries no samples"));
  EXPECT_THAT(outcome.err, HasSubstr("truth: "));
  EXPECT_EQ(text_of(folder / "of_small/speed_0001.raw"), text_of(folder / "alone/speed_0001.raw"));
}

}  // namespace
}  // namespace stsr

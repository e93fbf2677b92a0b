#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "stsr/base/error.h"
#include "stsr/metrics/chamfer.h"
#include "stsr/metrics/evaluation.h"
#include "stsr/metrics/ssim.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();

class MemoryDataset final : public Dataset {
 public:
  explicit MemoryDataset(std::vector<Sequence> sequences) : sequences_(std::move(sequences)) {
    for (const Sequence& sequence : sequences_) infos_.push_back(sequence.info);
  }
  [[nodiscard]] const std::vector<VariableInfo>& variables() const override { return infos_; }
  [[nodiscard]] std::vector<float> read(std::size_t variable, std::size_t step) const override {
    return sequences_.at(variable).steps.at(step);
  }

 private:
  std::vector<Sequence> sequences_;
  std::vector<VariableInfo> infos_;
};

/// Values 0 and 1 plus `error` everywhere: PSNR -20 log10(error).
Sequence off_by(const std::string& name, const std::vector<double>& errors) {
  Sequence sequence{{name, "m/s", {{2, 1, 1}, {1, 1, 1}, {0, 0, 0}}, {}, {}}, {}};
  for (std::size_t t = 0; t < errors.size(); ++t) {
    sequence.info.times.push_back(4.0 + 0.1 * static_cast<double>(t));
    const auto error = static_cast<float>(errors[t]);
    sequence.steps.push_back({error, 1.0F + error});
  }
  return sequence;
}

Sequence times_only(const std::string& name, const std::vector<double>& times) {
  return {{name, "", {{2, 1, 1}, {1, 1, 1}, {0, 0, 0}}, times, {}}, {}};
}

std::string message_of(const Dataset& truth, const Dataset& result,
                       const EvaluationRequest& request = {}) {
  try {
    (void)evaluate(truth, result, request);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "no error";
}

TEST(GroupSteps, KeptBetweenAndExtrapolated) {
  using enum StepGroup;
  EXPECT_THAT(group_steps({0, 1, 2, 3, 4, 5}, {1, 3.0000005}),
              ElementsAre(extrapolated, kept, between, kept, extrapolated, extrapolated));
  EXPECT_THAT(group_steps({0, 1, 2}, {1.002, 2}), ElementsAre(extrapolated, extrapolated, kept));
  EXPECT_THAT(group_steps({0, 1}, {}), ElementsAre(unknown, unknown));
  EXPECT_THAT(group_steps({5}, {5}), ElementsAre(kept));
}

TEST(Evaluation, AveragesDecibelsPerGroupThenOverVariables) {
  const MemoryDataset truth({off_by("u", {0, 0, 0, 0, 0}), off_by("w", {0, 0, 0, 0, 0})});
  // -20 log10: 40, 20, 40, 20, 0 dB and 60, 60, 60, 60, 60 dB; stored in another order.
  const MemoryDataset result(
      {off_by("w", {.001, .001, .001, .001, .001}), off_by("u", {.01, .1, .01, .1, 1})});
  const MemoryDataset kept({times_only("u", {4.0, 4.2}), times_only("w", {4.0, 4.2})});
  const Evaluation evaluation = evaluate(truth, result, {.kept_from = &kept});
  const VariableScore& u = evaluation.variables[0];
  EXPECT_EQ(u.name, "u");
  EXPECT_NEAR(u.means[Metric::psnr].all, 24.0, 1e-4);
  EXPECT_NEAR(u.means[Metric::psnr].kept, 40.0, 1e-4);
  EXPECT_NEAR(u.means[Metric::psnr].between, 20.0, 1e-4);
  EXPECT_NEAR(u.means[Metric::psnr].extrapolated, 10.0, 1e-4);
  EXPECT_NEAR(u.means[Metric::psnr_normalised].between, 20.0, 1e-4);
  EXPECT_NEAR(evaluation.variables[1].means[Metric::psnr].all, 60.0, 1e-2);  // float32 next to 1
  EXPECT_NEAR(evaluation.means[Metric::psnr].all, 42.0, 1e-2);
  EXPECT_NEAR(evaluation.means[Metric::psnr].extrapolated, 35.0, 1e-2);

  const nlohmann::json json = nlohmann::json::parse(evaluation_json(evaluation));
  const auto& scores = json["variables"]["u"]["psnr_db"];
  EXPECT_NEAR(scores["between"].get<double>(), 20.0, 1e-4);
  EXPECT_EQ(scores["steps"].size(), 5U);
  EXPECT_NEAR(scores["steps"][4].get<double>(), 0.0, 1e-4);
  EXPECT_NEAR(json["variables"]["u"]["psnr_db_normalised"]["kept"].get<double>(), 40.0, 1e-4);
  EXPECT_EQ(json["variables"]["u"]["groups"][1], "between");
  EXPECT_EQ(json["variables"]["u"]["times"][2], 4.2);
  EXPECT_NEAR(json["mean"]["psnr_db"]["all"].get<double>(), 42.0, 1e-2);
}

TEST(Evaluation, WithoutKeptStepsOnlyTheWholeMeanIsDefined) {
  const MemoryDataset truth({off_by("u", {0, 0})});
  const MemoryDataset result({off_by("u", {.1, .1})});
  const Evaluation evaluation = evaluate(truth, result, {});
  EXPECT_NEAR(evaluation.means[Metric::psnr].all, 20.0, 1e-4);
  EXPECT_TRUE(std::isnan(evaluation.means[Metric::psnr].kept));
  const auto json = nlohmann::json::parse(evaluation_json(evaluation));
  EXPECT_TRUE(json["variables"]["u"]["psnr_db"]["kept"].is_null());
  EXPECT_THAT(evaluation_text(evaluation, false), HasSubstr("20.00            -            -"));
}

TEST(Evaluation, UndefinedStepsAreLeftOutAndCountedAndIdenticalOnesInfinite) {
  Sequence flat = off_by("u", {0, 0, 0});
  flat.steps[1] = {2.0F, 2.0F};
  const MemoryDataset truth({flat});
  const MemoryDataset result({off_by("u", {.1, .1, .1})});
  const Evaluation evaluation = evaluate(truth, result, {});
  EXPECT_NEAR(evaluation.means[Metric::psnr].all, 20.0, 1e-4);
  EXPECT_EQ(undefined_steps(evaluation.variables[0], Metric::psnr), 1U);
  auto json = nlohmann::json::parse(evaluation_json(evaluation));
  EXPECT_TRUE(json["variables"]["u"]["psnr_db"]["steps"][1].is_null());
  EXPECT_TRUE(json["variables"]["u"]["psnr_db_normalised"]["steps"][1].is_null());
  EXPECT_THAT(evaluation_text(evaluation, true), HasSubstr("1 of 3 time steps have no PSNR"));
  EXPECT_THAT(evaluation_csv(evaluation), HasSubstr("u,1,4.1,unknown,,,0,0\n"));

  json = nlohmann::json::parse(evaluation_json(evaluate(result, result, {})));
  EXPECT_EQ(json["variables"]["u"]["psnr_db"]["all"], "inf");
}

TEST(Evaluation, MissingVoxelsAreLeftOutAndTold) {
  Sequence holed = off_by("u", {0, 0});
  for (auto& step : holed.steps) step = {0.0F, 1.0F, nan_value, 1.0F};
  holed.info.grid.dims.x = 4;
  Sequence guess = holed;
  for (auto& step : guess.steps) step = {0.1F, 1.1F, 7.0F, nan_value};
  const Evaluation evaluation = evaluate(MemoryDataset({holed}), MemoryDataset({guess}), {});
  EXPECT_NEAR(evaluation.means[Metric::psnr].all, 20.0, 1e-4);
  const std::string text = evaluation_text(evaluation, false);
  EXPECT_THAT(text, HasSubstr("2 voxels are missing in the truth"));
  EXPECT_THAT(text, HasSubstr("misses 2 voxels that the truth holds"));
  const auto json = nlohmann::json::parse(evaluation_json(evaluation));
  EXPECT_EQ(json["variables"]["u"]["missing_in_result"], 2);
}

TEST(Evaluation, MatchesNamesGridsAndTimesBeforeItReadsAnything) {
  const MemoryDataset truth({off_by("speed", {0, 0})});
  EXPECT_THAT(message_of(truth, MemoryDataset({off_by("sped", {0, 0})})),
              AllOf(HasSubstr("the result has no variable 'speed'"), HasSubstr("'sped'")));
  EXPECT_THAT(message_of(truth, truth, {.variables = {"sped"}}),
              HasSubstr("the truth has no variable 'sped'; did you mean 'speed'"));
  const MemoryDataset kept({times_only("w", {4.0})});
  EXPECT_THAT(message_of(truth, truth, {.kept_from = &kept}), HasSubstr("kept steps"));

  Sequence other = off_by("speed", {0, 0});
  other.info.grid.dims.y = 7;
  EXPECT_THAT(message_of(truth, MemoryDataset({other})),
              AllOf(HasSubstr("2 x 1 x 1"), HasSubstr("2 x 7 x 1")));
  other = off_by("speed", {0, 0});
  other.info.grid.origin[2] = 0.5;
  EXPECT_THAT(message_of(truth, MemoryDataset({other})),
              HasSubstr("along z lies at 0 in the truth and at 0.5"));
  EXPECT_THAT(message_of(truth, MemoryDataset({off_by("speed", {0, 0, 0})})),
              HasSubstr("2 time steps, the result 3"));
  other = off_by("speed", {0, 0});
  other.info.times[1] = 4.5;
  EXPECT_THAT(message_of(truth, MemoryDataset({other})),
              HasSubstr("time step 1 is at 4.1 in the truth and at 4.5"));
}

/// A volume of 14 x 13 x 12 whose values follow a formula, and one that is a little off.
MemoryDataset blobs(const std::string& name, float off, std::size_t flat_step = 9) {
  Sequence sequence{{name, "", {{14, 13, 12}, {1, 1, 1}, {0, 0, 0}}, {}, {}}, {}};
  for (std::size_t t = 0; t < 3; ++t) {
    std::vector<float> values;
    for (std::size_t i = 0; i < 14 * 13 * 12; ++i) {
      const auto x = static_cast<float>(i % 14);
      const auto y = static_cast<float>(i / 14 % 13);
      values.push_back(t == flat_step ? 0.0F : std::sin(0.4F * x + 0.1F * y) + off * (x - y));
    }
    sequence.info.times.push_back(static_cast<double>(t));
    sequence.steps.push_back(values);
  }
  return MemoryDataset({sequence});
}

TEST(Evaluation, ScoresByEveryMetricAskedFor) {
  const MemoryDataset truth = blobs("p", 0.0F);
  const MemoryDataset result = blobs("p", 0.01F, 1);
  const MemoryDataset kept({times_only("p", {0, 2})});
  const Dims dims{14, 13, 12};
  const Evaluation evaluation =
      evaluate(truth, result,
               {.kept_from = &kept,
                .metrics = {Metric::psnr, Metric::ssim, Metric::chamfer, Metric::ssim},
                .isovalue = 0.5});
  EXPECT_THAT(evaluation.metrics, ElementsAre(Metric::psnr, Metric::ssim, Metric::chamfer));
  const VariableScore& p = evaluation.variables[0];
  EXPECT_EQ(p.isovalue, 0.5);
  const double similarity = ssim(dims, truth.read(0, 0), result.read(0, 0)).value();
  const double distance =
      isosurface_distance(dims, truth.read(0, 0), result.read(0, 0), 0.5).value();
  EXPECT_EQ(p.steps[0].scores[Metric::ssim], similarity);
  EXPECT_EQ(p.steps[2].scores[Metric::chamfer], distance);
  EXPECT_LT(p.steps[1].scores[Metric::ssim], similarity);
  EXPECT_NEAR(p.means[Metric::ssim].kept, similarity, 1e-12);
  EXPECT_NEAR(p.means[Metric::ssim].all, (2.0 * similarity + p.steps[1].scores[Metric::ssim]) / 3.0,
              1e-12);
  EXPECT_TRUE(std::isnan(p.steps[1].scores[Metric::chamfer]))
      << "the result has no isosurface there";
  EXPECT_EQ(undefined_steps(p, Metric::chamfer), 1U);
  EXPECT_NEAR(evaluation.means[Metric::chamfer].all, distance, 1e-12);
  EXPECT_TRUE(std::isnan(evaluation.means[Metric::chamfer].between));
  EXPECT_EQ(undefined_steps(p, Metric::psnr), 0U);

  const auto json = nlohmann::json::parse(evaluation_json(evaluation));
  const auto& cd = json["variables"]["p"]["cd_voxels"];
  EXPECT_EQ(cd["isovalue"], 0.5);
  EXPECT_EQ(cd["undefined_steps"], 1);
  EXPECT_TRUE(cd["steps"][1].is_null());
  EXPECT_TRUE(cd["between"].is_null());
  EXPECT_NEAR(json["variables"]["p"]["ssim"]["kept"].get<double>(), similarity, 1e-12);
  EXPECT_TRUE(json["variables"]["p"].contains("psnr_db_normalised"));
  EXPECT_NEAR(json["mean"]["cd_voxels"]["kept"].get<double>(), distance, 1e-12);

  const std::string csv = evaluation_csv(evaluation);
  EXPECT_THAT(csv, HasSubstr(",missing_in_truth,missing_in_result,ssim,cd_voxels\n"));
  EXPECT_THAT(csv, testing::ContainsRegex("p,1,1,between,[^,]+,[^,]+,0,0,0\\.[0-9]+,\n"));
  const std::string text = evaluation_text(evaluation, true);
  EXPECT_THAT(text, AllOf(HasSubstr("PSNR (dB)  "), HasSubstr("\nSSIM  "),
                          HasSubstr("\nCD (voxels)  "), HasSubstr("no isosurface at 0.5")));
  EXPECT_THAT(text, testing::ContainsRegex("1 +1 +between +[0-9.]+ +0\\.[0-9]+ +-\n"));
}

TEST(Evaluation, IsovaluesMayBeOfTheScaleOfEachStep) {
  const Dims dims{14, 13, 12};
  const MemoryDataset truth = blobs("p", 0.0F);
  const MemoryDataset result = blobs("p", 0.01F);
  const std::vector<float> values = truth.read(0, 0);
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double isovalue = *low + 0.75 * (static_cast<double>(*high) - static_cast<double>(*low));
  const Evaluation evaluation = evaluate(
      truth, result,
      {.metrics = {Metric::chamfer}, .isovalue = 0.5, .isovalue_scale = IsovalueScale::step});
  EXPECT_EQ(evaluation.variables[0].steps[0].scores[Metric::chamfer],
            isosurface_distance(dims, values, result.read(0, 0), isovalue).value());
  const auto json = nlohmann::json::parse(evaluation_json(evaluation));
  EXPECT_EQ(json["variables"]["p"]["cd_voxels"]["isovalue_scale"], "step");
  EXPECT_THAT(message_of(truth, result, {.isovalue_scale = IsovalueScale::step}),
              HasSubstr("only the metric cd uses it"));
}

TEST(Evaluation, HasOnlyTheMetricsAskedFor) {
  const MemoryDataset data = blobs("p", 0.0F);
  const Evaluation evaluation = evaluate(data, data, {.metrics = {Metric::ssim}});
  EXPECT_NEAR(evaluation.means[Metric::ssim].all, 1.0, 1e-12);
  EXPECT_TRUE(std::isnan(evaluation.variables[0].steps[0].scores[Metric::psnr]));
  const auto json = nlohmann::json::parse(evaluation_json(evaluation));
  EXPECT_FALSE(json["mean"].contains("psnr_db"));
  EXPECT_FALSE(json["variables"]["p"].contains("cd_voxels"));
  EXPECT_THAT(evaluation_csv(evaluation),
              HasSubstr("variable,step,time,group,missing_in_truth,missing_in_result,ssim\n"));
  EXPECT_THAT(evaluation_text(evaluation, false), testing::Not(HasSubstr("PSNR")));
}

TEST(Evaluation, ComparesSeveralResults) {
  const MemoryDataset truth = blobs("p", 0.0F);
  std::vector<Evaluation> evaluations;
  for (const MemoryDataset& result : {blobs("p", 0.01F), blobs("p", 0.02F, 0)})
    evaluations.push_back(evaluate(
        truth, result, {.metrics = {Metric::ssim, Metric::chamfer}, .isovalues = {{"p", 0.5}}}));
  const std::string text = comparison_text({"one", "the other"}, evaluations);
  EXPECT_THAT(text, AllOf(HasSubstr("SSIM"), HasSubstr("        one  the other\n"),
                          HasSubstr("\nCD (voxels)")));
  EXPECT_THAT(text, testing::ContainsRegex("p +all +0\\.[0-9]+ +0\\.[0-9]+\n"));
  EXPECT_THAT(text, HasSubstr("note: the other: p: 1 of 3 time steps have no CD"));
}

TEST(Evaluation, IsovaluesMustFitMetricsAndVariables) {
  const MemoryDataset data = blobs("p", 0.0F);
  const std::vector<Metric> chamfer{Metric::chamfer};
  EXPECT_THAT(message_of(data, data, {.metrics = {}}), HasSubstr("needs a metric"));
  EXPECT_THAT(message_of(data, data, {.metrics = chamfer}),
              HasSubstr("needs an isovalue for variable 'p'"));
  EXPECT_THAT(message_of(data, data, {.isovalue = 1.0}), HasSubstr("only the metric cd uses it"));
  EXPECT_THAT(message_of(data, data, {.metrics = chamfer, .isovalues = {{"q", 1.0}}}),
              HasSubstr("isovalue 1 is given for 'q', which is not scored"));
  EXPECT_EQ(message_of(data, data, {.metrics = chamfer, .isovalues = {{"p", 1.0}}}), "no error");
  EXPECT_THROW(
      (void)score_volumes({2, 1, 1}, std::vector<float>{0, 1}, std::vector<float>{0, 1}, chamfer),
      ValueError);
  EXPECT_THROW((void)score_volumes({3, 1, 1}, std::vector<float>{0, 1}, std::vector<float>{0, 1},
                                   {Metric::psnr}),
               ShapeError);
}

TEST(Evaluation, PackedValuesAreComparedByWhatTheyStandFor) {
  Sequence packed = off_by("u", {0.0, 0.0});
  packed.info.packing = {1e6, 1e-3};  // the truth is 1e6 and 1e6 + 0.001
  Sequence other = off_by("u", {0.01, 0.1});
  other.info.packing = {1e6 - 5e-4, 1e-3};
  for (auto& step : other.steps)
    for (float& value : step) value += 0.5F;
  const auto scores = evaluate(MemoryDataset({packed}), MemoryDataset({other}), {}).variables[0];
  EXPECT_NEAR(scores.steps[0].scores[Metric::psnr], 40.0, 1e-2);
  EXPECT_NEAR(scores.steps[1].scores[Metric::psnr], 20.0, 1e-2);
}

TEST(Evaluation, TimesThatWentThroughSixDigitsOrFloat32AreTheSame) {
  const auto at = [](const std::vector<double>& times) {
    Sequence sequence = times_only("u", times);
    sequence.steps.assign(times.size(), {0.0F, 1.0F});
    return MemoryDataset({sequence});
  };
  const auto written = [&](const std::vector<double>& times, auto rounded) {
    std::vector<double> others;
    for (const double time : times) others.push_back(rounded(time));
    return message_of(at(times), at(others));
  };
  const auto to_float = [](double time) { return static_cast<double>(static_cast<float>(time)); };
  const auto six_digits = [](double time) { return std::stod(fmt::format("{:.6g}", time)); };
  const std::vector<double> thirds{0.0, 1.0 / 3.0, 2.0 / 3.0};
  const std::vector<double> late{1000.0, 1000.001, 1000.002};
  EXPECT_EQ(written(thirds, six_digits), "no error");
  EXPECT_EQ(written(late, to_float), "no error");
  EXPECT_THAT(written(thirds, [](double time) { return 1.01 * time; }), HasSubstr("time step 1"));
  EXPECT_THAT(written(late, [](double time) { return time + 5e-4; }), HasSubstr("time step 0"));
}

TEST(Evaluation, CsvQuotesNames) {
  const MemoryDataset data({off_by("u, \"x\"", {0})});
  EXPECT_THAT(evaluation_csv(evaluate(data, data, {})),
              HasSubstr("\n\"u, \"\"x\"\"\",0,4,unknown,inf,inf,0,0\n"));
}

}  // namespace
}  // namespace stsr

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "stsr/base/error.h"
#include "stsr/metrics/evaluation.h"

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
  EXPECT_THAT(group_steps({0, 1, 2}, {1.001, 2}), ElementsAre(extrapolated, extrapolated, kept));
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
  EXPECT_NEAR(u.psnr.all, 24.0, 1e-4);
  EXPECT_NEAR(u.psnr.kept, 40.0, 1e-4);
  EXPECT_NEAR(u.psnr.between, 20.0, 1e-4);
  EXPECT_NEAR(u.psnr.extrapolated, 10.0, 1e-4);
  EXPECT_NEAR(u.psnr_normalised.between, 20.0, 1e-4);
  EXPECT_NEAR(evaluation.variables[1].psnr.all, 60.0, 1e-2);  // float32 next to 1
  EXPECT_NEAR(evaluation.psnr.all, 42.0, 1e-2);
  EXPECT_NEAR(evaluation.psnr.extrapolated, 35.0, 1e-2);

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
  EXPECT_NEAR(evaluation.psnr.all, 20.0, 1e-4);
  EXPECT_TRUE(std::isnan(evaluation.psnr.kept));
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
  EXPECT_NEAR(evaluation.psnr.all, 20.0, 1e-4);
  EXPECT_EQ(evaluation.variables[0].undefined_steps, 1U);
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
  EXPECT_NEAR(evaluation.psnr.all, 20.0, 1e-4);
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

TEST(Evaluation, CsvQuotesNames) {
  const MemoryDataset data({off_by("u, \"x\"", {0})});
  EXPECT_THAT(evaluation_csv(evaluate(data, data, {})),
              HasSubstr("\n\"u, \"\"x\"\"\",0,4,unknown,inf,inf,0,0\n"));
}

}  // namespace
}  // namespace stsr

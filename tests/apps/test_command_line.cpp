#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "program.h"

namespace stsr {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(CommandLine, EveryCommandHasHelpWithExamples) {
  const TestFolder folder;
  for (const std::string command :
       {"generate", "reduce", "train", "upscale", "interpolate", "render", "blend", "evaluate",
        "evaluate-images", "compare", "info", "config"}) {
    const Outcome outcome = folder.stsr(command + " --help");
    EXPECT_EQ(outcome.code, 0) << command;
    EXPECT_THAT(outcome.out, HasSubstr("Examples:\n  stsr " + command)) << command;
    EXPECT_THAT(outcome.out, HasSubstr("--quiet")) << command;
    EXPECT_EQ(outcome.err, "") << command;
    EXPECT_THAT(folder.stsr("--help").out, HasSubstr("\n  " + command + " ")) << command;
  }
}

TEST(CommandLine, PrintsItsVersion) {
  const TestFolder folder;
  const Outcome outcome = folder.stsr("--version");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

/// Runs, expects exit code 2 and one line on stderr, and returns the line.
std::string refusal(const std::string& arguments) {
  const TestFolder folder;
  const Outcome outcome = folder.stsr(arguments);
  EXPECT_EQ(outcome.code, 2) << arguments;
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("stsr: error: ")) << arguments;
  EXPECT_EQ(listing(folder.path()), "") << arguments << " left something behind";
  return outcome.err;
}

TEST(CommandLine, MistypedWordsAreRefusedWithTheNearest) {
  EXPECT_THAT(refusal("upscal model -o out"), HasSubstr("did you mean 'upscale'?"));
  EXPECT_THAT(refusal("generate tornado --dim 4,4,4 -o out"), HasSubstr("did you mean '--dims'?"));
  EXPECT_THAT(refusal("generate tornao -o out"), HasSubstr("did you mean 'tornado'?"));
  EXPECT_THAT(refusal("generate tornado --variables spee -o out"), HasSubstr("'speed'"));
  EXPECT_THAT(refusal("train --preset papr -o m nowhere"), HasSubstr("did you mean 'paper'?"));
  EXPECT_THAT(refusal("train --set training.epoch=3 -o m nowhere"), HasSubstr("'epochs'"));
}

TEST(CommandLine, MissingAndSurplusWordsAreRefused) {
  EXPECT_THAT(refusal(""), HasSubstr("a command is required"));
  EXPECT_THAT(refusal("reduce"), HasSubstr("required"));
  EXPECT_THAT(refusal("generate tornado"), HasSubstr("--output is required"));
  EXPECT_THAT(refusal("info one two"), HasSubstr("'two'"));
  EXPECT_THAT(refusal("-q info one"), HasSubstr("stsr info -q"));
}

TEST(CommandLine, ValuesOutOfRangeAreRefused) {
  EXPECT_THAT(refusal("generate tornado --dims 0,4,4 -o out"), HasSubstr("--dims"));
  EXPECT_THAT(refusal("generate tornado --dims 4 -o out"), HasSubstr("--dims"));
  EXPECT_THAT(refusal("generate tornado --steps 0 -o out"), HasSubstr("--steps"));
  EXPECT_THAT(refusal("generate tornado --dims 9000000000,9000000000,9000000000 -o out"),
              HasSubstr("9000000000"));
  EXPECT_THAT(refusal("generate tornado --format vtx -o out"), HasSubstr("did you mean 'vti'?"));
  EXPECT_THAT(refusal("generate tornado --threads 0 -o out"), HasSubstr("--threads"));
  EXPECT_THAT(refusal("generate tornado --log-level loud -o out"), HasSubstr("loud"));
  EXPECT_THAT(refusal("reduce data --space 0 -o out"), HasSubstr("--space"));
  EXPECT_THAT(refusal("reduce data --space -2 -o out"), HasSubstr("--space"));
  EXPECT_THAT(refusal("train data --time-limit 10d -o out"), HasSubstr("--time-limit"));
  EXPECT_THAT(refusal("train data --epochs many -o out"), HasSubstr("--epochs"));
}

TEST(CommandLine, QuietPrintsNothing) {
  const TestFolder folder;
  const Outcome outcome =
      folder.stsr("generate tornado --dims 4,4,4 --steps 2 --format raw --quiet -o out");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out + outcome.err, "");
}

}  // namespace
}  // namespace stsr

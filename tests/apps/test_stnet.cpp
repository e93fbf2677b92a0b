// stsr stnet from coarse volumes to scored ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "program.h"
#include "stsr/baselines/stnet.h"

namespace stsr {
namespace {

using testing::HasSubstr;

namespace fs = std::filesystem;

class StnetCommand : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* line :
         {"generate tornado --dims 11,10,9 --steps 10 --variables speed,w --format raw -o fine",
          "reduce fine --space 2 --time 1 --format raw -o coarse"})
      ASSERT_EQ(folder_.stsr(line).code, 0) << line;
  }

  /// The training of a second, with more words.
  [[nodiscard]] Outcome train(const std::string& words) const {
    return folder_.stsr(
        "stnet train " + words +
        " --set network.features=[4,4,6,8] --set network.discriminator_features=[3,4]"
        " --set training.truth_share=0.4 --threads 1");
  }

  TestFolder folder_;
};

TEST_F(StnetCommand, GoesFromCoarseVolumesToScoredOnes) {
  if (!torch_available()) GTEST_SKIP() << "this build has no Torch";
  const Outcome trained = train("coarse --truth fine --epochs 3 -o m");
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_THAT(trained.err, Not(HasSubstr("unsupervised phase")));
  const Outcome written =
      folder_.stsr("stnet upscale m coarse --format raw --tile 3 --threads 1 -o out");
  ASSERT_EQ(written.code, 0) << written.err;
  const Outcome scored = folder_.stsr("evaluate --truth fine --result out --kept-from coarse");
  EXPECT_EQ(scored.code, 0) << scored.err;

  // One variable of the two, and again on what is finished.
  EXPECT_EQ(folder_
                .stsr("stnet upscale m.checkpoint coarse --variables w --format raw --threads 1 "
                      "-o w")
                .code,
            0);
  EXPECT_EQ(folder_.stsr("stnet upscale m coarse --format raw --threads 1 -o coarse").code, 2);
}

TEST_F(StnetCommand, SaysWhenThereWasNoTruth) {
  if (!torch_available()) GTEST_SKIP() << "this build has no Torch";
  const Outcome outcome = train("coarse --epochs 1 -o m");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("only the unsupervised phase ran"));
}

TEST_F(StnetCommand, RefusesInOneLine) {
  const auto refused = [](const Outcome& outcome, const char* what) {
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(what));
  };
  refused(folder_.stsr("stnet trian coarse"), "did you mean 'train'");
  refused(folder_.stsr("stnet"), "stsr stnet --help");
  refused(folder_.stsr("stnet train coarse --truht fine -o m"), "did you mean '--truth'");
  refused(folder_.stsr("stnet train coarse"), "stsr stnet train --help");
  refused(train("fine -o m"), "stsr reduce");
  refused(train("coarse --truth coarse -o m"), "before its reduction");
  refused(train("coarse --truth fine --truth fine -o m"), "one data set for each");
  refused(train("coarse --truth fine --device gpu -o m"), "--device");
  refused(train("coarse --truth fine --set training.corp=3 -o m"), "did you mean 'crop'");
  ASSERT_EQ(folder_.stsr("reduce fine --space 3 --time 1 --format raw -o third").code, 0);
  refused(train("third --truth fine -o m"), "1, 2, 4");
  if (!torch_available()) refused(train("coarse --truth fine -o m"), "-DSTSR_WITH_TORCH=ON");
}

TEST_F(StnetCommand, SettingsComeBackFromTheirFile) {
  const Outcome printed = folder_.stsr("stnet config --set training.crop=9");
  ASSERT_EQ(printed.code, 0);
  write_text(folder_ / "stnet.toml", printed.out);
  const Outcome again = folder_.stsr("stnet config --config stnet.toml");
  EXPECT_EQ(again.out, printed.out);
  EXPECT_THAT(again.out, HasSubstr("crop = 9"));
}

}  // namespace
}  // namespace stsr

// Commands that write volumes, interrupted and resumed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <sstream>
#include <thread>

#include "program.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/io/formats.h"

namespace stsr {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// Name and content of every file in a folder.
std::map<std::string, std::string> content(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder))
    files[entry.path().filename().string()] = text_of(entry.path());
  return files;
}

/// Coarse data of two variables in `coarse` and a model of them in `model`.
class OutputRuns : public testing::Test {
 protected:
  void SetUp() override {
    done("generate tornado --dims 12,12,12 --steps 4 --variables speed,w --format raw -o coarse");
    done("train coarse --epochs 1 -o model" + small_network);
  }

  void done(const std::string& arguments) const {
    const Outcome outcome = folder_.stsr(arguments);
    ASSERT_EQ(outcome.code, 0) << arguments << "\n" << outcome.err;
  }

  /// Starts a command that writes to `out` and ends it once `file` is written: with Ctrl-C, or at
  /// once where `killed`. One that is finished before is started anew.
  void interrupt(const std::string& command, const std::string& file, bool killed) const {
    for (int attempt = 0; attempt < 20; ++attempt) {
      {
        ProgramRun run(words_of(command + " -o out"), {folder_.path(), 0});
        while (run.running() && !fs::exists(folder_ / ("out/" + file)))
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
        if (!killed) run.interrupt();
        if (!killed || !run.running()) {
          const Outcome outcome = run.wait();
          if (outcome.code != 0) {
            EXPECT_EQ(outcome.code, 130) << outcome.err;
            EXPECT_THAT(outcome.err, AllOf(HasSubstr("--resume"), HasSubstr("stsr: error: ")));
            return;
          }
        }
      }
      if (fs::exists(folder_ / "out/dataset.unfinished")) return;
      fs::remove_all(folder_ / "out");
    }
    FAIL() << command << " is always finished before it is interrupted";
  }

  /// Interrupts the command, resumes it, and expects what an uninterrupted run writes.
  void expect_same_bits(const std::string& command, const std::string& file, bool killed) const {
    interrupt(command, file, killed);
    ASSERT_TRUE(fs::exists(folder_ / "out/dataset.unfinished"));
    EXPECT_FALSE(fs::exists(folder_ / "out/dataset.toml"));
    const fs::file_time_type written = fs::last_write_time(folder_ / ("out/" + file));
    const Outcome second = folder_.stsr(command + " --resume -o out");
    ASSERT_EQ(second.code, 0) << second.err;
    EXPECT_THAT(second.err, HasSubstr("time steps are there already"));
    EXPECT_EQ(fs::last_write_time(folder_ / ("out/" + file)), written) << "it was written again";
    done(command + " -o whole");
    EXPECT_EQ(content(folder_ / "out"), content(folder_ / "whole"));
    fs::remove_all(folder_ / "out");
    fs::remove_all(folder_ / "whole");
  }

  const std::string small_network =
      " --set network.width=16 --set network.latent_length=8 --set network.residual_blocks=1";
  TestFolder folder_;
};

const std::string many_steps = " --dims 48,48,48 --times 0:3:60 --format ";

TEST_F(OutputRuns, UpscaleResumesAfterCtrlCToTheSameBits) {
  expect_same_bits("upscale model" + many_steps + "raw", "w_0001.raw", false);
  if (vtk_available())
    expect_same_bits("upscale model" + many_steps + "vti", "volumes_0001.vti", false);
}

TEST_F(OutputRuns, UpscaleResumesAfterItWasKilled) {
  expect_same_bits("upscale model" + many_steps + "raw", "w_0001.raw", true);
  if (vtk_available())
    expect_same_bits("upscale model" + many_steps + "vti", "volumes_0001.vti", true);
}

TEST_F(OutputRuns, InterpolateAndBlendResume) {
  expect_same_bits("interpolate coarse" + many_steps + "raw", "w_0001.raw", false);
  expect_same_bits("blend model --from speed --to w --count 3" + many_steps + "raw",
                   "speed_w_002_0001.raw", false);
}

TEST_F(OutputRuns, OnlyTheSameRunResumes) {
  const std::string command = "upscale model" + many_steps + "raw";
  interrupt(command, "w_0001.raw", true);
  fs::remove(folder_ / "out/dataset.stsr-lock");  // nobody holds it any more
  const std::string steps = listing(folder_ / "out");
  const auto refused = [&](const std::string& other) {
    const Outcome outcome = folder_.stsr(other + " --resume -o out");
    EXPECT_EQ(outcome.code, 3) << other;
    EXPECT_THAT(outcome.err, HasSubstr("leave out --resume to replace it"));
    EXPECT_THAT(outcome.err, testing::Not(HasSubstr("--resume continues")));
    EXPECT_EQ(listing(folder_ / "out"), steps);
  };
  refused("upscale model --dims 48,48,49 --times 0:3:60 --format raw");
  refused("upscale model --variables speed" + many_steps + "raw");
  refused("interpolate coarse" + many_steps + "raw");
  done("train coarse --epochs 2 -o model" + small_network);
  refused(command);
  done("upscale model --dims 5,5,5 --times 0:3:3 --format raw -o out");
  EXPECT_EQ(listing(folder_ / "out"),
            "dataset.toml speed_0000.raw speed_0001.raw speed_0002.raw w_0000.raw w_0001.raw "
            "w_0002.raw");
}

TEST_F(OutputRuns, ResumeBeginsWhereNothingIsAndHasNothingToDoWhereAllIs) {
  const std::string command = "upscale model --format raw --resume -o out";
  EXPECT_THAT(folder_.stsr(command).err, HasSubstr("0 of 4 time steps"));
  const auto before = content(folder_ / "out");
  EXPECT_THAT(folder_.stsr(command).err, HasSubstr("4 of 4 time steps"));
  EXPECT_EQ(content(folder_ / "out"), before);
}

TEST_F(OutputRuns, TwoRunsCannotWriteToOnePlace) {
  const auto other =
      create_dataset(folder_ / "out", {{"speed", "", {{2, 2, 2}, {1, 1, 1}, {0, 0, 0}}, {0.0}, {}}},
                     format_named("raw"));
  for (const char* resume : {"", " --resume"}) {
    const Outcome second = folder_.stsr("upscale model --format raw -o out" + std::string(resume));
    EXPECT_EQ(second.code, 3);
    EXPECT_THAT(second.err, HasSubstr("in use"));
  }
}

TEST_F(OutputRuns, AFullDiskIsAnErrorWithNothingLeft) {
  for (const std::string format : {"raw", "vti"}) {
    if (format == "vti" && !vtk_available()) continue;
    const Outcome outcome = stsr("upscale model --dims 40,40,40 --format " + format + " -o out",
                                 {folder_.path(), 9000});
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.err, HasSubstr("stsr: error: out/"));
    EXPECT_EQ(listing(folder_ / "out"), "");
  }
}

}  // namespace
}  // namespace stsr

// Runs that are interrupted and resumed, and what they may replace.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <map>

#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "test_folder.h"

namespace stsr {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// Two variables of four steps.
std::vector<VariableInfo> example() {
  const Grid grid{{9, 8, 7}, {1, 1, 1}, {0, 0, 0}};
  return {{"speed", "m/s", grid, {0, 1, 2, 3}, std::nullopt},
          {"p", "Pa", grid, {0, 1, 2, 3}, std::nullopt}};
}

std::vector<float> values_of(std::size_t variable, std::size_t step) {
  std::vector<float> values(9 * 8 * 7);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(100 * variable + 10 * step) + 0.01F * static_cast<float>(i);
  return values;
}

/// Name and content of every file in a folder.
std::map<std::string, std::string> content(const fs::path& folder) {
  std::map<std::string, std::string> files;
  if (fs::exists(folder))
    for (const auto& entry : fs::directory_iterator(folder))
      files[entry.path().filename().string()] = read_all(entry.path());
  return files;
}

class Resumption : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "vti" && !vtk_available()) GTEST_SKIP() << "this build has no VTK";
  }

  [[nodiscard]] std::unique_ptr<DatasetWriter> open(const std::string& fingerprint, bool resume,
                                                    const std::string& name = "out") const {
    return create_dataset(folder_ / name, example(), format_named(GetParam()),
                          {fingerprint, resume});
  }
  /// Writes the steps [begin, end) that were not found; returns how many that were.
  static std::size_t write_steps(DatasetWriter& writer, std::size_t begin, std::size_t end) {
    std::size_t written = 0;
    for (std::size_t step = begin; step < end; ++step)
      for (std::size_t variable = 0; variable < 2; ++variable)
        if (!writer.found(variable, step)) {
          writer.write(variable, step, values_of(variable, step));
          ++written;
        }
    return written;
  }
  void interrupted_after(std::size_t steps, const std::string& fingerprint = "run") const {
    write_steps(*open(fingerprint, false), 0, steps);
  }
  void complete(const std::string& fingerprint = "run", const std::string& name = "out") const {
    const auto writer = open(fingerprint, false, name);
    write_steps(*writer, 0, 4);
    writer->close();
  }
  [[nodiscard]] fs::path step_file(std::size_t step) const {
    const std::string number = "_000" + std::to_string(step);
    return folder_ /
           ("out/" + (GetParam() == "raw" ? "p" + number + ".raw" : "volumes" + number + ".vti"));
  }
  TestFolder folder_;
};

TEST_P(Resumption, GivesTheSameBytes) {
  complete("run", "whole");
  interrupted_after(2);
  EXPECT_TRUE(is_unfinished(folder_ / "out"));
  EXPECT_FALSE(fs::exists(folder_ / "out/dataset.toml"));
  EXPECT_THAT(message_of([&] { (void)open_dataset(folder_ / "out"); }), HasSubstr("--resume"));
  const auto writer = open("run", true);
  EXPECT_TRUE(writer->found(0, 1));
  EXPECT_TRUE(writer->found(1, 1));
  EXPECT_FALSE(writer->found(0, 2));
  EXPECT_THROW(writer->write(0, 1, values_of(0, 1)), ValueError);
  EXPECT_EQ(write_steps(*writer, 0, 4), 4U);
  writer->close();
  EXPECT_FALSE(is_unfinished(folder_ / "out"));
  auto resumed = content(folder_ / "out");
  EXPECT_TRUE(resumed.erase("dataset.stsr-lock") == 1);  // held until the writer goes
  EXPECT_EQ(resumed, content(folder_ / "whole"));
}

TEST_P(Resumption, SurvivesAProcessThatIsKilled) {
  const pid_t child = fork();
  if (child == 0) {
    const auto writer = open("run", false);
    write_steps(*writer, 0, 3);
    if (GetParam() == "vti") writer->write(0, 3, values_of(0, 3));
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  folder_.write("out/" + step_file(3).filename().string() + ".stsr-partial", "half a step");
  const auto writer = open("run", true);
  EXPECT_TRUE(writer->found(0, 2));
  EXPECT_FALSE(writer->found(0, 3));
  EXPECT_EQ(write_steps(*writer, 0, 4), 2U);
  writer->close();
  EXPECT_EQ(open_dataset(folder_ / "out")->read(1, 3), values_of(1, 3));
  for (const auto& [name, text] : content(folder_ / "out"))
    EXPECT_THAT(name, Not(HasSubstr("partial")));
}

TEST_P(Resumption, WithoutItsFlagAnInterruptedRunIsReplaced) {
  interrupted_after(3, "another");
  folder_.write("out/notes.txt", "mine");
  std::vector<VariableInfo> one{example()[1]};
  one[0].name = "q";
  {
    const auto writer =
        create_dataset(folder_ / "out", one, format_named(GetParam()), {"run", false});
    EXPECT_FALSE(writer->found(0, 0));
    EXPECT_FALSE(fs::exists(step_file(0)));
    for (std::size_t step = 0; step < 4; ++step) writer->write(0, step, values_of(0, step));
    writer->close();
  }
  EXPECT_EQ(open_dataset(folder_ / "out")->read(0, 2), values_of(0, 2));
  EXPECT_EQ(read_all(folder_ / "out/notes.txt"), "mine");
  EXPECT_EQ(content(folder_ / "out").size(), GetParam() == "raw" ? 6U : 7U);
}

TEST_P(Resumption, RefusesAnotherRun) {
  interrupted_after(2);
  const auto before = content(folder_ / "out");
  EXPECT_THAT(message_of([&] { (void)open("changed", true); }),
              testing::AllOf(StartsWith((folder_ / "out").string() + ": "),
                             HasSubstr("leave out --resume")));
  auto finer = example();
  finer[1].times[3] = 3.5;
  EXPECT_THROW(
      (void)create_dataset(folder_ / "out", finer, format_named(GetParam()), {"run", true}),
      FileError);
  EXPECT_THROW((void)open("", true), FileError);
  EXPECT_EQ(content(folder_ / "out"), before);
  EXPECT_TRUE(open("run", true)->found(0, 1));
}

TEST_P(Resumption, AStepThatIsNotWholeIsNotFound) {
  interrupted_after(3);
  fs::resize_file(step_file(1), fs::file_size(step_file(1)) - 4);
  fs::resize_file(step_file(2), 0);
  const auto writer = open("run", true);
  EXPECT_TRUE(writer->found(1, 0));
  EXPECT_FALSE(writer->found(1, 1));
  EXPECT_FALSE(writer->found(1, 2));
  write_steps(*writer, 0, 4);
  writer->close();
  EXPECT_EQ(open_dataset(folder_ / "out")->read(1, 1), values_of(1, 1));
}

TEST_P(Resumption, ACompleteDataSetOfTheSameRunIsFoundWhole) {
  complete();
  const auto before = content(folder_ / "out");
  {
    const auto reader = open_dataset(folder_ / "out");  // nothing needs to be replaced
    const auto writer = open("run", true);
    EXPECT_EQ(write_steps(*writer, 0, 4), 0U);
    writer->close();
  }
  EXPECT_EQ(content(folder_ / "out"), before);
  fs::remove(step_file(2));
  {
    const auto writer = open("run", true);
    EXPECT_GT(write_steps(*writer, 0, 4), 0U);
    EXPECT_FALSE(fs::exists(folder_ / "out/dataset.toml"));
    writer->close();
  }
  EXPECT_EQ(content(folder_ / "out"), before);
}

TEST_P(Resumption, ACompleteDataSetOfAnotherRunIsReplaced) {
  complete("another");
  const auto writer = open("run", true);
  EXPECT_FALSE(writer->found(0, 0));
  EXPECT_FALSE(fs::exists(step_file(0)));
}

TEST_P(Resumption, NeverTakesOrRemovesFilesOfOthers) {
  folder_.write("out/" + step_file(1).filename().string(), "mine");
  EXPECT_THAT(message_of([&] { (void)open("run", true); }), HasSubstr("remove it or choose"));
  EXPECT_EQ(read_all(step_file(1)), "mine");
  for (const std::string mark :
       {"", "mine", "a = 1", "stsr_unfinished = 99", "stsr_unfinished = 1\n[[series]]\ncount = 1",
        "stsr_unfinished = 1\n[[series]]\nfiles = \"../victim_%d\"\ncount = 1",
        "stsr_unfinished = 1\n[[series]]\nfiles = \"*\"\ncount = 1",
        "stsr_unfinished = 1\n[[series]]\nfiles = \"notes.txt\"\ncount = 1"}) {
    const TestFolder other;
    other.write("victim_0", "kept");
    other.write("out/notes.txt", "kept");
    other.write("out/dataset.unfinished", mark);
    EXPECT_THAT(
        message_of([&] {
          (void)create_dataset(other / "out", example(), format_named(GetParam()), {"run", false});
        }),
        StartsWith((other / "out/dataset.unfinished").string()))
        << mark;
    EXPECT_EQ(read_all(other / "out/dataset.unfinished"), mark);
    EXPECT_EQ(read_all(other / "out/notes.txt"), "kept");
    EXPECT_EQ(read_all(other / "victim_0"), "kept");
  }
}

TEST_P(Resumption, StepsOfAReplacedDataSetAreNeverTakenForNewOnes) {
  // A crash after the mark of the new run, with the steps of the old one still there.
  complete("another");
  const std::string mark =
      "stsr_unfinished = 1\n\n[[series]]\nfiles = \"volumes_%04d.vti\"\ncount = 4\n"
      "[[series]]\nfiles = \"speed_%04d.raw\"\ncount = 4\n"
      "[[series]]\nfiles = \"p_%04d.raw\"\ncount = 4\n";
  folder_.write("out/dataset.unfinished", mark);
  EXPECT_THROW((void)open("run", true), FileError);
  EXPECT_FALSE(open("run", false)->found(0, 0));
  EXPECT_THAT(content(folder_ / "out"), IsEmpty());
}

TEST_P(Resumption, AFullDiskKeepsTheStepsBefore) {
  {
    const auto writer = open("run", false);
    write_steps(*writer, 0, 1);
    const SmallFiles limit(500);
    EXPECT_THROW(write_steps(*writer, 1, 4), FileError);
  }
  for (const auto& [name, text] : content(folder_ / "out"))
    EXPECT_THAT(name, testing::AnyOf("dataset.unfinished", HasSubstr("_0000.")));
  const auto writer = open("run", true);
  EXPECT_TRUE(writer->found(0, 0));
  write_steps(*writer, 0, 4);
  writer->close();
  EXPECT_EQ(open_dataset(folder_ / "out")->read(1, 0), values_of(1, 0));
}

TEST_P(Resumption, ARunThatCannotBeResumedLeavesNothing) {
  interrupted_after(3, "");
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_P(Resumption, NothingIsLeftWhereNoStepWasFinished) {
  { const auto writer = open("run", true); }
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_P(Resumption, ASecondWriterIsRefusedAlsoToResume) {
  const auto writer = open("run", false);
  write_steps(*writer, 0, 2);
  EXPECT_THAT(message_of([&] { (void)open("run", true); }), HasSubstr("in use by another run"));
  write_steps(*writer, 2, 4);
  writer->close();
}

INSTANTIATE_TEST_SUITE_P(Formats, Resumption, testing::Values("raw", "vti"),
                         [](const auto& format) { return format.param; });

}  // namespace
}  // namespace stsr

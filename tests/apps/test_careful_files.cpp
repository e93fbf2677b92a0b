// What the program does not destroy, and what does not end it: files of others under the names of
// its outputs, logs that nobody reads, disks that end, terminals that close.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "program.h"

namespace stsr {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

const std::string train = "train data --epochs 1 --threads 1 --set network.width=16 -q ";

/// A data set of 8^3 samples and three steps in `data`.
class CarefulFiles : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(folder_.stsr("generate hill --dims 8,8,8 --steps 3 --format raw -q -o data").code, 0);
  }

  /// Runs a line of the shell in the folder, in which $STSR is the program; gives its exit code.
  [[nodiscard]] int shell(const std::string& line) const {
    const int status = std::system(
        ("cd '" + folder_.path().string() + "' && STSR=" + STSR_PROGRAM + "; " + line).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  /// Expects that the command is refused with exit code 3 and that `file` stays as it is.
  void spares(const std::string& file, const std::string& arguments) const {
    const std::string before = text_of(folder_ / file);
    const std::string all = listing(folder_.path());
    const Outcome outcome = folder_.stsr(arguments);
    EXPECT_EQ(outcome.code, 3) << arguments << "\n" << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(fs::path(file).filename().string() + ": exists and is not "))
        << arguments;
    EXPECT_EQ(text_of(folder_ / file), before) << arguments;
    EXPECT_EQ(listing(folder_.path()), all) << arguments;
  }

  TestFolder folder_;
};

TEST_F(CarefulFiles, AnOutputReplacesOnlyItsOwnKind) {
  spares("data/dataset.toml", train + "-o data/dataset.toml");
  spares("data/speed_0000.raw", train + "-o data/speed_0000.raw");
  write_text(folder_ / "mine", "the user's");
  spares("mine", train + "-o mine");
  const std::string evaluate = "evaluate --truth data --result data -q ";
  spares("mine", evaluate + "--json mine");
  spares("mine", evaluate + "--csv mine");
  spares("data/dataset.toml", evaluate + "--csv data/dataset.toml");
  for (const char* side : {"model.checkpoint", "model.log.jsonl"}) {
    write_text(folder_ / side, "the user's");
    spares(side, train + "-o model");
    fs::remove(folder_ / side);
  }

  // Its own kind, and empty files, are replaced.
  write_text(folder_ / "model", "");
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(folder_.stsr(train + "-o model").code, 0);
    EXPECT_EQ(folder_.stsr(evaluate + "--json s.json --csv s.csv").code, 0);
  }
  EXPECT_EQ(folder_.stsr(evaluate + "--result model --json s.json").code, 3);  // no data set
  spares("model", evaluate + "--json model");
  spares("s.json", evaluate + "--csv s.json");
  spares("s.csv", train + "-o s.csv");
}

TEST_F(CarefulFiles, NamesOfTheUserThatLookLikeSideFilesStay) {
  const std::vector<std::string> names{"poetry.lock", "poetry.partial", "out/dataset.lock",
                                       "out/speed_0000.raw.partial"};
  fs::create_directories(folder_ / "out");
  for (const std::string& name : names) write_text(folder_ / name, "the user's");
  EXPECT_EQ(folder_.stsr(train + "-o poetry").code, 0);
  EXPECT_EQ(folder_.stsr("reduce data --format raw -q -o out").code, 0);
  for (const std::string& name : names) EXPECT_EQ(text_of(folder_ / name), "the user's") << name;
}

TEST_F(CarefulFiles, ComparisonsWriteOnlyIntoTheirFolders) {
  write_text(folder_ / "c.toml",
             "[metrics]\nssim = false\n[[data]]\ntruth = \"data\"\nspace = [2, 2, 2]\n"
             "[[method]]\nname = \"TL\"\nkind = \"interpolation\"\n");
  fs::create_directories(folder_ / "study/methods/TL");
  write_text(folder_ / "study/comparison.toml", "the user's");
  write_text(folder_ / "study/methods/TL/notes", "the user's");
  EXPECT_EQ(folder_.stsr("compare c.toml -q -o study").code, 3);
  EXPECT_EQ(text_of(folder_ / "study/comparison.toml"), "the user's");

  ASSERT_EQ(folder_.stsr("compare c.toml -q -o out").code, 0);
  write_text(folder_ / "out/methods/TL/notes", "the user's");
  ASSERT_EQ(folder_.stsr("generate tornado --dims 8,8,8 --steps 3 --format raw -q -o data").code,
            0);
  ASSERT_EQ(folder_.stsr("compare c.toml -q -o out").code, 0);  // all of it anew
  EXPECT_EQ(text_of(folder_ / "out/methods/TL/notes"), "the user's");
}

TEST_F(CarefulFiles, NoLogThatCannotBeWrittenEndsARun) {
  for (const char* where : {"2>/dev/full", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    EXPECT_EQ(shell("$STSR train data --epochs 20 --threads 1 --set network.width=16 -o m " +
                    std::string(where)),
              0)
        << where;
    EXPECT_EQ(shell("$STSR reduce data --space 2 --format raw -o r " + std::string(where)), 0)
        << where;
    // No descriptor of a message was that of a file.
    EXPECT_EQ(folder_.stsr("info m").code, 0) << where;
    EXPECT_EQ(fs::file_size(folder_ / "r/speed_0002.raw"), 4U * 4U * 4U * 4U) << where;
    fs::remove_all(folder_ / "r");
    fs::remove(folder_ / "m");
  }
}

TEST_F(CarefulFiles, AnOutputThatNobodyReadsIsAnError) {
  EXPECT_EQ(shell("$STSR info data >/dev/full 2>err"), 3);
  EXPECT_EQ(shell("$STSR info data >&- 2>err"), 3);
  EXPECT_THAT(text_of(folder_ / "err"), HasSubstr("stsr: error: "));
  // A reader that is gone: SIGPIPE would end the program before it could tell.
  EXPECT_EQ(shell("{ sleep 0.3; $STSR config --reference 2>err; echo $? >code; } | true; cat code "
                  ">/dev/null"),
            0);
  EXPECT_EQ(text_of(folder_ / "code"), "3\n");
  // Scores are saved before they are shown.
  EXPECT_EQ(shell("$STSR evaluate --truth data --result data --json s.json -q >/dev/full 2>err"),
            3);
  EXPECT_TRUE(fs::exists(folder_ / "s.json"));
}

TEST_F(CarefulFiles, AFileThatMayNotGrowIsAnError) {
  // The signal of the limit, which the tests' own limit of files ignores, ends a program that does
  // not expect it.
  EXPECT_EQ(
      shell("trap - XFSZ; ulimit -f 2; $STSR train data --epochs 2 --threads 1 -q -o m 2>err"), 3);
  EXPECT_THAT(text_of(folder_ / "err"), HasSubstr("File too large"));
  EXPECT_FALSE(fs::exists(folder_ / "m"));
}

/// Runs a training for a long time, with SIGHUP ignored or not, and sends it one; gives its code.
int hung_up(const TestFolder& folder, bool ignored) {
  const pid_t process = fork();
  if (process == 0) {
    std::signal(SIGHUP, ignored ? SIG_IGN : SIG_DFL);
    if (chdir(folder.path().c_str()) != 0) _exit(99);
    execl(STSR_PROGRAM, STSR_PROGRAM, "train", "data", "--time-limit", ignored ? "2s" : "60s",
          "--threads", "1", "--set", "network.width=16", "-q", "-o", "m", nullptr);
    _exit(99);
  }
  const fs::path log = folder / "m.log.jsonl";
  for (int i = 0; i < 600 && (!fs::exists(log) || fs::file_size(log) == 0); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  kill(process, SIGHUP);
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST_F(CarefulFiles, ATerminalThatClosesLeavesACheckpoint) {
  EXPECT_EQ(hung_up(folder_, false), 130);
  EXPECT_EQ(folder_.stsr("info m.checkpoint").code, 0);
  EXPECT_FALSE(fs::exists(folder_ / "m"));
}

TEST_F(CarefulFiles, NohupTrainsOn) {
  EXPECT_EQ(hung_up(folder_, true), 0);
  EXPECT_TRUE(fs::exists(folder_ / "m"));
}

TEST_F(CarefulFiles, ADivergenceInTheLastStepSavesNothing) {
  const std::string diverging = train + "--set training.learning_rate=1e39 -o m";
  const Outcome outcome = folder_.stsr(diverging);
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_FALSE(fs::exists(folder_ / "m"));
  EXPECT_FALSE(fs::exists(folder_ / "m.checkpoint"));
}

/// Names that hold what lists are separated by, patterns and terminals understand.
TEST_F(CarefulFiles, NamesMayHoldCommasAndBracketsAndNoControlCharacters) {
  const std::string raw = "stsr_dataset = 1\ndims = [8, 8, 8]\n";
  const auto variable = [](const std::string& name, const std::string& files) {
    return "[[variable]]\nname = \"" + name + "\"\nfiles = \"" + files + "\"\n";
  };
  for (int step = 0; step < 3; ++step)
    fs::copy_file(folder_ / ("data/speed_000" + std::to_string(step) + ".raw"),
                  folder_ / ("data/T [C]_" + std::to_string(step) + ".raw"));
  write_text(folder_ / "data/names.toml", raw + variable("grad(u),x", "speed_%04d.raw") +
                                              variable("T [C]", "T [C]_*.raw") +
                                              variable("u", "speed_*.raw"));
  const auto names = [&](const std::string& chosen) {
    fs::remove_all(folder_ / "r");
    EXPECT_EQ(
        shell("$STSR reduce data/names.toml --variables '" + chosen + "' --format raw -q -o r"), 0)
        << chosen;
    const auto json = nlohmann::json::parse(folder_.stsr("info r --json").out);
    std::string all;
    for (const auto& one : json["variables"]) all += one["name"].get<std::string>() + ";";
    return all;
  };
  EXPECT_EQ(names("grad(u),x"), "grad(u),x;");
  EXPECT_EQ(names("u,grad(u),x,T [C]"), "u;grad(u),x;T [C];");
  EXPECT_EQ(shell("$STSR train data/names.toml --variables 'grad(u),x,u' --epochs 1 -q -o m"), 0);
  EXPECT_EQ(shell("$STSR blend m --mix 'grad(u),x=0.5,u=0.5' --format raw -q -o b"), 0);
  EXPECT_EQ(shell("$STSR blend m --mix 'grad(u),y=0.5,u=0.5' --format raw -q -o c 2>err"), 2);
  EXPECT_THAT(text_of(folder_ / "err"), HasSubstr("'grad(u),y'"));

  // A model whose names would command a terminal.
  std::string model = text_of(folder_ / "m");
  for (std::size_t at = model.find("grad(u)"); at != std::string::npos;
       at = model.find("grad(u)", at))
    model.replace(at, 7, R"(\\u001b)");  // as long, escaped for the JSON within the JSON
  write_text(folder_ / "bad", model);
  const Outcome outcome = folder_.stsr("info bad");
  EXPECT_EQ(outcome.code, 3) << outcome.out;
  EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace stsr

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "stsr/base/warning.h"
#include "stsr/io/atomic_file.h"
#include "test_folder.h"

namespace {

bool without_locks = false;  // as some network file systems are

}  // namespace

/// In place of the C library's.
extern "C" int flock(int descriptor, int operation) noexcept {
  if (!without_locks) return static_cast<int>(syscall(SYS_flock, descriptor, operation));
  errno = ENOLCK;
  return -1;
}

namespace stsr {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
  const TestFolder folder;
  {
    AtomicFile file(folder / "a.txt");
    file.write("one ");
    file.write("two");
    EXPECT_THAT(folder.names(), ElementsAre("a.txt.stsr-partial"));
    file.commit();
    EXPECT_THAT(folder.names(), ElementsAre("a.txt"));
  }
  EXPECT_EQ(read_all(folder / "a.txt"), "one two");
}

TEST(AtomicFile, LeavesTheFormerFileWhenNotCommitted) {
  const TestFolder folder;
  folder.write("a.txt", "former");
  folder.write("a.txt.stsr-partial", "left by a crash, longer than the new one");
  { AtomicFile(folder / "a.txt").write("new"); }
  EXPECT_EQ(read_all(folder / "a.txt"), "former");
  EXPECT_THAT(folder.names(), ElementsAre("a.txt"));
  AtomicFile file(folder / "a.txt");
  file.write("new");
  file.commit();
  EXPECT_EQ(read_all(folder / "a.txt"), "new");
}

TEST(AtomicFile, LibrariesMayWriteByPath) {
  const TestFolder folder;
  AtomicFile file(folder / "a.txt");
  std::ofstream(file.partial_path()) << "by path";
  file.commit();
  EXPECT_EQ(read_all(folder / "a.txt"), "by path");
}

TEST(AtomicFile, NamesFileAndReasonWhenTheDiskIsFull) {
  const TestFolder folder;
  {
    AtomicFile file(folder / "a.bin");
    const SmallFiles limit(1000);
    EXPECT_THAT(message_of([&] { file.write(std::string(2000, 'x')); }),
                AllOf(StartsWith((folder / "a.bin").string() + ": "), HasSubstr("File too large")));
  }
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(AtomicFile, RefusesPlacesThatCannotHoldIt) {
  const TestFolder folder;
  folder.write("file", "");
  EXPECT_THAT(message_of([&] { AtomicFile(folder / "file/a.txt"); }), HasSubstr("Not a directory"));
  EXPECT_THAT(message_of([&] { AtomicFile(folder / "none/a.txt"); }), HasSubstr("No such file"));
  EXPECT_THAT(message_of([&] { AtomicFile(folder.path()); }), HasSubstr("is a folder"));
  EXPECT_THAT(message_of([&] { AtomicFile("/dev/null"); }), HasSubstr("not a regular file"));
}

TEST(AtomicFile, RefusesASecondWriter) {
  const TestFolder folder;
  AtomicFile first(folder / "a.txt");
  first.write("first");
  EXPECT_THAT(message_of([&] { AtomicFile(folder / "a.txt"); }), HasSubstr("another run"));
  first.commit();
  EXPECT_EQ(read_all(folder / "a.txt"), "first");
}

TEST(AtomicFile, DoesNotWriteThroughALink) {
  const TestFolder folder;
  folder.write("victim", "kept");
  fs::create_symlink(folder / "victim", folder / "a.txt.stsr-partial");
  EXPECT_THROW(AtomicFile(folder / "a.txt"), FileError);
  EXPECT_EQ(read_all(folder / "victim"), "kept");
}

TEST(AtomicFile, IsWrittenWithAWarningWhereThereAreNoLocks) {
  const TestFolder folder;
  std::string warning;
  set_warning_handler([&](const std::string& text) { warning = text; });
  without_locks = true;
  AtomicFile file(folder / "a.txt");
  file.write("whole");
  file.commit();
  without_locks = false;
  set_warning_handler({});
  EXPECT_EQ(read_all(folder / "a.txt"), "whole");
  EXPECT_THAT(warning, AllOf(HasSubstr("a.txt"), HasSubstr("knows no locks")));
}

TEST(PathLock, RefusesASecondHolderAndNamesTheFirst) {
  const TestFolder folder;
  {
    const PathLock lock(folder / "model");
    EXPECT_THAT(message_of([&] { PathLock(folder / "model"); }),
                HasSubstr("(process " + std::to_string(getpid()) + ")"));
    const PathLock other(folder / "other");
  }
  EXPECT_THAT(folder.names(), IsEmpty());
  const PathLock again(folder / "model");
}

TEST(PathLock, TakesOverWhereTheHolderDied) {
  const TestFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const PathLock lock(folder / "model");
    _exit(0);  // without the destructor
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_THAT(folder.names(), ElementsAre("model.stsr-lock"));
  const PathLock lock(folder / "model");
  EXPECT_EQ(read_all(folder / "model.stsr-lock"), std::to_string(getpid()) + "\n");
}

/// Many processes take the lock in turn; two at once would see each other's mark.
TEST(PathLock, HoldsOneProcessAtATime) {
  const TestFolder folder;
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      for (int round = 0, tries = 0; round < 50 && tries < 1'000'000; ++tries) try {
          const PathLock lock(folder / "place");
          const int mark = open((folder / "mark").c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
          if (mark < 0) _exit(1);
          close(mark);
          unlink((folder / "mark").c_str());
          ++round;
        } catch (const FileError&) {
          usleep(20);
        }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(PathLock, RefusesAPlaceThatCannotBeWritten) {
  const TestFolder folder;
  folder.write("file", "");
  EXPECT_THAT(message_of([&] { PathLock(folder / "file/model"); }), HasSubstr("Not a directory"));
}

}  // namespace
}  // namespace stsr

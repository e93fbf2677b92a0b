#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <limits>
#include <thread>

#include "stsr/io/background_writer.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

VariableInfo info_of(const std::string& name, std::size_t steps) {
  VariableInfo info{name, "", {{40, 30, 20}, {1, 1, 1}, {0, 0, 0}}, {}, std::nullopt};
  for (std::size_t step = 0; step < steps; ++step) info.times.push_back(static_cast<double>(step));
  return info;
}

std::vector<float> noise(const VariableInfo& info, std::size_t seed) {
  std::vector<float> values(info.grid.dims.count());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(((i + seed) * 2654435761U) % 1000003U);
  return values;
}

/// Notes the steps that it is given, in its own time.
class SlowWriter final : public DatasetWriter {
 public:
  explicit SlowWriter(std::vector<std::size_t>& steps) : steps_(steps) {}
  [[nodiscard]] bool found(std::size_t, std::size_t step) const override { return step == 7; }
  [[nodiscard]] StepValues make_values(std::size_t) const override {
    return {std::filesystem::temp_directory_path(), 8};
  }
  using DatasetWriter::write;
  void write(std::size_t, std::size_t step, StepValues) override {
    while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (step == fails_at) throw NumericError("step 3 is too strange");
    steps_.push_back(step);
  }
  void close() override { closed = true; }

  std::atomic<bool> go{false};
  std::size_t fails_at = static_cast<std::size_t>(-1);
  bool closed = false;

 private:
  std::vector<std::size_t>& steps_;
};

TEST(BackgroundWriter, TheBytesAreThoseOfTheWriterItself) {
  for (const std::string format : {"raw", "vti"}) {
    if (format == "vti" && !vtk_available()) continue;
    const TestFolder folder;
    const std::vector<VariableInfo> infos{info_of("a", 3), info_of("b", 3)};
    for (const std::size_t threads : {0, 1, 3}) {
      const std::string name = threads == 0 ? "direct" : fmt::format("by-{}", threads);
      auto writer = create_dataset(folder / name, infos, format_named(format), {},
                                   threads == 0 ? 1 : threads);
      if (threads > 0) writer = std::make_unique<BackgroundWriter>(std::move(writer), 2, threads);
      for (std::size_t step = 0; step < 3; ++step)
        for (std::size_t i = 0; i < 2; ++i) writer->write(i, step, noise(infos[i], 10 * step + i));
      writer->close();
    }
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "direct")) {
      const std::string name = entry.path().filename().string();
      for (const char* other : {"by-1", "by-3"})
        EXPECT_EQ(read_all(entry.path()), read_all(folder / other / name)) << other << ' ' << name;
      ++files;
    }
    EXPECT_EQ(files, format == "raw" ? 7U : 5U);
  }
}

TEST(BackgroundWriter, NoMoreVolumesWaitThanItWasTold) {
  std::vector<std::size_t> steps;
  auto slow = std::make_unique<SlowWriter>(steps);
  SlowWriter& inner = *slow;
  BackgroundWriter writer(std::move(slow), 2);
  EXPECT_TRUE(writer.found(0, 7));
  EXPECT_FALSE(writer.found(0, 6));
  std::atomic<std::size_t> given{0};
  std::thread caller([&] {
    for (std::size_t step = 0; step < 6; ++step) {
      writer.write(0, step, writer.make_values(0));
      ++given;
    }
  });
  // One in the writer's hands and two that wait.
  while (given < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // in which a wrong one takes more
  EXPECT_EQ(given, 3U);
  inner.go = true;
  caller.join();
  writer.close();
  EXPECT_TRUE(inner.closed);
  EXPECT_THAT(steps, ElementsAre(0, 1, 2, 3, 4, 5));
}

/// Lets no thread return before as many write as it was told.
class MeetingWriter final : public DatasetWriter {
 public:
  MeetingWriter(std::ptrdiff_t threads, std::atomic<std::size_t>& written)
      : meeting_(threads), written_(written) {}
  [[nodiscard]] bool found(std::size_t, std::size_t) const override { return false; }
  [[nodiscard]] StepValues make_values(std::size_t) const override {
    return {std::filesystem::temp_directory_path(), 8};
  }
  using DatasetWriter::write;
  void write(std::size_t, std::size_t, StepValues) override {
    meeting_.arrive_and_wait();
    ++written_;
  }
  void close() override {}

 private:
  std::barrier<> meeting_;
  std::atomic<std::size_t>& written_;
};

TEST(BackgroundWriter, AsManyVolumesAreWrittenAtOnceAsThereAreThreads) {
  std::atomic<std::size_t> written{0};
  BackgroundWriter writer(std::make_unique<MeetingWriter>(3, written), 1, 3);
  for (std::size_t step = 0; step < 6; ++step) writer.write(0, step, writer.make_values(0));
  writer.close();
  EXPECT_EQ(written, 6U);
}

TEST(BackgroundWriter, AFailureReachesTheCallerAsItIsAndEveryTime) {
  std::vector<std::size_t> steps;
  auto slow = std::make_unique<SlowWriter>(steps);
  SlowWriter& inner = *slow;
  inner.go = true;
  inner.fails_at = 3;
  BackgroundWriter writer(std::move(slow), 1);
  const std::string message = message_of<NumericError>([&] {
    for (std::size_t step = 0; step < 100; ++step) writer.write(0, step, writer.make_values(0));
  });
  EXPECT_EQ(message, "step 3 is too strange");
  EXPECT_THROW(writer.write(0, 50, writer.make_values(0)), NumericError);
  EXPECT_THROW(writer.close(), NumericError);
  EXPECT_THROW(writer.close(), NumericError);
  EXPECT_THROW(writer.write(0, 51, writer.make_values(0)), NumericError);
  EXPECT_FALSE(inner.closed);
  EXPECT_THAT(steps, ElementsAre(0, 1, 2));
}

TEST(BackgroundWriter, WritesWhatItWasGivenWhenTheCallerGivesUp) {
  std::vector<std::size_t> steps;
  {
    auto slow = std::make_unique<SlowWriter>(steps);
    SlowWriter& inner = *slow;
    BackgroundWriter writer(std::move(slow), 3);
    for (std::size_t step = 0; step < 3; ++step) writer.write(0, step, writer.make_values(0));
    inner.go = true;
  }
  EXPECT_THAT(steps, ElementsAre(0, 1, 2));
}

TEST(BackgroundWriter, NeedsRoomForAVolumeAndAThread) {
  std::vector<std::size_t> steps;
  EXPECT_THROW(BackgroundWriter(std::make_unique<SlowWriter>(steps), 0), ValueError);
  EXPECT_THROW(BackgroundWriter(std::make_unique<SlowWriter>(steps), 1, 0), ValueError);
}

TEST(BackgroundWriter, NothingCanBeWrittenOnceItIsClosed) {
  std::vector<std::size_t> steps;
  auto slow = std::make_unique<SlowWriter>(steps);
  slow->go = true;
  BackgroundWriter writer(std::move(slow), 1);
  writer.close();
  EXPECT_THROW(writer.write(0, 0, writer.make_values(0)), ValueError);
}

TEST(BackgroundWriter, LeavesNothingWhenTheDiskIsFull) {
  for (const std::size_t threads : {1, 3})
    for (const std::string format : {"raw", "vti"}) {
      if (format == "vti" && !vtk_available()) continue;
      const TestFolder folder;
      const VariableInfo info = info_of("v", 9);
      {
        const SmallFiles limit(20000);
        BackgroundWriter writer(
            create_dataset(folder / "out", {info}, format_named(format), {}, threads), 1, threads);
        const std::string message = message_of<FileError>([&] {
          for (std::size_t step = 0; step < 9; ++step) writer.write(0, step, noise(info, step));
          writer.close();
        });
        EXPECT_THAT(message, HasSubstr(threads == 1 ? "_0000." : "_000"));
        EXPECT_THAT(message, HasSubstr("writing failed: "));
      }
      EXPECT_THAT(folder.names(), IsEmpty());
    }
}

TEST(BackgroundWriter, SeveralVariablesAndStepsOutOfOrder) {
  const TestFolder folder;
  const std::vector<VariableInfo> infos{info_of("a", 2), info_of("b", 2)};
  BackgroundWriter writer(create_dataset(folder / "out", infos, format_named("raw")), 2);
  for (const std::size_t step : {1U, 0U})
    for (const std::size_t i : {1U, 0U}) writer.write(i, step, noise(infos[i], step));
  writer.close();
  EXPECT_TRUE(std::filesystem::exists(folder / "out/b_0001.raw"));
  EXPECT_THROW(
      BackgroundWriter(create_dataset(folder / "out2", infos, format_named("raw")), 2).close(),
      ValueError);
}

}  // namespace
}  // namespace stsr

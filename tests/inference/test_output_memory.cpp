// What writing takes of the memory, whatever the size of the output.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "inference/fake_network.h"
#include "stsr/inference/field_output.h"
#include "stsr/io/background_writer.h"

namespace stsr {
namespace {

namespace fs = std::filesystem;

/// Bytes of a line of /proc/self/status, e.g. VmHWM; 0 where the system has no such line.
std::size_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1)) * 1024;
  return 0;
}

/// The most memory that `f` had resident beyond what was before it.
template <class F>
std::size_t peak_of(const F& f) {
  std::ofstream("/proc/self/clear_refs") << "5";  // begins VmHWM anew
  const std::size_t before = status_bytes("VmRSS");
  f();
  return status_bytes("VmHWM") - before;
}

std::size_t peak_of_output(const Dims& dims, std::size_t variables, const std::string& format) {
  const fs::path folder = fs::temp_directory_path() / ("stsr-memory-" + std::to_string(::getpid()));
  std::vector<TrainedVariable> trained;
  for (std::size_t i = 0; i < variables; ++i)
    trained.push_back(reduced_variable("v" + std::to_string(i), dims, {2, 2, 2}, 1));
  const auto field =
      fake_field({BlockMode::shared_faces, {2, 2, 2}}, std::move(trained),
                 std::vector<float>(variables, 0.0F), [](std::span<const float>) {
                   return std::make_shared<FakeDecoder>(
                       [](std::span<const float> c, std::size_t) { return 0.25F * c[1]; });
                 });
  std::vector<FieldOutput> outputs;
  for (std::size_t i = 0; i < variables; ++i) outputs.push_back(field_output(field, i, {}));
  const std::size_t peak = peak_of([&] {
    BackgroundWriter writer(create_dataset(folder, output_infos(outputs), format_named(format)),
                            variables);
    write_outputs(outputs, writer, Progress::silent());
    writer.close();
  });
  fs::remove_all(folder);
  return peak;
}

class OutputMemory : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "vti" && !vtk_available()) GTEST_SKIP() << "this build has no VTK";
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the address sanitizer keeps what is freed";
#endif
    if (status_bytes("VmHWM") == 0) GTEST_SKIP() << "this system does not tell its peak memory";
  }
};

constexpr std::size_t bound = std::size_t{200} << 20U;

TEST_P(OutputMemory, OfALargeStepIsBounded) {
  // 256 MiB: where they stay in memory, that is over the bound.
  EXPECT_LT(peak_of_output({512, 512, 256}, 1, GetParam()), bound);
}

TEST_P(OutputMemory, OfManyVariablesIsBounded) {
  // 40 volumes of 8 MiB, none of which is large.
  EXPECT_LT(peak_of_output({128, 128, 128}, 40, GetParam()), bound);
}

TEST_P(OutputMemory, OfALargePlaneIsBounded) {
  EXPECT_LT(peak_of_output({8192, 8192, 1}, 1, GetParam()), bound);
}

INSTANTIATE_TEST_SUITE_P(Formats, OutputMemory, testing::Values("raw", "vti"),
                         [](const auto& format) { return format.param; });

}  // namespace
}  // namespace stsr

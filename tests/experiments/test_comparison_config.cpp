#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/test_folder.h"
#include "stsr/experiments/comparison_config.h"
#include "stsr/io/unused_settings.h"
#include "stsr/training/presets.h"

namespace stsr {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

namespace fs = std::filesystem;

const std::string some_data = "[[data]]\nname = 'a'\nfield = 'hill'\n";
const std::string some_method = "[[method]]\nname = 'TL'\nkind = 'interpolation'\n";

/// What is wrong with a configuration.
std::string failure(const std::string& text) {
  const TestFolder folder;
  const fs::path file = folder.write("c.toml", text);
  try {
    (void)read_comparison_config(file);
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_THAT(message, StartsWith(file.string()));
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    return message;
  }
  return "no error";
}

TEST(ComparisonConfig, PathsCountFromItsFile) {
  const TestFolder folder;
  const fs::path file = folder.write(
      "sub/c.toml",
      "[metrics]\nlpips_weights = 'w.st'\n[[data]]\ntruth = '../truth'\n[[data]]\nname = 'b'\n"
      "coarse = '/abs/coarse'\n[[method]]\nname = 'm'\nconfig = 'm.toml'\n"
      "[[picture]]\nvariable = 'x'\ntransfer_function = 'tf.json'\n"
      "[[picture]]\nvariable = 'x'\ntransfer_function = 'viridis'\n");
  const ComparisonConfig config = read_comparison_config(file);
  EXPECT_EQ(config.data[0].truth, (folder / "truth").string());
  EXPECT_EQ(config.data[1].coarse, "/abs/coarse");
  EXPECT_EQ(config.method[0].config, (folder / "sub/m.toml").string());
  EXPECT_EQ(config.metrics.lpips_weights, (folder / "sub/w.st").string());
  EXPECT_EQ(config.picture[0].transfer_function, (folder / "sub/tf.json").string());
  EXPECT_EQ(config.picture[1].transfer_function, "viridis");
}

TEST(ComparisonConfig, RefusesWhatCannotBeCompared) {
  EXPECT_THAT(failure(some_method), EndsWith("there is no [[data]]; give at least one"));
  EXPECT_THAT(failure(some_data), EndsWith("there is no [[method]]; give at least one"));
  EXPECT_THAT(failure(some_data + some_data + some_method), HasSubstr("[[data]] 'a': another"));
  EXPECT_THAT(failure(some_data + some_method + "[[method]]\nname='TL'\n"),
              HasSubstr("[[method]] 'TL': another"));
  EXPECT_THAT(failure(some_data + "[[method]]\nname='a b'\n[[method]]\nname='a*b'\n"),
              HasSubstr("differs in signs only"));
  EXPECT_THAT(failure(some_data + "[[method]]\n"), HasSubstr("every [[method]] needs a name"));
  EXPECT_THAT(failure("[[data]]\n" + some_method), HasSubstr("give truth, coarse or field"));
  EXPECT_THAT(failure("[[data]]\nfield='hill'\ntruth='t'\n" + some_method),
              HasSubstr("field takes the place of truth and coarse"));
  EXPECT_THAT(failure(some_data + "space = [2, 0, 2]\n" + some_method),
              HasSubstr("space must be at least 1, got 0"));
  EXPECT_THAT(failure("[[data]]\ncoarse='c'\ntime = 3\n" + some_method),
              HasSubstr("time is only without coarse; leave it out"));
  EXPECT_THAT(failure("[[data]]\ntruth='c'\nsteps = 3\n" + some_method),
              HasSubstr("steps is only with field; leave it out"));
  EXPECT_THAT(failure(some_data + "output_space = [1.0, -2.0, 1.0]\n" + some_method),
              HasSubstr("output_space must be above 0, got -2"));
}

TEST(ComparisonConfig, RefusesKeysThatWouldBeIgnored) {
  EXPECT_THAT(failure(some_data + some_method + "minutes = 3\n"),
              HasSubstr("[[method]] 'TL': minutes is only for kind \"network\" or \"stnet\""));
  EXPECT_THAT(failure(some_data + some_method + "preset = 'paper'\n"),
              HasSubstr("preset is only for kind \"network\""));
  EXPECT_THAT(failure(some_data + "[[method]]\nname='m'\nkernel='linear'\n"),
              HasSubstr("kernel is only for kind \"interpolation\"; leave it out"));
  EXPECT_THAT(failure(some_data + "[[method]]\nname='m'\nminutes=-1\n"),
              HasSubstr("minutes must be above 0, got -1"));
  EXPECT_THAT(failure(some_data + some_method + "through_samples = true\n"),
              HasSubstr("through_samples is only for kind \"network\""));
  EXPECT_THAT(failure(some_data + "[[method]]\nname='m'\n[[method]]\nname='n'\nmodel_of='o'\n"),
              HasSubstr("model_of must name a network above it that is trained, got 'o'"));
  EXPECT_THAT(
      failure(some_data + "[[method]]\nname='m'\n[[method]]\nname='n'\nmodel_of='m'\nepochs=3\n"),
      HasSubstr("epochs is only for kind \"network\" or \"stnet\" without model_of"));
  EXPECT_THAT(failure(some_data + some_method + "[metrics]\nlpips_weights = 'w'\n"),
              HasSubstr("give a [[picture]] of kind \"volume\""));
  EXPECT_THAT(failure(some_data + some_method + "[[picture]]\nvariable='v'\nisovalue=1\n"),
              HasSubstr("isovalue is only for kind \"isosurface\"; leave it out"));
  EXPECT_THAT(
      failure(some_data + some_method +
              "[[picture]]\nvariable='v'\nkind='isosurface'\ntransfer_function='viridis'\n"),
      HasSubstr("transfer_function is only for kind \"volume\"; leave it out"));
  EXPECT_THAT(failure(some_data + some_method + "kinds = 'x'\n"),
              HasSubstr("did you mean 'kind'?"));
}

TEST(ComparisonConfig, RefusesPicturesThatCannotBeDrawn) {
  const std::string start = some_data + some_method + "[[picture]]\nvariable = 'speed'\n";
  EXPECT_THAT(failure(start + "zoom = 0\n"), HasSubstr("zoom must be above 0, got 0"));
  EXPECT_THAT(failure(start + "elevation = 91\n"), HasSubstr("elevation must be from -90 to 90"));
  EXPECT_THAT(failure(start + "box = [0.1, 0.2]\n"), HasSubstr("got 2 numbers"));
  EXPECT_THAT(failure(start + "box = [0.5, 0.2, 0.6, 0.1]\n"),
              HasSubstr("must lie in the picture"));
  EXPECT_THAT(failure("[pictures]\nsize = 10\n" + some_data + some_method),
              HasSubstr("size must be from 64 to 4096, got 10"));
  EXPECT_THAT(failure(some_data + some_method + "[[blend]]\ncount = 1\n"),
              HasSubstr("count must be from 2 to 16, got 1"));
}

TEST(ComparisonConfig, EveryFileOfConfigsReads) {
  std::size_t files = 0;
  for (const char* folder : {"configs/small", "configs/paper"})
    for (const auto& entry : fs::directory_iterator(fs::path(STSR_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".toml") continue;
      ComparisonConfig config;
      EXPECT_NO_THROW(config = read_comparison_config(entry.path())) << entry.path();
      for (const ComparedMethod& method : config.method) {
        if (method.kind != MethodKind::network) continue;
        EXPECT_NO_THROW(
            refuse_unused_settings(resolve_config(method.preset, method.config, method.set)))
            << entry.path() << ": " << method.name;
      }
      ++files;
    }
  EXPECT_GE(files, 18U);
}

}  // namespace
}  // namespace stsr

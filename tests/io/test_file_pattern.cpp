// The order of the files that a pattern finds, by the numbers in their names.

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "io/file_pattern.h"
#include "test_folder.h"

namespace stsr {
namespace {

using testing::ElementsAreArray;

/// The names that `pattern` finds among these, which are made in another order.
std::vector<std::string> found(std::vector<std::string> names, const std::string& pattern) {
  const TestFolder folder;
  std::shuffle(names.begin(), names.end(), std::mt19937(3));
  for (const std::string& name : names) folder.write(name, "x");
  std::vector<std::string> files;
  for (const auto& file : expand_pattern(folder.path(), pattern, 0, {}))
    files.push_back(file.filename().string());
  return files;
}

TEST(FilePattern, GlobsAreInTheOrderOfTheirNumbers) {
  const std::vector<std::vector<std::string>> ordered{
      {"p_2.raw", "p_10.raw", "p_100.raw"},
      {"p_0.05.raw", "p_0.1.raw", "p_0.15.raw", "p_0.2.raw"},
      {"p_0.0005.raw", "p_0.001.raw", "p_0.0015.raw", "p_0.002.raw", "p_1.raw", "p_1.5.raw"},
      {"p_1e-05.raw", "p_0.0001.raw", "p_0.001.raw", "p_1.0E+02.raw"},
      {"p_-2.raw", "p_-1.raw", "p_0.raw", "p_1.raw"},
      {"p_-10.5.raw", "p_-9.raw", "p_-0.25.raw"},
      {"pt-2.raw", "pt-1.raw", "pt0.raw", "pt1.raw"},  // signs: not all have one
      {"prun-1.raw", "prun-2.raw", "prun-10.raw"},     // hyphens
      {"p2020-01-05.raw", "p2020-01-10.raw", "p2020-2-1.raw"},
      {"p2020.1.5.raw", "p2020.1.10.raw", "p2020.2.1.raw"},
      {"p1_step9.raw", "p1_step10.raw", "p2_step1.raw"},
      {"p_001.raw", "p_2.raw", "p_010.raw"},
      {"p_20200101123000.raw", "p_20200101123001.raw"},
      {"p_t=0.5s.raw", "p_t=1s.raw", "p_t=1.25s.raw"}};
  for (const auto& names : ordered) EXPECT_THAT(found(names, "p*.raw"), ElementsAreArray(names));
  EXPECT_THAT(found({"p_0.5", "p_1", "p_10", "p_2.5"}, "p_*"),
              ElementsAreArray({"p_0.5", "p_1", "p_2.5", "p_10"}));
}

TEST(FilePattern, BracketsAndBackslashesStandForThemselves) {
  const std::vector<std::string> names{"T [C]_0.raw", "T [C]_1.raw"};
  EXPECT_THAT(found({"T [C]_0.raw", "T [C]_1.raw", "T C_2.raw"}, "T [C]_*.raw"),
              ElementsAreArray(names));
  EXPECT_THAT(found({"a\\b_0.raw", "ab_1.raw"}, "a\\b_?.raw"), ElementsAreArray({"a\\b_0.raw"}));
}

}  // namespace
}  // namespace stsr

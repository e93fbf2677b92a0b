// Holds the layout of the code: which folder may include which, and how long files may be.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace stsr {
namespace {

namespace fs = std::filesystem;

const fs::path root = STSR_SOURCE_DIR;

/// A folder includes only itself and folders before it.
const std::vector<std::string> order{
    "base",          "volume",    "io",       "sampling",  "kernels", "network",   "model",
    "interpolation", "inference", "training", "baselines", "metrics", "rendering", "experiments"};

/// Arithmetic and networks know nothing of files; the data's way to the network knows no network.
const std::vector<std::pair<std::string, std::string>> forbidden{
    {"kernels", "io"}, {"network", "io"}, {"kernels", "volume"}, {"sampling", "io"}};

std::vector<fs::path> code_in(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string ending = entry.path().extension().string();
    if (ending == ".h" || ending == ".cpp" || ending == ".inc") files.push_back(entry.path());
  }
  return files;
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Folders of the headers that `file` includes, "" for one directly in include/stsr.
std::vector<std::string> included_folders(const fs::path& file) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*"stsr/(?:([a-z_]+)/)?[^"]*")re");
  std::vector<std::string> folders;
  for (const std::string& line : lines_of(file)) {
    std::smatch match;
    if (std::regex_search(line, match, pattern)) folders.push_back(match[1]);
  }
  return folders;
}

std::size_t rank_of(const std::string& folder) {
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), folder) - order.begin());
}

TEST(Architecture, EveryFolderHasItsPlaceInTheOrder) {
  for (const char* tree : {"src", "include/stsr"})
    for (const auto& entry : fs::directory_iterator(root / tree)) {
      if (!entry.is_directory()) continue;
      const std::string name = entry.path().filename().string();
      EXPECT_LT(rank_of(name), order.size()) << tree << "/" << name;
    }
}

TEST(Architecture, AFolderIncludesOnlyFoldersBeforeIt) {
  std::size_t checked = 0;
  for (const std::string& folder : order) {
    for (const char* tree : {"src", "include/stsr"}) {
      for (const fs::path& file : code_in(root / tree / folder)) {
        for (const std::string& other : included_folders(file)) {
          ++checked;
          EXPECT_LE(rank_of(other), rank_of(folder)) << file << " includes stsr/" << other;
          for (const auto& [from, to] : forbidden)
            EXPECT_FALSE(folder == from && other == to) << file << " includes stsr/" << other;
        }
      }
    }
  }
  EXPECT_GT(checked, 50U) << "the pattern no longer finds the includes";
}

/// Quoted includes of a file that are no public headers: "ticks.h", "../image_check.h".
std::vector<std::string> private_includes(const fs::path& file) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*"([^"]+)")re");
  std::vector<std::string> names;
  for (const std::string& line : lines_of(file)) {
    std::smatch match;
    if (std::regex_search(line, match, pattern) && !match[1].str().starts_with("stsr/"))
      names.push_back(match[1]);
  }
  return names;
}

/// The file that an include means: beside the file that includes it, else below one of `places`;
/// empty where there is none.
fs::path resolved_include(const fs::path& file, const std::string& name,
                          const std::vector<fs::path>& places) {
  std::vector<fs::path> candidates{file.parent_path() / name};
  for (const fs::path& place : places) candidates.push_back(place / name);
  for (const fs::path& candidate : candidates)
    if (fs::exists(candidate)) return fs::canonical(candidate);
  return {};
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  const std::string name = fs::canonical(folder).string() + "/";
  return file.string().starts_with(name);
}

TEST(Architecture, AFolderKeepsItsPrivateHeadersToItself) {
  std::size_t checked = 0;
  const auto check = [&](const fs::path& folder, const std::vector<fs::path>& places) {
    for (const fs::path& file : code_in(folder))
      for (const std::string& name : private_includes(file)) {
        ++checked;
        const fs::path header = resolved_include(file, name, places);
        EXPECT_TRUE(!header.empty() && lies_in(header, folder))
            << file << " includes " << name << ", which is no header of its own folder; move what "
            << "is shared into include/stsr";
      }
  };
  for (const std::string& folder : order) check(root / "src" / folder, {root / "src"});
  check(root / "apps", {root / "src"});
  EXPECT_GT(checked, 100U) << "the pattern no longer finds the includes";
}

/// A header of another folder is found out even where the compiler is told where it lies.
TEST(Architecture, IncludesAcrossFoldersAreSeen) {
  const fs::path file = root / "src/rendering/line_chart.cpp";
  EXPECT_FALSE(
      lies_in(resolved_include(file, "io/input_file.h", {root / "src"}), root / "src/rendering"));
  EXPECT_FALSE(lies_in(resolved_include(file, "../io/input_file.h", {}), root / "src/rendering"));
  EXPECT_TRUE(lies_in(resolved_include(file, "ticks.h", {}), root / "src/rendering"));
  EXPECT_TRUE(resolved_include(file, "no_such.h", {root / "src"}).empty());
}

/// Types that a file defines for all: their names with the namespace before them. What is in an
/// unnamed namespace or in another type is its own.
std::vector<std::string> shared_types_of(const fs::path& file) {
  static const std::regex space(R"re(^namespace( [a-z_:]+)? \{)re");
  static const std::regex type(R"re(^(?:class|struct) ([A-Z]\w*)(?: final)?(?: :.*)? ?\{)re");
  std::vector<std::string> types;
  std::vector<std::string> spaces;  // that are open; "" for an unnamed one
  for (const std::string& line : lines_of(file)) {
    std::smatch match;
    if (std::regex_search(line, match, space))
      spaces.push_back(match[1]);
    else if (line.starts_with("}  // namespace") && !spaces.empty())
      spaces.pop_back();
    else if (std::regex_search(line, match, type) &&
             std::find(spaces.begin(), spaces.end(), "") == spaces.end()) {
      std::string name;
      for (const std::string& one : spaces) name += one + "::";
      types.push_back(name + match[1].str());
    }
  }
  return types;
}

TEST(Architecture, ATypesNameHasOneMeaning) {
  std::map<std::string, fs::path> definitions;
  for (const char* tree : {"src", "include/stsr", "apps"})
    for (const fs::path& file : code_in(root / tree))
      for (const std::string& type : shared_types_of(file)) {
        const auto [other, first] = definitions.emplace(type, file);
        EXPECT_TRUE(first) << type << " is in " << other->second << " and in " << file;
      }
  EXPECT_GT(definitions.size(), 150U) << "the pattern no longer finds the types";
}

TEST(Architecture, TheLibraryNeverPrintsOrExits) {
  const std::regex pattern(
      R"re(\bstd::(cout|cerr|exit|abort|quick_exit)\b|[^f]\bprintf\(|\bputs\(|\bfmt::print\()re");
  for (const char* tree : {"src", "include/stsr"})
    for (const fs::path& file : code_in(root / tree))
      for (const std::string& line : lines_of(file))
        EXPECT_FALSE(std::regex_search(line, pattern)) << file << ": " << line;
}

TEST(Architecture, FilesStayShort) {
  constexpr std::size_t most = 450;
  for (const char* tree : {"src", "include/stsr", "apps"})
    for (const fs::path& file : code_in(root / tree))
      EXPECT_LE(lines_of(file).size(), most) << file;
}

TEST(Architecture, HeadersAreGuarded) {
  for (const char* tree : {"src", "include/stsr", "apps"})
    for (const fs::path& file : code_in(root / tree)) {
      if (file.extension() != ".h") continue;
      const auto lines = lines_of(file);
      EXPECT_NE(std::find(lines.begin(), lines.end(), "#pragma once"), lines.end()) << file;
    }
}

}  // namespace
}  // namespace stsr

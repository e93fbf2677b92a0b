// The commands that the documents show are run as they stand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "program.h"
#include "stsr/baselines/stnet.h"
#include "stsr/io/dataset_writer.h"

namespace stsr {
namespace {

namespace fs = std::filesystem;

const fs::path root = STSR_SOURCE_DIR;

/// The `stsr ...` lines of a document's code blocks, fenced or indented, with comments cut off.
std::vector<std::string> commands_in(const fs::path& document) {
  std::vector<std::string> commands;
  std::istringstream text(text_of(document));
  bool code = false;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("```")) code = !code;
    if (!code && line.starts_with("    "))
      line.erase(0, 4);
    else if (!code)
      continue;
    if (line.starts_with("stsr ")) commands.push_back(line.substr(0, line.find(" #")));
  }
  return commands;
}

/// The configuration of a comparison with networks that are small and hardly trained.
std::string in_seconds(const std::string& config) {
  std::string text =
      std::regex_replace(config, std::regex("(kind = \"stnet\"\n)minutes = [0-9.]+"),
                         "$1epochs = 1\nvariables = [\"pressure_640\"]\nset = "
                         "[\"network.features=[2,2,2,2]\", \"training.crops_per_window=1\"]");
  return std::regex_replace(text, std::regex("minutes = [0-9.]+"),
                            "epochs = 1\nset = [\"network.width=16\"]");
}

TEST(Documents, TheCommandsOfTheReadmeWork) {
  const TestFolder folder;
  fs::create_directories(folder / "examples");
  fs::create_directory_symlink(root / "examples/data", folder / "examples/data");
  fs::create_directories(folder / "configs/small");
  write_text(folder / "configs/small/methods.toml",
             in_seconds(text_of(root / "configs/small/methods.toml")));
  if (vtk_available()) {  // "your own data"
    ASSERT_EQ(folder.stsr("generate hill --dims 8,8,8 --steps 3 --format vti -o own").code, 0);
    for (const auto& entry : fs::directory_iterator(folder / "own"))
      if (entry.path().extension() != ".toml") fs::copy(entry.path(), folder.path());
    fs::rename(folder / "volumes.pvd", folder / "run.pvd");
    fs::create_directory(folder / "run");
    for (const char* step : {"0", "1", "2"})
      fs::copy(folder / ("volumes_000" + std::string(step) + ".vti"),
               folder / ("run/p_" + std::string(step) + ".vti"));
  }
  const auto commands = commands_in(root / "README.md");
  EXPECT_GE(commands.size(), 13U);
  for (std::string command : commands) {
    command = std::regex_replace(command, std::regex("--time-limit \\S+"), "--time-limit 2s");
    if (command.starts_with("stsr train ")) command += " --set network.width=32";
    std::erase(command, '\'');  // the shell's
    const bool needs_vtk = command.starts_with("stsr render ") ||
                           command.find(".pvd") != std::string::npos ||
                           command.find(".vti") != std::string::npos;
    if (needs_vtk && !vtk_available()) continue;
    if (command.starts_with("stsr compare ") && !torch_available()) continue;
    const Outcome outcome = folder.stsr(command.substr(5));
    EXPECT_EQ(outcome.code, 0) << command << "\n" << outcome.err;
  }
}

TEST(Documents, LinksToFilesLead) {
  const std::regex link(R"(\]\(([^)#:]+)\))");
  std::vector<fs::path> documents{root / "README.md", root / "CONTRIBUTING.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  for (const fs::path& document : documents) {
    const std::string text = text_of(document);
    EXPECT_FALSE(text.empty()) << document;
    for (std::sregex_iterator it(text.begin(), text.end(), link), end; it != end; ++it)
      EXPECT_TRUE(fs::exists(document.parent_path() / (*it)[1].str()))
          << document << " links to " << (*it)[1];
  }
}

}  // namespace
}  // namespace stsr

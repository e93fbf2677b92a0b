#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "stsr/training/training_config.h"

namespace stsr::app {

/// Where a configuration comes from: a preset, then a file, then single values, later ones win.
struct ConfigOptions {
  std::string preset = "default";
  std::string file;
  std::vector<std::string> assignments;  ///< section.key=value

  void add_to(CLI::App& command);

  /// @throws ValueError  unknown preset or value; FileError  the file has an unknown key, ...
  [[nodiscard]] Config resolve() const;
};

/// `--precision`, for parse_precision().
void add_precision_option(CLI::App& command, std::string& precision);

}  // namespace stsr::app

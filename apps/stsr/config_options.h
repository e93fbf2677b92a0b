#pragma once

#include <string>
#include <vector>

#include "command_line.h"
#include "commands.h"
#include "stsr/kernels/compute_options.h"
#include "stsr/training/training_config.h"

namespace stsr::app {

/// Where a configuration comes from: a preset, then a file, then single values, later ones win.
struct ConfigOptions {
  std::string preset = "default";
  std::string file;
  std::vector<std::string> assignments;  ///< section.key=value

  /// Adds the options, and returns them.
  std::vector<Option> add_to(Command& command);

  /// @throws ValueError  unknown preset or value; FileError  the file has an unknown key, ...
  [[nodiscard]] Config resolve() const;
};

/// `--precision`, for compute_options().
void add_precision_option(Command& command, std::string& precision);

/// How a command uses the processor. @throws ValueError  the precision or the instruction set is
/// unknown, the machine lacks the set, or bf16 does not pay (see check_pays).
[[nodiscard]] ComputeOptions compute_options(const CommonOptions& common,
                                             const std::string& precision = "");

}  // namespace stsr::app

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "command_line.h"
#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/volume/output_grid.h"

namespace stsr::app {

/// The folder that a data set is written into, and its format.
struct OutputPlace {
  std::string format;
  std::string type = "float32";
  std::string folder;
  bool resume = false;

  void add_to(Command& command);
  /// The option --resume, for commands that can resume an interrupted run.
  void add_resume_to(Command& command);

  /// Makes the data set, fills it with `fill` while other threads write, and closes it. Where it
  /// fails and time steps stay for --resume, a warning says so.
  /// @param fingerprint  of all that the values depend on; empty where the command cannot resume
  void write(std::vector<VariableInfo> infos, const std::string& fingerprint,
             const std::function<void(DatasetWriter&)>& fill) const;
};

/// Which variables go where.
struct OutputOptions {
  std::vector<std::string> variables;
  OutputPlace place;

  void add_to(Command& command);

  /// Indices of the chosen variables in the order they were named; all where none was.
  /// @throws ValueError  unknown (with the nearest name) or named twice.
  [[nodiscard]] std::vector<std::size_t> choose(std::span<const VariableInfo> known) const;

  /// @throws ValueError  `input` lies in the output folder, whose files would be replaced.
  void refuse_as_output(const std::filesystem::path& input) const;
};

/// Where output samples lie, as upscale, interpolate and blend understand it.
struct GridOptions {
  std::string space;
  std::string time;
  std::string dims;
  std::string times;
  std::string like;
  std::string box;
  bool extrapolate = false;

  void add_to(Command& command);

  /// What was asked for, for the variable called `variable` (with --like, each takes the grid and
  /// times of its namesake, or those that all variables there share).
  [[nodiscard]] GridRequest request(const std::string& variable) const;

 private:
  mutable std::shared_ptr<Dataset> like_data_;
};

}  // namespace stsr::app

#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stsr/io/dataset.h"
#include "stsr/io/dataset_writer.h"
#include "stsr/volume/output_grid.h"

namespace stsr::app {

/// Which variables go to which folder in which format.
struct OutputOptions {
  std::vector<std::string> variables;
  std::string format;
  std::string folder;

  void add_to(CLI::App& command);

  /// Indices of the chosen variables in the order they were named; all where none was.
  /// @throws ValueError  unknown (with the nearest name) or named twice.
  [[nodiscard]] std::vector<std::size_t> choose(std::span<const VariableInfo> known) const;

  /// @throws ValueError  `input` lies in the output folder, whose files would be replaced.
  [[nodiscard]] std::unique_ptr<DatasetWriter> create(const std::filesystem::path& input,
                                                      std::vector<VariableInfo> infos) const;
};

/// Where output samples lie, as upscale, interpolate and blend understand it.
struct GridOptions {
  std::string space;
  std::string time;
  std::string dims;
  std::string times;
  std::string like;
  std::string box;

  void add_to(CLI::App& command);

  /// What was asked for, for the variable called `variable` (with --like, each takes the grid and
  /// times of its namesake, or those that all variables there share).
  [[nodiscard]] GridRequest request(const std::string& variable) const;

  /// True if nothing was asked for.
  [[nodiscard]] bool empty() const;

 private:
  mutable std::shared_ptr<Dataset> like_data_;
};

}  // namespace stsr::app

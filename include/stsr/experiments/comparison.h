#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "stsr/base/progress.h"
#include "stsr/experiments/comparison_config.h"
#include "stsr/kernels/compute_options.h"

namespace stsr {

/// How a comparison tells its caller what it is doing.
class ComparisonObserver {
 public:
  virtual ~ComparisonObserver() = default;
  /// Shows one piece of work, e.g. "STSR-INR: training", until it is destroyed.
  /// @param limit_seconds  where the work ends after this time even if units are left
  [[nodiscard]] virtual std::unique_ptr<Progress> progress(const std::string& label,
                                                           std::optional<double> limit_seconds) = 0;
  /// One line of what happened.
  virtual void note(const std::string& line) = 0;
};

struct ComparisonRequest {
  ComparisonConfig config;
  std::string config_text;       ///< the file as the user wrote it, for the report
  std::string command;           ///< the command line, for the report
  std::string version;           ///< of the program, for the report
  std::filesystem::path folder;  ///< everything goes here
  ComputeOptions compute = {};   ///< the precision is that of each method
};

struct ComparisonSummary {
  std::filesystem::path report;  ///< report.html
  std::string table;             ///< the first table of the report, as text
  std::size_t failed_methods = 0;
};

/// Runs the methods on the data, measures and draws them, and writes into the folder
///   report.html                     everything, self-contained
///   scores.csv, scores.json         every metric of every method, variable and time step
///   pictures/                       the pictures of the report as PNG
///   data/truth/, data/coarse/, ...  what was generated or reduced, a data set in each
///   methods/<method>/               models with their logs, volumes of each variable, records
///
/// What an earlier run of the same configuration has finished is kept, and an interrupted training
/// resumes, so a run that was stopped is run again. A method whose settings or coarse samples
/// changed starts anew. A method that fails is reported in its row and the others continue.
///
/// @throws ValueError   the data do not fit together (a variable that is not there, a truth of
///   other dimensions or times); FileError  the folder holds other files, or as open_dataset
/// @throws Interrupted  the user asked to stop; run it again to resume
/// Source: Tang & Wang 2024, section 4.
ComparisonSummary run_comparison(const ComparisonRequest& request, ComparisonObserver& observer);

}  // namespace stsr
